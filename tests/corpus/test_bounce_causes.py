"""What servers' words mean, and when the words are not believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from threading_engine import bounce_causes
from threading_engine.bounce_diagnosis import Account, Diagnosis, diagnose

REPLIES = Path(__file__).parent / "bounces/replies.txt"


def replies() -> list[tuple[str, str]]:
    """Pairs of a reply and the name of its cause."""
    pairs, cause = [], ""
    for line in REPLIES.read_text("utf-8").splitlines():
        if line.startswith("== "):
            cause = line[3:]
        elif line and not line.startswith("#"):
            pairs.append((line, cause))
    return pairs


def of(words: str, *, context: str = "", reported: str = "", formal: bool = True) -> Diagnosis:
    return diagnose(Account(words=words, reported=reported, context=context, formal=formal))


@pytest.mark.parametrize(("reply", "cause"), replies())
def test_replies(reply: str, cause: str) -> None:
    answered = " (in reply to RCPT TO command)" if reply[0].isdigit() else ""
    assert of(reply + answered).cause.name == cause


def test_every_cause_is_met() -> None:
    causes = {
        each for each in vars(bounce_causes).values() if isinstance(each, bounce_causes.Cause)
    }
    untold = {bounce_causes.ON_HOLD, bounce_causes.UNDEFINED}
    assert {cause.name for cause in causes - untold} == {cause for _, cause in replies()}


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("", bounce_causes.UNDEFINED),
        ("<bo@firm.example>:", bounce_causes.UNDEFINED),
        ("xyz abc", bounce_causes.ON_HOLD),
    ],
)
def test_words_that_tell_nothing(words: str, cause: bounce_causes.Cause) -> None:
    assert of(words).cause is cause


def test_the_status_decides_where_words_do_not() -> None:
    assert of("550 5.1.2 no").cause is bounce_causes.HOST_UNKNOWN
    assert of("no", reported="5.2.2").cause is bounce_causes.MAILBOX_FULL


def test_the_prose_decides_where_neither_does() -> None:
    assert of("no", context="The mailbox is full.").cause is bounce_causes.MAILBOX_FULL


@pytest.mark.parametrize(
    "doubted",
    [
        of("550 user unknown (in reply to end of DATA command)"),
        of("550 5.7.1 user unknown"),
        of("550 user unknown", formal=False),
        of("user unknown", context="SMTP error after end of data"),
    ],
)
def test_nobody_there_is_not_always_believed(doubted: Diagnosis) -> None:
    assert doubted.cause is bounce_causes.FILTERED


@pytest.mark.parametrize(
    "believed",
    [
        of("550 user unknown (in reply to RCPT TO command)", formal=False),
        of("550 5.1.1 user unknown", formal=False),
        of("550 5.7.1 user unknown (in reply to RCPT TO command)"),
        of("550 This user doesn't have a firm.example account", formal=False),
        of(">>> DATA <<< 550 bo... User unknown <<< 503 5.0.0 Need RCPT", formal=False),
    ],
)
def test_nobody_there_is_believed(believed: Diagnosis) -> None:
    assert believed.cause is bounce_causes.USER_UNKNOWN


def test_a_name_server_that_fails_today_may_answer_tomorrow() -> None:
    assert not of("domain not found", reported="4.4.4").cause.permanent
    assert of("domain not found", reported="5.4.4").cause.permanent


@pytest.mark.parametrize(
    ("account", "status"),
    [
        (Account(words="550 5.7.26 no", reported="5.0.0"), "5.7.26"),
        (Account(words="550 no", reported="5.1.1"), "5.1.1"),
        (Account(words="mailbox full", reported="5.0.0"), "5.0.0"),
        (Account(words="mailbox full"), "5.0.922"),
        (Account(words="451 mailbox full"), "4.0.922"),
        (Account(words="said: (#5.2.2)"), "5.2.2"),
        (Account(words="5.1.0 - Unknown address error 550-'5.7.1 Access denied'"), "5.7.1"),
        (Account(words="see 10.5.1.1 and 1.5.2.2"), "5.0.901"),
        (Account(words="after MAIL FROM:<a@b.example>: 550 sender rejected"), "5.0.901"),
    ],
)
def test_the_status(account: Account, status: str) -> None:
    assert diagnose(account).status == status


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("host mx said: 550 5.1.1 no\n  such user\n\nRegards", "550 5.1.1 no such user"),
        ("bo@firm.example\n\nThe account is disabled.\n\nBye.", "The account is disabled."),
        ("----- Failed -----\n\nHi!\n\nSo sorry.\n\nMailbox full.\n\nBye, bye.", "Mailbox full."),
        (
            "<bo@firm.example>: メールアドレスが見つかりません",
            "<bo@firm.example>: メールアドレスが見つかりません",
        ),
        ("bo@firm.example", ""),
    ],
)
def test_the_servers_own_words(words: str, said: str) -> None:
    assert of(words).said == said
