"""What whoever hosts the pages may set, each through an environment variable."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from api.identity.settings import IdentitySettings
from api.ops.settings import ServingSettings
from hotspots.outputs.maps.frame import TileServer
from hotspots.outputs.text import Lang


class Settings(IdentitySettings, ServingSettings):
    """Settings of the server; every name is read from the environment as ``HOTSPOTS_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="HOTSPOTS_", frozen=True, extra="ignore")

    workspace: Path = Field(description="Folder of the workspace whose runs are served.")
    language: Lang = Field(
        "nl", description="Language of the pages until a reader chooses: nl or en."
    )
    tile_url: str | None = Field(
        None,
        description=(
            "Address of a background map, https, with {z}, {x} and {y}; without it no page asks "
            "anything of another host."
        ),
    )
    tile_attribution: str | None = Field(
        None, description="Whom to name for the background map; required with a tile address."
    )
    contact_name: str = Field(
        "The municipality", description="Who answers questions about the API."
    )
    contact_email: str | None = Field(
        None, description="Where questions about the API may be sent."
    )
    contact_url: str | None = Field(None, description="Page about the API, or with a form.")

    policy: Path | None = Field(
        None, description="The municipality's policy, a TOML file; the usual one without it."
    )
    database_url: str | None = Field(
        None,
        repr=False,
        description="PostgreSQL database of the register; a file in the workspace without it.",
    )
    database_url_file: Path | None = Field(
        None, description="File that holds the address of the register's database."
    )

    demo_day: date | None = Field(
        None, description="Day on which a demo lives; only for a workspace that is a demo."
    )

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: dict[str, object]) -> dict[str, object]:
        return {
            **given,
            **{name: _in_file(given, name) for name in _SECRETS if f"{name}_file" in given},
        }

    @field_validator("tile_url")
    @classmethod
    def _tile_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        whole = all(place in url for place in ("{z}", "{x}", "{y}"))
        plain = not set(url) & set(" ;,'\"<>") and "{" not in parts.netloc
        if parts.scheme != "https" or not parts.netloc or not whole or not plain:
            raise ValueError("a tile address is https://host/path with {z}, {x} and {y} in it")
        return url

    @model_validator(mode="after")
    def _tiles_are_credited(self) -> "Settings":
        if self.tile_url and not self.tile_attribution:
            raise ValueError("tile_attribution is required with tile_url")
        return self

    @property
    def tiles(self) -> TileServer | None:
        """The background map, if there is one."""
        if self.tile_url is None or self.tile_attribution is None:
            return None
        return TileServer(self.tile_url, self.tile_attribution)

    @property
    def tile_origin(self) -> str | None:
        """Scheme and host of the background map: the only addition to the maps' policy."""
        if self.tile_url is None:
            return None
        parts = urlsplit(self.tile_url)
        return f"{parts.scheme}://{parts.netloc}"


_SECRETS = ("database_url", "oidc_client_secret")
"""Settings that may stand in a file of their own, named by the setting with ``_FILE``."""


def _in_file(given: dict[str, object], name: str) -> str:
    path = given[f"{name}_file"]
    if given.get(name) is not None:
        raise ValueError(f"give {name} or {name}_file, not both")
    try:
        return Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}_file cannot be read ({type(error).__name__})") from None
