"""Who people are, put together for an app: accounts, sessions, the identity provider."""

from fastapi import FastAPI

from api.identity.oidc import SingleSignOn
from api.identity.provider import Provider
from api.identity.recognising import Recogniser
from api.identity.settings import IdentitySettings
from api.identity.tokens import AccessTokens, Claims
from hotspots.store.workspace import Workspace


def add_identity(app: FastAPI, settings: IdentitySettings, workspace: Workspace) -> None:
    """Let an app know people, as its host has set."""
    provider, claims = _provider(settings), _claims(settings)
    tokens = None
    if provider is not None and settings.oidc_audience is not None:
        tokens = AccessTokens(provider, audience=settings.oidc_audience, claims=claims)
    recogniser = Recogniser(workspace, settings, tokens)
    app.state.recogniser = recogniser
    app.state.single_sign_on = (
        None if provider is None else SingleSignOn(provider, settings, claims, recogniser)
    )


def _provider(settings: IdentitySettings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)


def _claims(settings: IdentitySettings) -> Claims:
    return Claims(
        name=settings.oidc_name_claim,
        role=settings.oidc_role_claim,
        stadsdeel=settings.oidc_stadsdeel_claim,
        roles=settings.oidc_roles or {},
    )
