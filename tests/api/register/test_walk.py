"""The walk of the README as it stands there, and the definition of what is written."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.register.conftest import clients_of
from tests.api.serving import serving
from tests.api.signing import token_of

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("### The register over HTTP\n")[1].split("\n### ")[0]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_walk_of_the_readme_goes_as_it_says(app: FastAPI, tmp_path: Path) -> None:
    (body,), (lines,) = (
        re.findall(rf"```{name}\n(.*?)```", SECTION, re.DOTALL) for name in ("json", "sh")
    )
    content = json.loads(body)
    content["boundary"] = {  # the municipality of the test lies elsewhere
        "type": "Polygon",
        "coordinates": [[[4.445, 52.037], [4.45, 52.037], [4.45, 52.04], [4.445, 52.037]]],
    }
    (tmp_path / "concept.json").write_text(json.dumps(content), encoding="utf-8")
    with serving(app) as base:
        typed = (
            lines.replace("http://127.0.0.1:8000", base)
            .replace("TOKEN=...", f"TOKEN={token_of(app, 'planner')}")
            .replace("-2026-001", "-2027-001")  # the clock of these tests
            .replace("curl -s ", "curl -sw '\\n%{http_code}\\n' ")
        )
        done = subprocess.run(
            ["bash", "-ec", typed], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    statuses = re.findall(r"^(\d{3})$", done.stdout, re.MULTILINE)
    assert statuses == ["201", "200", "200", "412", "200", "200"], done.stdout
    assert 'etag: "1"' in done.stdout.lower()
    assert "location: /v1/designations/camera_area-2027-001" in done.stdout.lower()
    assert (tmp_path / "dossier.docx").read_bytes()[:2] == b"PK"


# ---------------------------------------------------------------- the definition
@pytest.fixture
def definition(shared: FastAPI) -> dict[str, Any]:
    """The definition of the API."""
    found: dict[str, Any] = clients_of(shared)("public").get("/v1/openapi.json").json()
    return found


def writes(definition: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, path and operation of all that writes in the register."""
    rooms = ("designations", "placements", "signals", "choices", "actions")
    return [
        (method, path, operation)
        for path, methods in definition["paths"].items()
        for method, operation in methods.items()
        if path.split("/")[2:3] and path.split("/")[2] in rooms and method in ("post", "patch")
    ]


def test_every_write_is_defined_with_its_body_an_example_and_the_version(
    definition: dict[str, Any],
) -> None:
    found = writes(definition)
    assert len(found) == 22
    for _, path, operation in found:
        content = operation["requestBody"]["content"]["application/json"]
        name = content["schema"]["$ref"].rpartition("/")[2]
        assert definition["components"]["schemas"][name]["additionalProperties"] is False
        assert "reason" in content["example"], path
        headers = [each["name"] for each in operation.get("parameters", ()) if each["in"] != "path"]
        answers = set(operation["responses"])
        if "201" in answers:
            assert {"ETag", "Location"} <= set(operation["responses"]["201"]["headers"])
            assert headers == []
        else:
            assert "ETag" in operation["responses"]["200"]["headers"]
            assert headers == ["If-Match"]
            assert {"412", "428"} <= answers
        assert {"409", "413", "415", "4XX", "5XX"} <= answers
        assert "422" not in answers


def test_every_reference_in_the_definition_leads_somewhere(definition: dict[str, Any]) -> None:
    known = definition["components"]["schemas"]
    for target in re.findall(r'"\$ref": "([^"]+)"', json.dumps(definition)):
        assert target.removeprefix("#/components/schemas/") in known, target
