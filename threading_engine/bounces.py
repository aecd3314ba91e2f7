"""Whose delivery failed, how, and whether for good: read from a bounce.

Sources from most to least exact: the machine-readable report (RFC 3464), the server's own prose,
and flufl.bounce, which knows forms that went out of use. Only called for mails that
``automatic.judge`` took for a bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from threading_engine import bounce_reports, bounce_texts, encoded_words
from threading_engine.addresses import AddressError, normalise
from threading_engine.bounce_diagnosis import Account, diagnose
from threading_engine.message import Message

#: Characters of a header field that are searched for a form.
MAX_FIELD = 500
#: Lines of a text that flufl.bounce sees: it tries some fifty expressions on each.
MAX_LINES = 400
#: Characters of a text that are searched for a report.
MAX_UNWRAPPED = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """One recipient that a mail did not reach."""

    #: The address, lower-cased.
    address: str
    #: The enhanced status (RFC 3463), for example ``5.1.1``. A detail ``0.9nn`` is ours: the
    #: server gave none and the cause was read from its words (see ``bounce_causes``).
    status: str
    #: The SMTP reply code, for example ``550``, or empty.
    code: str
    #: Why, in words for a person: "mailbox full" (see ``bounce_causes``).
    cause: str
    #: What the server said, on one line.
    reason: str
    #: True when the address is dead; False when another mail may get through some day.
    permanent: bool

    @property
    def told(self) -> str:
        """What a person is told: the cause, then the server's own words."""
        return f"{self.cause}: {self.reason}" if self.reason else self.cause


#: The report says that these went well.
_SUCCESS = frozenset({"delivered", "relayed", "expanded"})


def read_failures(message: Message) -> tuple[Failure, ...]:
    """Every recipient that the bounce names, each once, in order; never raises."""
    sources = _SOURCES[:2] if message.text.lstrip().startswith("{") else _SOURCES
    failures = next((found for source in sources if (found := source(message))), [])
    return tuple({failure.address: failure for failure in reversed(failures)}.values())[::-1]


# ---- the machine-readable report -------------------------------------------------------------


def _from_report(message: Message) -> list[Failure]:
    written = message.delivery_status or ""
    if not written and message.embedded:
        written = message.embedded.delivery_status or ""  # a filter wrapped the bounce once more
    if not written and "final-recipient:" in message.text[:MAX_UNWRAPPED].lower():
        written = message.text[:MAX_UNWRAPPED]  # a report whose MIME wrapping got lost
    reports = bounce_reports.read(written)
    prose = bounce_texts.notice(message.text)
    return [
        _failure(
            report.address,
            status=report.status,
            words=report.diagnostic,
            context=_around(report, prose, alone=len(reports) == 1),
            formal=True,
        )
        for report in reports
        if report.action not in _SUCCESS
    ]


def _around(report: bounce_reports.Report, prose: str, *, alone: bool) -> str:
    """What the prose says of this recipient; all of it when there is no other."""
    about = _about(report.address, prose)
    return f"{about}\n\n{prose}" if alone else about


def _about(address: str, prose: str) -> str:
    """The line of the prose that names ``address`` and those up to the next address."""
    place = prose.lower().find(address.lower())
    if place < 0:
        return ""
    line, *rest = prose[place : place + 500].split("\n")
    about = takewhile(lambda other: other.strip() and "@" not in other, rest)
    return "\n".join([line, *about])


# ---- prose -----------------------------------------------------------------------------------


def _from_notification(message: Message) -> list[Failure]:
    return _failures(bounce_texts.service_notification(message.text))


def _from_header(message: Message) -> list[Failure]:
    return _failures(_named_in_header(message, _prose(message)))


def _from_transcript(message: Message) -> list[Failure]:
    return _failures(bounce_texts.transcript(_prose(message), _bystanders(message)))


def _from_sure_prose(message: Message) -> list[Failure]:
    known = _bystanders(message)
    return _failures(bounce_texts.mentions(_prose(message), known, bounce_texts.SURE))


def _from_likely_prose(message: Message) -> list[Failure]:
    known = _bystanders(message)
    return _failures(bounce_texts.mentions(_prose(message), known, bounce_texts.LIKELY))


def _failures(mentions: Iterable[bounce_texts.Mention]) -> list[Failure]:
    return [
        _failure(mention.address, words=mention.text, context=mention.before)
        for mention in mentions
    ]


def _prose(message: Message) -> str:
    return message.text or _plain(message.html or "")


def _named_in_header(message: Message, text: str) -> tuple[bounce_texts.Mention, ...]:
    """Exim and Gmail name the failing addresses in a field of their own."""
    named = ",".join(message.all_headers("x-failed-recipients")).split(",")
    words = bounce_texts.notice(text)
    return tuple(
        bounce_texts.Mention(address=address.strip(), text=_section(address.strip(), words))
        for address in named
        if "@" in address
    )


def _section(address: str, words: str) -> str:
    place = words.lower().find(address.lower())
    return words[max(place, 0) :]


def _bystanders(message: Message) -> frozenset[str]:
    """Who bounced and to whom: not the failing addresses."""
    people = {mailbox.address for mailbox in message.to}
    if message.sender.address:
        people.add(message.sender.address)
    return frozenset(people)


_TAG = re.compile(r"<(?![^<>\s]{1,64}@)[^<>]{0,2000}>")


def _plain(html: str) -> str:
    from html import unescape

    return unescape(_TAG.sub("\n", html[:100_000]))


# ---- flufl.bounce and the copy of the mail ---------------------------------------------------


def _from_flufl(message: Message) -> list[Failure]:
    addresses = sorted(_flufl_addresses(message))
    words = bounce_texts.notice(message.text)
    return [_failure(address, words=words) for address in addresses]


def _flufl_addresses(message: Message) -> Iterable[str]:
    from email.message import Message as Mail

    from flufl.bounce import all_failures

    mail = Mail()
    for name in ("from", "subject"):
        # It raises on an empty From.
        mail[name] = _ascii(message.header(name) or "unknown")[:MAX_FIELD]
    lines = message.text[: bounce_texts.MAX_NOTICE].splitlines()[:MAX_LINES]
    mail.set_payload(_ascii("\n".join(lines)))
    try:
        found = set[bytes | str]().union(*all_failures(mail))
    except Exception:  # noqa: BLE001 - forty old detectors, each with bugs of its own
        return ()
    return [each.decode("ascii", "replace") if isinstance(each, bytes) else each for each in found]


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


_TO_LINE = re.compile(
    r"^To:[ \t]*[^\n]{0,200}?<?([^\s<>\"']{1,64}@[A-Za-z0-9.-]{1,255})", re.MULTILINE
)


def _from_copy(message: Message) -> list[Failure]:
    """The addressee of the returned mail, when the notice names nobody."""
    words = bounce_texts.notice(message.text)
    known = _bystanders(message)
    if message.embedded and message.embedded.to:
        named = [mailbox.address for mailbox in message.embedded.to]
    else:
        named = _TO_LINE.findall(message.text[:100_000])[:1]
    return [
        _failure(address, words="", context=words)
        for address in named
        if address.lower() not in known
    ][:1]


#: Where failures are looked for, from most to least exact; the first that finds one decides.
_SOURCES = (
    _from_report,
    _from_notification,
    _from_header,
    _from_transcript,
    _from_sure_prose,
    _from_flufl,
    _from_likely_prose,
    _from_copy,
)

# ---- one failure -----------------------------------------------------------------------------


def _failure(
    address: str, *, words: str, status: str = "", context: str = "", formal: bool = False
) -> Failure:
    found = diagnose(Account(words=words, reported=status, context=context, formal=formal))
    return Failure(
        address=_normalised(address),
        status=found.status,
        code=found.code,
        cause=found.cause.name,
        reason=encoded_words.clean(found.said),
        permanent=found.cause.permanent,
    )


def _normalised(address: str) -> str:
    try:
        return normalise(address)
    except AddressError:
        return address.lower()[:254]
