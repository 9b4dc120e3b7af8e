"""The description of ``/v1`` keeps the Dutch API design rules, and each rule can fail."""

import json
import os
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.settings import Settings
from hotspots.store.workspace import init_workspace

ROOT = Path(__file__).parents[2]
SPECTRAL = ROOT / ".venv" / "node" / "node_modules" / ".bin" / "spectral"
RULES = ROOT / ".spectral.yaml"

Document = dict[str, Any]

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The description of an app whose host said whom to ask."""
    path = tmp_path_factory.mktemp("described") / "town"
    init_workspace(path, name="Proefstad", crs="EPSG:28992")
    settings = Settings(
        workspace=path,
        contact_name="Gemeente Proefstad",
        contact_email="api@proefstad.example",
        contact_url="https://proefstad.example/api",
    )
    return create_app(settings).openapi()


def linted(folder: Path, documents: dict[str, Document]) -> dict[str, set[str]]:
    """Return per document the codes of the rules that it breaks; one start of the linter."""
    if not SPECTRAL.exists():
        pytest.skip("the linter is not set up (make test does it)")
    for name, each in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(each))
    node = ROOT / ".venv" / "bin"
    told = subprocess.run(
        [str(SPECTRAL), "lint", str(folder / "*.json"), "-r", str(RULES), "-f", "json"],
        check=False,
        env=os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    # Spectral tells its findings as JSON, then a line of its own where there are none.
    found, _ = json.JSONDecoder().raw_decode(told.stdout)
    broken: dict[str, set[str]] = {name: set() for name in documents}
    for each in found:
        broken[Path(each["source"]).stem].add(each["code"])
    return broken


def test_the_description_breaks_no_rule(document: Document, tmp_path: Path) -> None:
    assert linted(tmp_path, {"ours": document}) == {"ours": set()}


# ---------------------------------------------------------------- each rule can fail
SMALL: Document = {
    "openapi": "3.1.0",
    "info": {
        "title": "Small",
        "version": "1.0.0",
        "description": "A small API.",
        "contact": {"name": "A", "email": "a@b.example", "url": "https://b.example"},
    },
    "servers": [{"url": "/"}],
    "tags": [{"name": "things", "description": "Things"}],
    "paths": {
        "/v1/large-things/{thing_id}": {
            "get": {
                "operationId": "thing",
                "summary": "One thing",
                "description": "One thing.",
                "tags": ["things"],
                "security": [{"token": []}],
                "parameters": [
                    {
                        "name": "thing_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {"name": "until", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "A thing",
                        "headers": {"API-Version": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {
                                        "made_at": {"type": "string", "format": "date-time"}
                                    },
                                }
                            }
                        },
                    },
                    **{
                        status: {
                            "description": "Wrong",
                            "headers": {"API-Version": {"schema": {"type": "string"}}},
                            "content": {
                                "application/problem+json": {
                                    "schema": {
                                        "type": "object",
                                        "properties": {
                                            name: {"type": "string"}
                                            for name in ("type", "title", "status", "detail")
                                        },
                                    }
                                }
                            },
                        }
                        for status in ("400", "401", "403")
                    },
                },
            }
        }
    },
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}
PATH = "/v1/large-things/{thing_id}"


def _renamed(path: str) -> Callable[[Document], None]:
    def rename(document: Document) -> None:
        document["paths"][path] = document["paths"].pop(PATH)

    return rename


def _get(document: Document) -> Document:
    get: Document = document["paths"][PATH]["get"]
    return get


PLANTED: dict[str, Callable[[Document], object]] = {
    "nlgov-openapi-3": lambda d: d.update(openapi="3.9.0"),
    "nlgov-semver": lambda d: d["info"].update(version="1.0"),
    "nlgov-contact": lambda d: d["info"]["contact"].pop("email"),
    "nlgov-major-version-in-uri": _renamed("/large-things/{thing_id}"),
    "nlgov-no-trailing-slash": _renamed("/v1/large-things/{thing_id}/"),
    "nlgov-kebab-case-paths": _renamed("/v1/largeThings/{thing_id}"),
    "nlgov-query-keys": lambda d: _get(d)["parameters"][1].update(name="until_day"),
    "nlgov-http-methods": lambda d: d["paths"][PATH].update(trace=deepcopy(_get(d))),
    "nlgov-get-without-body": lambda d: _get(d).update(
        requestBody={"content": {"application/json": {"schema": {"type": "object"}}}}
    ),
    "nlgov-version-header": lambda d: _get(d)["responses"]["200"].pop("headers"),
    "nlgov-problem-details": lambda d: _get(d)["responses"]["400"].pop("content"),
    "nlgov-problem-members": lambda d: _get(d)["responses"]["400"]["content"][
        "application/problem+json"
    ]["schema"]["properties"].pop("detail"),
    "nlgov-invalid-input-400": lambda d: _get(d)["responses"].pop("400"),
    "nlgov-no-422": lambda d: _get(d)["responses"].update(
        {"422": deepcopy(_get(d)["responses"]["400"])}
    ),
    "nlgov-security-scheme": lambda d: d.pop("components"),
    "nlgov-moments-in-utc": lambda d: _get(d)["responses"]["200"]["content"]["application/json"][
        "schema"
    ]["properties"]["made_at"].pop("format"),
    "nlgov-sign-in-answers": lambda d: _get(d)["responses"].pop("403"),
}


def test_each_rule_finds_what_breaks_it(tmp_path: Path) -> None:
    documents = {"good": SMALL}
    for rule, plant in PLANTED.items():
        documents[rule] = deepcopy(SMALL)
        plant(documents[rule])
    found = linted(tmp_path, documents)
    assert found.pop("good") == set()
    assert {rule: rule in codes for rule, codes in found.items()} == dict.fromkeys(PLANTED, True)


def test_every_rule_of_ours_is_planted() -> None:
    ours = {
        line.strip().rstrip(":")
        for line in RULES.read_text().splitlines()
        if line.startswith("  nlgov-")
    }
    assert ours == set(PLANTED)
