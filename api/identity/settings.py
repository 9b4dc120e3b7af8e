"""What a host may set about who people are: sessions, our own address, the identity provider."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

from api.identity.transport import is_safe_address
from hotspots.register import Role


class IdentitySettings(BaseSettings):
    """The part of the settings that says how people sign in."""

    public_url: str | None = Field(
        None,
        description=(
            "Address at which readers reach the pages, when a proxy stands in front; with https "
            "cookies are secure and browsers are told to come by https only."
        ),
    )
    session_idle_minutes: int = Field(
        60, ge=5, le=1440, description="A session ends when nothing was asked for so long."
    )
    session_hours: int = Field(
        10, ge=1, le=24, description="A session ends so long after it began."
    )
    oidc_issuer: str | None = Field(
        None,
        description="Address of the identity provider: https, or http on this machine.",
    )
    oidc_client_id: str | None = Field(
        None, description="How the identity provider knows this server."
    )
    oidc_client_secret: str | None = Field(
        None, repr=False, description="Its password at the identity provider, if it has one."
    )
    oidc_client_secret_file: Path | None = Field(None, description="File that holds this password.")
    oidc_scope: str = Field("openid profile", description="What is asked of it.")
    oidc_audience: str | None = Field(
        None,
        description="For whom access tokens for /v1 are made; without it none is accepted.",
    )
    oidc_name_claim: str = Field(
        "preferred_username", description="Claim with the name that the audit trail shows."
    )
    oidc_role_claim: str = Field("groups", description="Claim with the groups of somebody.")
    oidc_roles: dict[str, Role] | None = Field(
        None, description="Role by group, as JSON; who is in more groups has the first of these."
    )
    oidc_stadsdeel_claim: str = Field(
        "stadsdeel", description="Claim with the city district of a VLO."
    )
    loopback_only: bool = Field(
        False,
        description=(
            "Whether nobody outside this machine can reach the server: then a demo may be looked "
            "at without a token. Set by hotspots serve."
        ),
    )

    @field_validator("public_url")
    @classmethod
    def _public_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        if not is_safe_address(url, loopback=True) or not bare:
            raise ValueError("a public address is https://host (http on this machine), no path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_is_safe(cls, url: str | None) -> str | None:
        if url is not None and (not is_safe_address(url, loopback=True) or "?" in url):
            raise ValueError("an issuer is https://host/path, or http on this machine")
        return url

    @model_validator(mode="after")
    def _provider_is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        needed = ("oidc_client_id", "oidc_roles", "public_url")
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"oidc_issuer also needs: {', '.join(missing)}")
        if self.oidc_audience == self.oidc_client_id:
            raise ValueError("oidc_audience is not oidc_client_id: an ID token opens nothing")
        if "openid" not in self.oidc_scope.split():
            raise ValueError("oidc_scope holds openid")
        return self

    @property
    def has_tls(self) -> bool:
        """Whether readers reach the pages over TLS, here or at the proxy in front."""
        return self.public_url is not None and self.public_url.startswith("https://")
