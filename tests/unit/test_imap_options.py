from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import ConfigurationError
from channels.email.imap_options import MailboxOptions, Password

GOOD: dict[str, Any] = {
    "name": "support",
    "host": "imap.provider.example",
    "user": "support",
    "auth": Password(password="s3cret"),
    "desk_addresses": ("support@help.example",),
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tls": "none"}, "would send the password readable"),
        ({"tls": "none", "host": "10.0.0.1"}, "would send the password readable"),
        ({"desk_addresses": ()}, "desk_addresses"),
        ({"afterwards": "move"}, "move_to must name a folder"),
        ({"afterwards": "move", "move_to": "INBOX"}, "must not be the folder"),
        ({"idle_renew": timedelta(minutes=29)}, "idle_renew"),
        ({"idle_renew": timedelta(0)}, "idle_renew"),
        ({"alarm_after": timedelta(minutes=5)}, "alarm_after"),
        ({"poll_interval": timedelta(hours=1)}, "alarm_after"),
        ({"batch_mails": 0}, "must be positive"),
    ],
)
def test_options_that_make_no_sense_are_refused(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=f"mailbox support: .*{words}"):
        MailboxOptions(**{**GOOD, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"tls": "none", "host": "localhost"},
        {"tls": "none", "host": "::1"},
        {"tls": "none", "plain_text_allowed": True},
        {"tls": "starttls", "port": 143},
        {"afterwards": "move", "move_to": "Done"},
    ],
)
def test_options_that_make_sense_are_taken(changed: dict[str, Any]) -> None:
    assert MailboxOptions(**{**GOOD, **changed})


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(MailboxOptions(**GOOD))
