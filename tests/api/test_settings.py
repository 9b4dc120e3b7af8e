from pathlib import Path

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
