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

from threading_engine import bounce_causes, bounce_reports, bounce_texts, encoded_words
from threading_engine.addresses import AddressError, normalise
from threading_engine.message import Message

#: Words of a server that are kept.
MAX_REASON = 500
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
    #: What the server said, on one line.
    reason: str
    #: True when the address is dead; False when another mail may get through some day.
    permanent: bool


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
    after_data = bounce_causes.refused_after_data(bounce_causes.fold(prose))
    return [
        _failure(
            report.address,
            status=report.status,
            words=report.diagnostic,
            context=_about(report.address, prose) if len(reports) > 1 else prose,
            after_data=after_data,
        )
        for report in reports
        if report.action not in _SUCCESS
    ]


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


def _from_sure_prose(message: Message) -> list[Failure]:
    known = _bystanders(message)
    return _failures(bounce_texts.mentions(_prose(message), known, bounce_texts.SURE))


def _from_likely_prose(message: Message) -> list[Failure]:
    known = _bystanders(message)
    return _failures(bounce_texts.mentions(_prose(message), known, bounce_texts.LIKELY))


def _failures(mentions: Iterable[bounce_texts.Mention]) -> list[Failure]:
    return [_failure(mention.address, words=mention.text) for mention in mentions]


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
        mail[name] = _ascii(message.header(name) or "unknown")[:MAX_REASON]
    mail.set_payload(_ascii(message.text[: bounce_texts.MAX_NOTICE]))
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
    return [_failure(address, words=words) for address in named if address.lower() not in known][:1]


#: Where failures are looked for, from most to least exact; the first that finds one decides.
_SOURCES = (
    _from_report,
    _from_notification,
    _from_header,
    _from_sure_prose,
    _from_flufl,
    _from_likely_prose,
    _from_copy,
)

# ---- status, code, cause ---------------------------------------------------------------------

_ENHANCED = r"([45]\.[0-7]\.\d{1,3})(?![\d.]*\d)"
_STATUS_OF_REPLY = re.compile(rf"(?<![\d.])[45]\d\d[ -:]{{1,3}}[#('\"]{{0,2}}{_ENHANCED}")
_STATUS_MARKED = re.compile(rf"(?:#|\(|status[:=] ?){_ENHANCED}", re.IGNORECASE)
_STATUS_BARE = re.compile(rf"(?<![\d.]){_ENHANCED}")
_CODE = re.compile(
    r"(?:(?<![\d.#/=:-])|(?<=_CODE :))([45][0-7]\d)(?=[ \t-](?:[^\d]|[245]\.\d)|: |,)"
)
_TEMPORARY = re.compile(
    r"details of temporary failure|retry timeout exceeded|hosts have been failing|not yet been delivered",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def _failure(
    address: str, *, status: str = "", words: str, context: str = "", after_data: bool = False
) -> Failure:
    words = words[:4000]
    status = _status(status, words, context)
    code = _CODE.search(words) or _CODE.search(context)
    cause = bounce_causes.cause_of(words, status, context=context, after_data=after_data)
    return Failure(
        address=_normalised(address),
        status=status or _made_up(cause, code[1] if code else "", words),
        code=code[1] if code else "",
        reason=encoded_words.clean(_SPACE.sub(" ", words or context).strip()[:MAX_REASON]),
        permanent=cause.permanent,
    )


def _status(reported: str, words: str, context: str) -> str:
    """The most specific status: that of the remote server's own reply before the reporter's.

    An x.0.0 with nothing said beside it tells less than a cause found in the prose.
    """
    if of_reply := _specific(_STATUS_OF_REPLY, words):
        return of_reply
    if reported and not reported.endswith(".0.0"):
        return reported
    for pattern in (_STATUS_MARKED, _STATUS_BARE):
        if found := pattern.search(words):
            return str(found[1])
    return _specific(_STATUS_OF_REPLY, context) or (reported if words else "")


def _specific(pattern: re.Pattern[str], text: str) -> str:
    """The last status that ``pattern`` finds and that tells more than the class."""
    found = [str(status) for status in pattern.findall(text) if not status.endswith(".0.0")]
    return found[-1] if found else ""


def _made_up(cause: bounce_causes.Cause, code: str, words: str) -> str:
    temporary = code.startswith("4") or (not code and _TEMPORARY.search(words))
    return f"{4 if temporary else 5}.0.{cause.number}"


def _normalised(address: str) -> str:
    try:
        return normalise(address)
    except AddressError:
        return address.lower()[:254]
