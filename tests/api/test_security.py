import base64
import hashlib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security import map_policy
from api.settings import Settings
from tests.api.signing import signed_in

RUN = "2025-abc123"
MAP = f"/maps/{RUN}/burglary/wijk"


@pytest.mark.parametrize("path", ["/", "/hotspots", "/runs", "/uitleg", f"/runs/{RUN}", "/nothing"])
def test_pages_load_only_from_their_own_host(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'self'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/hotspots", "/runs", "/uitleg", f"/runs/{RUN}"])
def test_pages_carry_no_inline_style_or_script(client: TestClient, path: str) -> None:
    text = client.get(path).text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|<\w[^>]*\s(?:style|on\w+)=", text)
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("path", [MAP, f"/maps/{RUN}/hotspots/burglary/36"])
def test_a_map_is_sandboxed_and_runs_only_its_own_blocks(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == "'self'"
    for kind in ("script", "style"):
        blocks = re.findall(rf"<{kind}>(.*?)</{kind}>", answer.text, re.DOTALL)
        hashes = {
            "'sha256-" + base64.b64encode(hashlib.sha256(b.encode()).digest()).decode() + "'"
            for b in blocks
        }
        assert set(policy[f"{kind}-src"].split()) == {"'self'"} | hashes
        assert "unsafe" not in policy[f"{kind}-src"]


def test_a_tile_server_is_the_only_addition_to_the_policy(workspace_path: Path) -> None:
    plain = Settings(workspace=workspace_path)
    tiled = Settings(
        workspace=workspace_path,
        tile_url="https://tiles.example.org/{z}/{x}/{y}.png",
        tile_attribution="Kadaster",
    )
    document = "<script>1</script>"
    before = map_policy(document, plain.tile_origin)
    after = map_policy(document, tiled.tile_origin)
    assert after.replace(" https://tiles.example.org", "") == before
    with signed_in(create_app(tiled)) as client:
        assert "https://tiles.example.org;" in client.get(MAP).headers["content-security-policy"]
        assert "tiles.example.org" not in client.get("/").headers["content-security-policy"]


def test_static_files_may_be_kept_and_are_checked_by_etag(client: TestClient) -> None:
    first = client.get("/static/leaflet/leaflet.js")
    assert first.status_code == 200
    assert "public" in first.headers["cache-control"]
    again = client.get(
        "/static/leaflet/leaflet.js", headers={"if-none-match": first.headers["etag"]}
    )
    assert again.status_code == 304


def test_the_interactive_documentation_is_off(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
        assert client.get(path).status_code == 404


def test_browsers_are_told_to_come_by_https_only_where_that_is_the_address(
    workspace_path: Path,
) -> None:
    plain = Settings(workspace=workspace_path)
    secure = Settings(workspace=workspace_path, public_url="https://hotspots.example")
    for path in ("/", "/uitleg", "/v1", "/nothing", "/static/hotspots.css", "/health"):
        for settings, told in ((plain, None), (secure, "max-age=31536000")):
            headers = TestClient(create_app(settings)).get(path, follow_redirects=False).headers
            assert headers.get("strict-transport-security") == told
