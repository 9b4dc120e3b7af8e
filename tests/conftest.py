"""What all tests share: one small town, and the real data where it is at hand."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.scored_city import UNSEEN_SEED, Scored, decided_in, found_in, scored_in
from tests.town import Town, build_town

# A busy machine is no failure: nothing here asserts how long anything takes.
settings.register_profile("hotspots", deadline=None)
settings.load_profile("hotspots")

# Many tests share a reader; what they ask in a minute is no abuse. tests/api/ops sets its own.
for limit in ("READS", "WRITES", "SIGN_IN"):
    os.environ.setdefault(f"HOTSPOTS_LIMIT_{limit}", "1000000/minute")

MadeOnce = Callable[[str, Callable[[Path], object]], Path]
"""Of a name and of what fills a folder, the folder; see `made_once`."""

SHARED_DATA = Path(os.environ.get("HOTSPOTS_SHARED_DATA", "../shared/data"))


LONGEST = ("test_duinstad_score.py", "test_notebooks.py")
"""The first of them makes the city that others share."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that none is still busy when all others ended."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


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
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Folders that take long to fill: the first worker that asks does so, and all read them."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder = root / name
        with folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                making = folder.with_suffix(".making")
                making.mkdir()
                fill(making)
                making.rename(folder)
        return folder

    return made


@pytest.fixture(scope="session")
def duinstad(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """Duinstad of an unseen seed as it runs and decides: to read, and to copy before one writes."""
    shared = made_once("duinstad", lambda folder: decided_in(scored_in(folder, UNSEEN_SEED)))
    own = tmp_path_factory.mktemp("duinstad")
    shutil.copytree(shared, own, dirs_exist_ok=True)
    return found_in(own)
