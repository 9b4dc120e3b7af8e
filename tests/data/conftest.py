"""The demo city, built once: in memory with seeds that nothing was tuned to, and as files."""

from pathlib import Path

import pytest

from data.duinstad.__main__ import DEFAULT_SEED
from data.duinstad.city import build_city
from data.duinstad.write import write_city
from tests.data.planted import Town

SEEDS = (11, 404)


@pytest.fixture(scope="session", params=SEEDS)
def town(request: pytest.FixtureRequest) -> Town:
    return Town(build_city(request.param))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("duinstad")
    write_city(target, DEFAULT_SEED)
    return target
