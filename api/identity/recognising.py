"""Who asks: found from a bearer token or from the cookie of a session."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fastapi import Request

from api.identity.settings import IdentitySettings
from api.identity.tokens import AccessTokens, TokenRefused
from api.identity.transport import is_secure
from api.identity.user import PUBLIC, User
from hotspots.store.accounts import TOKEN_START, Accounts, AccountsFile, Identity
from hotspots.store.sessions import Sessions
from hotspots.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and the token against forgery of their session; empty without a session."""

    user: User = PUBLIC
    csrf: str = ""


class Recogniser:
    """Knows people by their token or their session.

    Parameters
    ----------
    workspace
        Whose accounts.
    settings
        How long a session lasts, and who issues access tokens.
    clock
        Returns the moment; an argument for the tests.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: IdentitySettings,
        tokens: AccessTokens | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.file = AccountsFile(workspace)
        self.accounts = Accounts(self.file)
        self.sessions = Sessions(
            self.file,
            idle=timedelta(minutes=settings.session_idle_minutes),
            longest=timedelta(hours=settings.session_hours),
        )
        self.now = clock
        self._tokens = tokens

    def knows_something(self, request: Request) -> bool:
        """Tell whether a request carries anything to know somebody by."""
        return "authorization" in request.headers or cookie_name(request) in request.cookies

    def asker_of(self, request: Request) -> Asker:
        """Return who asks; a session that has ended is nobody's, a token that is not good is not.

        Raises
        ------
        TokenRefused
            When there is a token, and it is nobody's.
        HotspotsError
            When the accounts or the keys of the identity provider cannot be reached.
        """
        given = request.headers.get("authorization")
        if given is not None:
            return Asker(user=self._of_header(given))
        secret = request.cookies.get(cookie_name(request), "")
        identity = self.sessions.find(secret, at=self.now()) if secret else None
        if identity is None:
            return Asker()
        return Asker(user=user_of_identity(identity), csrf=csrf_of(secret))

    def _of_header(self, given: str) -> User:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefused("A token is sent as Authorization: Bearer and the token.")
        token = token.strip()
        if not token.startswith(TOKEN_START) and self._tokens is not None:
            return user_of_identity(self._tokens.identity_of(token, at=self.now()))
        identity = self.accounts.of_token(token, at=self.now())
        if identity is None:
            raise TokenRefused("This token is unknown, or it has ended.")
        return user_of_identity(identity)


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie; over TLS one that no other host can set."""
    return "__Host-hotspots" if is_secure(request) else "hotspots"


def csrf_of(secret: str) -> str:
    """Return the token against forgery that belongs to a session; it does not tell the secret."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def user_of_identity(identity: Identity) -> User:
    """Return somebody as the pages know them."""
    return User(name=identity.name, role=identity.role, stadsdeel=identity.stadsdeel)
