from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.settings import Settings

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_every_setting_is_documented() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOTS_WORKSPACE", "somewhere")
    monkeypatch.setenv("HOTSPOTS_LANGUAGE", "en")
    monkeypatch.setenv("HOTSPOTS_TILE_URL", TILES)
    monkeypatch.setenv("HOTSPOTS_TILE_ATTRIBUTION", "Kadaster")
    settings = Settings()
    assert (settings.workspace, settings.language) == (Path("somewhere"), "en")
    assert settings.tile_origin == "https://tiles.example.org"


@pytest.mark.parametrize(
    "url",
    [
        "http://tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/map.png",
        "https:///{z}/{x}/{y}",
        "https://a.org; script-src *;/{z}/{x}/{y}",
        "https://{s}.example.org/{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
    ],
)
def test_a_tile_address_is_plain_https(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(workspace=Path(), tile_url=url, tile_attribution="Kadaster")


def test_a_background_map_is_credited() -> None:
    with pytest.raises(ValidationError, match="tile_attribution"):
        Settings(workspace=Path(), tile_url=TILES)


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_text("postgresql://u:p@db/register\n", encoding="utf-8")
    monkeypatch.setenv("HOTSPOTS_WORKSPACE", "w")
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL_FILE", str(file))
    settings = Settings()
    assert settings.database_url == "postgresql://u:p@db/register"
    assert "u:p" not in repr(settings)
    monkeypatch.setenv("HOTSPOTS_DATABASE_URL", "postgresql://other")
    with pytest.raises(ValidationError, match="not both") as refusal:
        Settings()
    assert "u:p" not in "".join(error["msg"] for error in refusal.value.errors())


def test_a_file_of_a_secret_is_there() -> None:
    with pytest.raises(ValidationError, match="oidc_client_secret_file cannot be read"):
        Settings(workspace=Path(), oidc_client_secret_file=Path("/nothing/here"))


OIDC: dict[str, Any] = {
    "oidc_issuer": "https://login.example/realm",
    "oidc_client_id": "hotspots",
    "oidc_roles": {"Veiligheid": "analyst"},
    "public_url": "https://Hotspots.example/",
}


def test_an_identity_provider_is_whole_or_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(workspace=Path(), **OIDC).public_url == "https://hotspots.example"
    for name in ("oidc_client_id", "oidc_roles", "public_url"):
        with pytest.raises(ValidationError, match=name):
            Settings(workspace=Path(), **{**OIDC, name: None})
    with pytest.raises(ValidationError, match="ID token opens nothing"):
        Settings(workspace=Path(), **OIDC, oidc_audience="hotspots")
    with pytest.raises(ValidationError, match="holds openid"):
        Settings(workspace=Path(), **OIDC, oidc_scope="profile")
    with pytest.raises(ValidationError, match="oidc_roles"):
        Settings(workspace=Path(), **{**OIDC, "oidc_roles": {"Veiligheid": "root"}})
    monkeypatch.setenv("HOTSPOTS_WORKSPACE", "w")
    monkeypatch.setenv("HOTSPOTS_OIDC_ROLES", '{"B": "board", "A": "vlo"}')
    assert list((Settings().oidc_roles or {}).items()) == [("B", "board"), ("A", "vlo")]


@pytest.mark.parametrize(
    "url",
    ["http://login.example", "http://10.0.0.1", "ftp://login.example", "login.example", "https://",
     "http://127.0.0.1.evil.example", "file:///etc/passwd", "https://login.example/?a=1"],
)  # fmt: skip
def test_secrets_go_over_https_or_stay_on_this_machine(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(workspace=Path(), **{**OIDC, "oidc_issuer": url})
    with pytest.raises(ValidationError):
        Settings(workspace=Path(), public_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9400", "http://localhost:1", "http://[::1]:1"])
def test_on_this_machine_http_will_do(url: str) -> None:
    assert Settings(workspace=Path(), **{**OIDC, "oidc_issuer": url}).oidc_issuer == url
    assert Settings(workspace=Path(), public_url=url).has_tls is False
