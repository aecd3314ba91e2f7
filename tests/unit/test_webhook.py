"""What an answer to a post means, and which keys sign posts."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot.errors import ConfigurationError
from bot.ports import Refused, SendResult, Sent, TryLater
from bot.settings import Settings
from bot.settings.rules import WebhooksSection
from channels.webhook import judge

GOOD = "whsec_" + base64.b64encode(bytes(32)).decode()
POST = {"name": "a", "then": [{"webhook": "https://hooks.example.org/"}]}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", Sent(response="HTTP/1.1 200 OK")),
        (b"HTTP/1.0 204\r\n\r\n", Sent(response="HTTP/1.0 204")),
        (b"HTTP/1.1 301 Moved\r\n\r\n", Refused(reason="HTTP/1.1 301 Moved", code="301")),
        (b"HTTP/1.1 410 Gone\r\n\r\n", Refused(reason="HTTP/1.1 410 Gone", code="410")),
        (b"HTTP/1.1 500 Oops\r\n\r\n", TryLater(reason="HTTP/1.1 500 Oops")),
        (
            b"HTTP/1.1 429 Slow\r\nX: y\r\nRetry-After: 90\r\n\r\n",
            TryLater(reason="HTTP/1.1 429 Slow", after=timedelta(seconds=90)),
        ),
        (b"SSH-2.0\r\n\r\n", TryLater(reason="the answer is no HTTP")),
    ],
)
def test_what_an_answer_means(head: bytes, expected: SendResult) -> None:
    assert judge(head) == expected


@pytest.mark.parametrize("secret", ["whsec_short", "not base64 at all!", "whsec_" + "A" * 200])
def test_a_weak_key_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="24 to 64 bytes"):
        WebhooksSection(secret=secret)


def test_a_rule_that_posts_needs_a_key() -> None:
    rules: Any = [POST]
    with pytest.raises(ConfigurationError, match=r"webhooks\.secret: rules that post"):
        Settings(rules=rules).rulebook()
    book = Settings(rules=rules, webhooks=WebhooksSection(secret=GOOD)).rulebook()
    assert [rule.name for rule in book.rules] == ["a"]
