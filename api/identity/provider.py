"""The municipality's identity provider (OpenID Connect): what it says of itself, its keys, codes.

Every request goes to the issuer, or to an address that the issuer names; none follows a redirect,
waits long or reads much. An issuer that does not answer is not asked again at once.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from api.identity.transport import is_loopback, is_safe_address
from hotspots.errors import HotspotsError, Problem

TIMEOUT_S = 5.0
KEPT_S = 3600.0
"""How long keys and addresses are kept; a key that the provider withdraws is gone after it."""

AGAIN_S = 10.0
"""How long nothing is asked again: after no answer, or for a key that was not there."""

_MOST_BYTES = 1_000_000
_DISCOVERY = "/.well-known/openid-configuration"


class ProviderDown(HotspotsError):
    """The identity provider does not answer, or not as the standard says."""


class CodeRefused(Exception):
    """The identity provider does not take a code for a token."""


class Discovered(BaseModel):
    """What the provider says of itself (OpenID Connect Discovery 1.0)."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """One identity provider, with this server as its client.

    Parameters
    ----------
    issuer
        Its address: https, or http on this machine.
    client_id, client_secret
        How it knows this server; a public client has no secret.
    seconds
        A clock that only runs on; an argument for the tests.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self._secret = client_secret
        self._seconds = seconds
        self._lock = threading.Lock()
        self._discovered: tuple[float, Discovered] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed_at = -AGAIN_S

    def discovered(self) -> Discovered:
        """Return what the provider says of itself.

        Raises
        ------
        ProviderDown
            When it does not answer, or says something that does not fit.
        """
        with self._lock:
            return self._discover()

    def keys(self, *, without: KeySet | None = None) -> KeySet:
        """Return the keys with which the provider signs.

        Parameters
        ----------
        without
            Keys among which one was missing: they are asked for again, but not often.

        Raises
        ------
        ProviderDown
            When there are none at hand and it does not answer.
        """
        with self._lock:
            now = self._seconds()
            if self._keys is not None:
                asked_at, known = self._keys
                age_s = now - asked_at
                if age_s < KEPT_S and (without is not known or age_s < AGAIN_S):
                    return known
            found = self._json("GET", self._discover().jwks_uri)
            try:
                keys = KeySet.import_key_set({"keys": _signing(found)})
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise self._down(f"its keys cannot be read: {type(error).__name__}") from None
            self._keys = (now, keys)
            return keys

    def authorization_url(self, *, redirect_uri: str, scope: str, **asked: str) -> str:
        """Return where a reader signs in; `asked` holds the state, the nonce and the challenge."""
        endpoint = self.discovered().authorization_endpoint
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            **asked,
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def redeem(self, *, code: str, verifier: str, redirect_uri: str) -> str:
        """Return the ID token that belongs to a code, not yet verified.

        Raises
        ------
        CodeRefused
            When the provider does not take the code.
        ProviderDown
            When it does not answer.
        """
        discovered = self.discovered()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        basic = None
        if self._secret is None:
            form["client_id"] = self.client_id
        elif "client_secret_basic" in discovered.token_endpoint_auth_methods_supported:
            quoted = (urlencode({"": part})[1:] for part in (self.client_id, self._secret))
            basic = httpx2.BasicAuth(*quoted)  # RFC 6749, 2.3.1
        else:
            form |= {"client_id": self.client_id, "client_secret": self._secret}
        with self._lock:
            found = self._json("POST", discovered.token_endpoint, form=form, auth=basic)
        token = found.get("id_token")
        if not isinstance(token, str):
            raise CodeRefused(str(found.get("error", "no ID token"))[:80])
        return token

    def _discover(self) -> Discovered:
        now = self._seconds()
        if self._discovered is not None and now - self._discovered[0] < KEPT_S:
            return self._discovered[1]
        found = self._json("GET", self.issuer.rstrip("/") + _DISCOVERY)
        try:
            discovered = Discovered.model_validate(found)
        except ValidationError:
            raise self._down("its discovery document lacks what is needed") from None
        if discovered.issuer != self.issuer:
            raise self._down("its discovery document names another issuer")
        for address in (
            discovered.authorization_endpoint, discovered.token_endpoint, discovered.jwks_uri,
        ):  # fmt: skip
            if not is_safe_address(address, loopback=is_loopback(urlsplit(self.issuer).hostname)):
                raise self._down("its discovery document names an address without https")
        self._discovered = (now, discovered)
        return discovered

    def _json(
        self,
        method: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        auth: httpx2.BasicAuth | None = None,
    ) -> dict[str, Any]:
        """Return the object that an address answers with, an error of the standard too."""
        if self._seconds() - self._failed_at < AGAIN_S:
            raise self._problem("it did not answer a moment ago")
        try:
            with (
                httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
                client.stream(method, url, data=form, auth=auth or httpx2.USE_CLIENT_DEFAULT,
                              headers={"Accept": "application/json"}) as answer,
            ):  # fmt: skip
                body = bytearray()
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise self._down("its answer is too long")
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise self._down(type(error).__name__) from None
        try:
            content = json.loads(bytes(body))
        except ValueError:
            content = None
        refused = method == "POST" and status in (400, 401)
        if not isinstance(content, dict) or not (status == 200 or refused):
            raise self._down(f"it answers with status {status}")
        return content

    def _down(self, why: str) -> ProviderDown:
        self._failed_at = self._seconds()
        return self._problem(why)

    def _problem(self, why: str) -> ProviderDown:
        return ProviderDown(
            Problem(
                f"The identity provider {urlsplit(self.issuer).netloc} does not answer ({why}).",
                "Try again later; its administrator can say more.",
            )
        )


def _signing(found: Mapping[str, Any]) -> list[Any]:
    """Return the public keys of a set that sign; a shared secret is no such key."""
    return [
        key
        for key in found["keys"]
        if isinstance(key, dict)
        and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("use", "sig") == "sig"
    ]
