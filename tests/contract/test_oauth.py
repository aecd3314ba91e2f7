"""Logging in to a real IMAP server with tokens from an endpoint that rotates them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.errors import ConfigurationError, StorageAway
from channels.email.oauth import AccessTokens, Exchange, NoAccessToken, OAuth
from tests.servers.dovecot import Dovecot
from tests.servers.mailbox import Desk, now, until
from tests.servers.token_endpoint import Answer, TokenEndpoint


class MemoryTokens:
    """Keeps refresh tokens as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {"support": "refresh-0"}
        #: Raised instead of saving, while set.
        self.trouble: Exception | None = None

    def load(self, name: str) -> str | None:
        return self.kept.get(name)

    def save(self, name: str, token: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.kept[name] = token


@pytest.fixture
def issued() -> list[str]:
    """The access tokens that the endpoint will give out; the last one again and again."""
    return ["access"]


@pytest.fixture
def endpoint(issued: list[str]) -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint(lambda: issued.pop(0) if len(issued) > 1 else issued[0]).start()
    yield endpoint
    endpoint.close()


@pytest.fixture
def store() -> MemoryTokens:
    return MemoryTokens()


def oauth(endpoint: TokenEndpoint, **changed: Any) -> OAuth:  # noqa: ANN401 - any field of OAuth
    values = {"token_url": endpoint.url, "client_id": "desk", "refresh_token": "support"}
    return OAuth(**{**values, **changed})


# --- the mailbox ----------------------------------------------------------------------------------


@pytest.fixture
def desk(dovecot: Dovecot) -> Desk:
    return Desk(dovecot, f"oauth-{uuid4().hex[:8]}")


def test_a_mailbox_is_read_with_a_token_and_the_rotated_one_is_kept(
    desk: Desk, endpoint: TokenEndpoint, store: MemoryTokens, issued: list[str]
) -> None:
    issued[:] = [desk.dovecot.token(desk.user)]
    desk.deliver(1)
    with desk.reading(auth=oauth(endpoint), tokens=store):
        until(lambda: desk.inbox.arrivals)
    assert store.kept == {"support": endpoint.valid} == {"support": "refresh-1"}


def test_an_access_token_that_expired_early_is_renewed_once(
    desk: Desk, endpoint: TokenEndpoint, store: MemoryTokens, issued: list[str]
) -> None:
    stale = desk.dovecot.token(desk.user, lifetime_seconds=-60)
    issued[:] = [stale, desk.dovecot.token(desk.user)]
    with desk.reading(auth=oauth(endpoint), tokens=store) as mailbox:
        until(lambda: mailbox.status.last_read_at)
    assert [form["refresh_token"] for form in endpoint.forms] == ["refresh-0", "refresh-1"]
    assert mailbox.status.last_error == ""
    assert store.kept["support"] == "refresh-2"


def test_a_mail_server_that_refuses_the_token_says_why(
    desk: Desk, endpoint: TokenEndpoint, store: MemoryTokens, issued: list[str]
) -> None:
    issued[:] = [desk.dovecot.token("somebody-else")]
    with desk.reading(
        auth=oauth(endpoint), tokens=store, retry_first=timedelta(minutes=1)
    ) as mailbox:
        until(lambda: mailbox.status.last_error)
    assert mailbox.status.last_error.startswith("the server refused the login: ")
    assert issued[0] not in mailbox.status.last_error
    assert len(endpoint.forms) == 2


def test_a_revoked_refresh_token_is_named_in_the_providers_words(
    desk: Desk, endpoint: TokenEndpoint, store: MemoryTokens
) -> None:
    endpoint.valid = "another"
    with desk.reading(auth=oauth(endpoint), tokens=store) as mailbox:
        until(lambda: mailbox.status.last_error)
        alarm = mailbox.overdue(now() + timedelta(hours=1))
    words = "the token endpoint refused: invalid_grant, Token was revoked. (HTTP 400)"
    assert mailbox.status.last_error == f"no access token: {words}"
    assert alarm is not None
    assert alarm.endswith(words)


def test_oauth_without_a_place_for_tokens_is_refused(desk: Desk, endpoint: TokenEndpoint) -> None:
    with pytest.raises(ConfigurationError, match="place for refresh tokens"):
        desk.mailbox(auth=oauth(endpoint))


# --- the tokens -----------------------------------------------------------------------------------


def test_a_token_is_used_until_a_minute_before_its_end(
    endpoint: TokenEndpoint, store: MemoryTokens
) -> None:
    clock = [now()]
    tokens = AccessTokens(oauth(endpoint), store, now=lambda: clock[0])
    assert tokens.current() == tokens.current() == "access"
    clock[0] += timedelta(minutes=58)
    tokens.current()
    assert len(endpoint.forms) == 1
    clock[0] += timedelta(minutes=1)
    tokens.current()
    assert len(endpoint.forms) == 2


def test_the_form_names_the_client_and_leaves_out_what_is_empty(
    endpoint: TokenEndpoint, store: MemoryTokens
) -> None:
    AccessTokens(oauth(endpoint, client_secret="s&cret", scope="imap"), store, now=now).current()
    AccessTokens(oauth(endpoint), store, now=now).current()
    assert endpoint.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0",
            "client_id": "desk",
            "client_secret": "s&cret",
            "scope": "imap",
        },
        {"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "desk"},
    ]


def test_a_rotated_token_that_could_not_be_kept_is_not_lost_and_not_used_before(
    endpoint: TokenEndpoint, store: MemoryTokens
) -> None:
    tokens = AccessTokens(oauth(endpoint), store, now=now)
    store.trouble = StorageAway("the disk is full")
    for _ in range(2):
        with pytest.raises(StorageAway):
            tokens.current()
    assert len(endpoint.forms) == 1
    store.trouble = None
    assert tokens.current() == "access"
    assert [form["refresh_token"] for form in endpoint.forms] == ["refresh-0", "refresh-1"]
    assert store.kept["support"] == "refresh-2"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, {}, b"<html>"), "no access_token"),
        ((200, {}, b"[]"), "no access_token"),
        ((200, {}, b'{"access_token": 7}'), "no access_token"),
        ((200, {}, b"[" * 60_000), "no access_token"),
        ((503, {}, b"<html>"), r"Service Unavailable \(HTTP 503\)"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), r"HTTP 302"),
        ((401, {}, b'{"error": "invalid_client\\r\\nX"}'), r"invalid_client  X \(HTTP 401\)"),
    ],
)
def test_answers_that_are_none_are_refused_in_words(
    endpoint: TokenEndpoint, store: MemoryTokens, answer: Answer, words: str
) -> None:
    endpoint.answer = answer
    with pytest.raises(NoAccessToken, match=words):
        AccessTokens(oauth(endpoint), store, now=now).current()


@pytest.mark.parametrize("lifetime", [b'"3600"', b"null", b"-5", b"1e9", b'{"a": 1}', b"9" * 40])
def test_any_lifetime_is_read(
    endpoint: TokenEndpoint, store: MemoryTokens, lifetime: bytes
) -> None:
    body = b'{"access_token": "a", "expires_in": ' + lifetime + b"}"
    endpoint.answer = (200, {}, body)
    assert AccessTokens(oauth(endpoint), store, now=now).current() == "a"


def test_an_endpoint_that_is_away_and_a_token_that_is_missing(
    endpoint: TokenEndpoint, store: MemoryTokens
) -> None:
    away = oauth(endpoint, token_url="http://localhost:1/")
    with pytest.raises(NoAccessToken, match="does not answer"):
        AccessTokens(away, store, now=now).current()
    store.kept.clear()
    with pytest.raises(NoAccessToken, match="no refresh token is kept as 'support'"):
        AccessTokens(oauth(endpoint), store, now=now).current()


@pytest.mark.parametrize(
    "url", ["http://login.provider.example/token", "ftp://127.0.0.1/", "file:///etc/passwd", "x"]
)
def test_secrets_go_out_encrypted_only(endpoint: TokenEndpoint, url: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        oauth(endpoint, token_url=url)


def test_secrets_are_not_shown(endpoint: TokenEndpoint) -> None:
    assert "s3cret" not in repr(oauth(endpoint, client_secret="s3cret"))


def test_the_exchange_answers_the_servers_error_with_nothing() -> None:
    exchange = Exchange("a@b.example", "t")
    assert exchange(b"") == b"user=a@b.example\x01auth=Bearer t\x01\x01"
    assert exchange(b'{"status": "401", "schemes": "bearer"}') == b""
    assert exchange.refusal == "401"
