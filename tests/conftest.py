"""What all tests share: one small town, and the real data where it is at hand."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests.scored_city import UNSEEN_SEED, Scored, found_in, taken_in
from tests.town import Town, build_town

# A busy machine is no failure: nothing here asserts how long anything takes.
settings.register_profile("hotspots", deadline=None)
settings.load_profile("hotspots")

# Many tests share a reader; what they ask in a minute is no abuse. tests/api/ops sets its own.
for limit in ("READS", "WRITES", "SIGN_IN"):
    os.environ.setdefault(f"HOTSPOTS_LIMIT_{limit}", "1000000/minute")

SHARED_DATA = Path(os.environ.get("HOTSPOTS_SHARED_DATA", "../shared/data"))


@pytest.fixture
def shared_data() -> Path:
    """Folder with real open data; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data in {SHARED_DATA} (set HOTSPOTS_SHARED_DATA)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Files of a town of six square districts, small enough to work out by hand."""
    return build_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def duinstad(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Duinstad of an unseen seed, taken in by command: to read, and to copy before one writes.

    The first worker that needs it makes it; each has a copy of its own.
    """
    own = tmp_path_factory.mktemp("duinstad")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return taken_in(own, UNSEEN_SEED)
    shared = tmp_path_factory.getbasetemp().parent / "duinstad"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            making = shared.with_suffix(".making")
            taken_in(making, UNSEEN_SEED)
            making.rename(shared)
    shutil.copytree(shared, own, dirs_exist_ok=True)
    return found_in(own, UNSEEN_SEED)
