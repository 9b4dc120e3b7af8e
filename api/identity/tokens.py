"""Tokens of the identity provider: who they say somebody is, once their signature holds.

Verification is `joserfc`'s alone. A token is read only with the provider's public keys and an
algorithm of the list; whatever the token itself says about its key is not believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from api.identity.provider import Provider
from hotspots.errors import Problem
from hotspots.register import Role
from hotspots.store.accounts import Identity, is_name

ALGORITHMS = tuple(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512))
LEEWAY_S = 60
"""How far the provider's clock may differ from ours, in seconds."""

_MOST_CHARACTERS = 16_000


class TokenRefused(Exception):
    """A token that is nobody's: unknown, ended, forged, or meant for somebody else."""

    def __init__(self, rule: str) -> None:
        self.problem = Problem(rule, "Sign in again, or ask for a new token.")
        super().__init__(rule)


class NoRole(TokenRefused):
    """Somebody who is known, and has no role here."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Where a token says what; a dotted name leads into an object.

    Parameters
    ----------
    name, role, stadsdeel
        Names of the claims with the name to show, the groups and the city district.
    roles
        Role by group; who is in more groups has the first role of these.
    """

    name: str
    role: str
    stadsdeel: str
    roles: Mapping[str, Role]

    def identity_of(self, claims: Mapping[str, Any]) -> Identity:
        """Return who the claims are about.

        Raises
        ------
        NoRole
            When they give no role, no name that may be shown, or a VLO without a stadsdeel.
        """
        given = _at(claims, self.role)
        groups = set(_texts(given))
        role = next((each for group, each in self.roles.items() if group in groups), None)
        if role is None or role == "public":
            raise NoRole("None of the groups of this account has a role here.")
        name = _at(claims, self.name)
        if not isinstance(name, str) or not is_name(name):
            raise NoRole(f"The claim {self.name} holds no name that the audit trail may show.")
        stadsdeel = None
        if role == "vlo":
            found = [text for text in _texts(_at(claims, self.stadsdeel)) if is_name(text)]
            if not found:
                raise NoRole(f"A VLO works for one stadsdeel; the claim {self.stadsdeel} has none.")
            stadsdeel = found[0].strip()
        return Identity(name.strip(), role, stadsdeel)


class AccessTokens:
    """Access tokens (RFC 9068) that the identity provider made for programs.

    Parameters
    ----------
    provider
        Who signs them.
    audience
        For whom they must be; an ID token, which is for the client, is none.
    claims
        Where they say who somebody is.
    """

    def __init__(self, provider: Provider, *, audience: str, claims: Claims) -> None:
        self._provider = provider
        self._audience = audience
        self._claims = claims

    def identity_of(self, token: str, *, at: datetime) -> Identity:
        """Return whose token this is.

        Raises
        ------
        TokenRefused
            When it is not good.
        ProviderDown
            When the provider's keys are not at hand.
        """
        claims = verified(self._provider, token, audience=self._audience, at=at)
        return self._claims.identity_of(claims)


def verified(
    provider: Provider, token: str, *, audience: str, at: datetime, nonce: str | None = None
) -> dict[str, Any]:
    """Return the claims of a token whose signature, issuer, audience and times are good.

    Parameters
    ----------
    provider
        Who must have signed it.
    token
        As it was received.
    audience
        For whom it must be.
    at
        Now.
    nonce
        What it must repeat, in an ID token.

    Raises
    ------
    TokenRefused
        When anything is not good.
    ProviderDown
        When the provider's keys are not at hand.
    """
    if len(token) > _MOST_CHARACTERS:
        raise TokenRefused("This token is too long.")
    keys = provider.keys()
    try:
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # the provider may have a new key
            decoded = jwt.decode(token, provider.keys(without=keys), algorithms=ALGORITHMS)
        required: dict[str, jwt.ClaimsOption] = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": audience},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "sub": {"essential": True},
        }
        if nonce is not None:
            required["nonce"] = {"essential": True, "value": nonce}
        now = int(at.timestamp())
        jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_S, **required).validate(decoded.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused(f"This token is not good ({type(error).__name__}).") from None
    return decoded.claims


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim by its name; one whose own name has dots goes before a path of names."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _texts(given: Any) -> list[str]:
    values = given if isinstance(given, list) else [given]
    return [value for value in values if isinstance(value, str)]
