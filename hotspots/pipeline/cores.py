"""One core for linear algebra: the same last digits on every machine, and no threads that wait."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_core() -> Iterator[None]:
    """Keep linear algebra to one core meanwhile.

    How a product is cut into threads decides the order of its sums, and so their last digits: a
    run would differ with the number of cores. And the products of a run are many and small, for
    which threads that wait for each other cost more than they bring: a run took 24 seconds on two
    cores with one thread, and 39 with two.
    """
    # The library can only be told once it is loaded.
    import numpy as np  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
