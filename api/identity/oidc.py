"""Signing in at the identity provider: authorization code with PKCE, state and nonce."""

import base64
import hashlib
import hmac
import logging
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.identity import cookies
from api.identity.provider import CodeRefused, Provider, ProviderDown
from api.identity.recognising import Recogniser
from api.identity.settings import IdentitySettings
from api.identity.sign_in import SignInQuery, begin_session, own_path, sign_in_page
from api.identity.tokens import Claims, NoRole, TokenRefused, verified
from api.identity.transport import is_secure
from api.parameters import Chosen
from hotspots.errors import NotFound, Problem
from hotspots.outputs.text import Lang
from hotspots.store.accounts import Identity
from hotspots.store.sessions import SignIns

RETURN_PATH = "/inloggen/terug"
_LONGEST = timedelta(minutes=10)
_log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class _UnderWay(BaseModel):
    """What is remembered while a reader is at the provider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nonce: str
    verifier: str
    goal: str
    lang: Lang


class ReturnQuery(BaseModel):
    """What the provider may send back; it may add what it likes."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field("", max_length=4000)
    state: str = Field("", max_length=200)
    error: str = Field("", max_length=200)
    iss: str | None = Field(None, max_length=2000)


class SingleSignOn:
    """Sign-ins at one identity provider.

    Parameters
    ----------
    provider
        Where.
    settings
        Our own address, and what is asked.
    claims
        Where a token says who somebody is.
    recogniser
        Where sign-ins under way are kept, and the clock.
    """

    def __init__(
        self,
        provider: Provider,
        settings: IdentitySettings,
        claims: Claims,
        recogniser: Recogniser,
    ) -> None:
        self._provider = provider
        self._claims = claims
        self._scope = settings.oidc_scope
        self._return = f"{settings.public_url}{RETURN_PATH}"
        self._under_way = SignIns(recogniser.file, longest=_LONGEST)
        self._now = recogniser.now

    def begin(self, goal: str, lang: Lang) -> tuple[str, str]:
        """Return where the reader signs in, and the state that their browser keeps meanwhile."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        url = self._provider.authorization_url(
            redirect_uri=self._return,
            scope=self._scope,
            state=state,
            nonce=nonce,
            code_challenge=challenge.decode().rstrip("="),
            code_challenge_method="S256",
        )
        content = _UnderWay(nonce=nonce, verifier=verifier, goal=goal, lang=lang)
        self._under_way.begin(state, content.model_dump_json(), at=self._now())
        return url, state

    def end(self, query: ReturnQuery, kept: str) -> tuple[Identity, str]:
        """Return who signed in, and where they were going.

        Raises
        ------
        TokenRefused
            When this browser began no such sign-in, or what the provider sent is not good.
        ProviderDown
            When it does not answer.
        """
        content = self._under_way.take(query.state, at=self._now()) if query.state else None
        if content is None or not hmac.compare_digest(query.state.encode(), kept.encode()):
            raise TokenRefused("This sign-in was not begun here, or it took too long.")
        if query.error or not query.code:
            raise TokenRefused("The identity provider refused to sign in.")
        self._require_issuer(query.iss)
        try:
            under_way = _UnderWay.model_validate_json(content)
            token = self._provider.redeem(
                code=query.code, verifier=under_way.verifier, redirect_uri=self._return
            )
        except (CodeRefused, ValidationError):
            raise TokenRefused("The identity provider did not take the code.") from None
        claims = verified(
            self._provider,
            token,
            audience=self._provider.client_id,
            at=self._now(),
            nonce=under_way.nonce,
        )
        if claims.get("azp", self._provider.client_id) != self._provider.client_id:
            raise TokenRefused("This token was made for another program.")
        return self._claims.identity_of(claims), under_way.goal

    def _require_issuer(self, said: str | None) -> None:
        """Refuse the answer of another provider (RFC 9207)."""
        named = self._provider.discovered().authorization_response_iss_parameter_supported
        if said != self._provider.issuer and (named or said is not None):
            raise TokenRefused("This answer comes from another identity provider.")


@router.get("/inloggen/account")
def begin(request: Request, settings: Chosen, query: Annotated[SignInQuery, Query()]) -> Response:
    """Send a reader to the identity provider."""
    lang, goal = query.lang or settings.language, own_path(query.next)
    try:
        url, state = _single_sign_on(request).begin(goal, lang)
    except ProviderDown as down:
        return _not_now(request, lang, goal, down)
    response = RedirectResponse(url, HTTPStatus.SEE_OTHER)
    cookies.give(request, response, state, name=_cookie_name(request))
    return response


@router.get(RETURN_PATH)
def end(request: Request, settings: Chosen, query: Annotated[ReturnQuery, Query()]) -> Response:
    """Begin a session for whoever comes back from the identity provider."""
    kept = request.cookies.get(_cookie_name(request), "")
    lang = settings.language
    try:
        identity, goal = _single_sign_on(request).end(query, kept)
    except ProviderDown as down:
        return _not_now(request, lang, "/", down)
    except TokenRefused as refusal:
        _log.warning("sign-in refused: %s", refusal)
        said = "sign_in_no_role" if isinstance(refusal, NoRole) else "sign_in_provider_refused"
        response: Response = sign_in_page(request, lang, "/", said=said)
    else:
        response = begin_session(request, identity, goal)
    cookies.take_back(request, response, name=_cookie_name(request))
    return response


def _single_sign_on(request: Request) -> SingleSignOn:
    found: SingleSignOn | None = request.app.state.single_sign_on
    if found is None:
        raise NotFound(Problem("There is no identity provider here.", "Sign in with a token."))
    return found


def _cookie_name(request: Request) -> str:
    return "__Host-hotspots-sign-in" if is_secure(request) else "hotspots-sign-in"


def _not_now(request: Request, lang: Lang, goal: str, down: ProviderDown) -> Response:
    _log.error("%s", down)
    answer = sign_in_page(request, lang, goal, said="sign_in_provider_down")
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return answer
