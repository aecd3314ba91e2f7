"""Access tokens for a mailbox behind OAuth 2 (RFC 6749) and how IMAP takes them (XOAUTH2).

An access token lives in memory for about an hour. What must outlive the process is the refresh
token, and some providers replace it at every use and forget the old one: the new one is therefore
stored durably before the access token that came with it is used.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import IO, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from bot.errors import ConfigurationError, ReplydeskError

#: A token answer is a few kilobytes; anything larger is not one.
_MOST_BYTES = 65536
_MOST_WORDS = 300
_TIMEOUT_SECONDS = 20
#: A token this near its end may expire on the way to the mail server.
_MARGIN = timedelta(minutes=1)
#: RFC 6749 section 5.1 only recommends to name the lifetime.
_UNNAMED_LIFETIME = timedelta(minutes=10)


class NoAccessToken(ReplydeskError):
    """The provider gave no access token; the message carries its own words."""


class TokenStore(Protocol):
    """Where refresh tokens live; `save` has made the token durable when it returns."""

    def load(self, name: str) -> str | None:
        """The refresh token kept under ``name``, or None."""
        ...

    def save(self, name: str, token: str) -> None:
        """Replace it; raises `bot.errors.StorageAway` when that is impossible now."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuth:
    """The desk's registration with a provider, and whose mailbox it may read."""

    #: HTTPS address of the token endpoint; plain HTTP only on this machine.
    token_url: str
    client_id: str
    #: Empty for a public client.
    client_secret: str = field(default="", repr=False)
    #: The name under which the refresh token is kept in the `TokenStore`.
    refresh_token: str
    #: Space-separated scopes, or empty for those of the first consent.
    scope: str = ""

    def __post_init__(self) -> None:
        """Refuse an endpoint that would show the secrets to the network."""
        url = urlsplit(self.token_url)
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname or "")):
            raise ConfigurationError(f"token_url must start with https://, got {self.token_url!r}")


class AccessTokens:
    """The current access token of one mailbox, renewed when it has expired; for one thread."""

    def __init__(self, options: OAuth, store: TokenStore, *, now: Callable[[], datetime]) -> None:
        self._options = options
        self._store = store
        self._now = now
        self._access: tuple[str, datetime] | None = None
        self._rotated: str | None = None

    def current(self) -> str:
        """A token that should be valid; raises `NoAccessToken` or `bot.errors.StorageAway`."""
        if self._access is None or self._now() + _MARGIN >= self._access[1]:
            self._access = self._renew()
        return self._access[0]

    def forget(self) -> None:
        """Make the next `current` renew, because the mail server refused the token."""
        self._access = None

    def _renew(self) -> tuple[str, datetime]:
        self._keep_rotated()
        kept = self._store.load(self._options.refresh_token)
        if not kept:
            raise NoAccessToken(f"no refresh token is kept as {self._options.refresh_token!r}")
        answer = _ask(self._options, kept)
        access = answer.get("access_token")
        if not isinstance(access, str) or not access:
            raise NoAccessToken("the token endpoint's answer has no access_token")
        rotated = answer.get("refresh_token")
        if isinstance(rotated, str) and rotated not in {"", kept}:
            self._rotated = rotated
            self._keep_rotated()
        return access, self._now() + _lifetime(answer.get("expires_in"))

    def _keep_rotated(self) -> None:
        """Store the new refresh token; one that could not be stored waits here for the next try.

        The provider may have forgotten the old one already, so dropping it would lock us out.
        """
        if self._rotated is not None:
            self._store.save(self._options.refresh_token, self._rotated)
            self._rotated = None


class Exchange:
    """The client's side of one XOAUTH2 authentication; called with each challenge."""

    def __init__(self, user: str, token: str) -> None:
        self._response = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
        self._begun = False
        #: The server's own words when it refused the token; empty otherwise.
        self.refusal = ""

    def __call__(self, challenge: bytes) -> bytes:
        """The first answer carries the token.

        A second challenge is the server's error as JSON and wants an empty answer before the
        command fails.
        """
        if not self._begun:
            self._begun = True
            return self._response
        self.refusal = _words(_parse(challenge), "error", "status", "scope")
        return b""


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the secrets to an address nobody configured."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> None:
        """Let the redirect stand as an error."""


def _ask(options: OAuth, refresh_token: str) -> dict[str, object]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": options.client_id,
        "client_secret": options.client_secret,
        "scope": options.scope,
    }
    body = urlencode({key: value for key, value in form.items() if value}).encode()
    request = Request(options.token_url, data=body, headers={"Accept": "application/json"})  # noqa: S310 - OAuth checked the scheme
    try:
        with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_SECONDS) as response:
            return _parse(response.read(_MOST_BYTES))
    except HTTPError as refused:
        words = _words(_parse(_rest(refused)), "error", "error_description")
        raise NoAccessToken(
            f"the token endpoint refused: {words or refused.reason} (HTTP {refused.code})"
        ) from None
    except (OSError, HTTPException) as away:
        raise NoAccessToken(f"the token endpoint does not answer: {away}") from away


def _rest(refused: HTTPError) -> bytes:
    try:
        return refused.read(_MOST_BYTES)
    except (OSError, HTTPException):
        return b""


def _parse(raw: bytes) -> dict[str, object]:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _words(answer: dict[str, object], *keys: str) -> str:
    """The named values of a provider's answer on one printable line."""
    text = ", ".join(str(answer[key]) for key in keys if answer.get(key))
    return "".join(char if char.isprintable() else " " for char in text)[:_MOST_WORDS]


def _lifetime(seconds: object) -> timedelta:
    """``expires_in``, which some providers write as a string."""
    if isinstance(seconds, int | str) and str(seconds).isdecimal():
        return timedelta(seconds=min(int(seconds), 86400))
    return _UNNAMED_LIFETIME
