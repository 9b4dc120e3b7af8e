"""The demo city, built once: in memory with seeds that nothing was tuned to, and as files."""

import pickle
from pathlib import Path

import pytest

from data.duinstad.city import build_city
from data.duinstad.write import DEFAULT_SEED, write_city
from tests.conftest import MadeOnce
from tests.data.planted import Town

SEEDS = (11, 404)


@pytest.fixture(scope="session", params=SEEDS)
def town(request: pytest.FixtureRequest, made_once: MadeOnce) -> Town:
    def fill(folder: Path) -> None:
        (folder / "town.pickle").write_bytes(pickle.dumps(Town(build_city(request.param))))

    made: Town = pickle.loads(
        (made_once(f"town-{request.param}", fill) / "town.pickle").read_bytes()
    )
    return made


@pytest.fixture(scope="session")
def folder(made_once: MadeOnce) -> Path:
    """Files of the demo city: to read."""
    return made_once("demo-city", lambda folder: write_city(folder, DEFAULT_SEED))
