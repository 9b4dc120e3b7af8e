"""Named random streams: a new concept never shifts the draws of another."""

import zlib

import numpy as np


def stream(seed: int, concept: str) -> np.random.Generator:
    """Return the random generator of one concept of the city.

    Parameters
    ----------
    seed
        Seed of the whole city.
    concept
        Name of what is drawn, such as ``"streets"``.

    Returns
    -------
        A generator that depends on both, and on nothing else.
    """
    return np.random.default_rng([seed, zlib.crc32(concept.encode("ascii"))])
