"""What a machine says about one delivery of ours: it failed, it waits, it was read, nobody is in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from threading_engine import bounce_reports, report_fields
from threading_engine.automatic import Automatic
from threading_engine.bounces import Failure
from threading_engine.message import Message

#: Characters of somebody's words that are kept.
MAX_WORDS = 200
#: Bytes of a calendar object that are searched.
MAX_CALENDAR = 20_000


class ReportKind(StrEnum):
    """What became of a delivery after it was sent."""

    #: It will not arrive.
    FAILED = "failed"
    #: A mail server still tries.
    DELAYED = "delayed"
    DELIVERED = "delivered"
    #: Its receiver opened it.
    READ = "read"
    #: A program answered it.
    ANSWERED = "answered"
    #: Its receiver called it spam.
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one mail says about one delivery."""

    kind: ReportKind
    #: For a failure the cause, a colon and the server's words; else the program's own words.
    reason: str = ""
    #: The enhanced status (RFC 3463), or empty.
    code: str = ""
    #: True when the very address that the delivery went to is dead.
    dead: bool = False


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """What the rules look at."""

    message: Message
    failures: tuple[Failure, ...]
    #: What was written this time, without quotes.
    words: str
    #: Where the delivery went.
    address: str

    @cached_property
    def fields(self) -> dict[str, tuple[str, ...]]:
        """The fields of the mail's machine-readable parts."""
        return report_fields.read(self.message)

    @cached_property
    def actions(self) -> frozenset[str]:
        """What the report says of our address; of all it names, where ours is not among them."""
        reports = bounce_reports.read(self.message.delivery_status or "")
        ours = [report for report in reports if report.address.lower() == self.address]
        return frozenset(report.action for report in ours or reports if report.action)

    @cached_property
    def failure(self) -> Failure | None:
        """The failure of our address, else the first."""
        ours = (failure for failure in self.failures if failure.address == self.address)
        return next(ours, next(iter(self.failures), None))


def read(
    message: Message,
    machine: Automatic,
    *,
    failures: tuple[Failure, ...],
    words: str,
    address: str,
) -> Report | None:
    """What the mail says about the delivery that went to `address`; None when it says nothing."""
    mail = _Mail(message=message, failures=failures, words=words, address=address.lower())
    return next((found for rule in _RULES.get(machine.kind, ()) if (found := rule(mail))), None)


# ---- bounces and receipts --------------------------------------------------------------------

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_STILL_TRYING = re.compile(
    r"still being retried|(?:will|continue to) (?:be )?(?:re-?tr(?:y|ied)|try(?:ing)?)|delivery (?:attempts )?will continue"
    r"|warning message only|you do not need to resend|has not yet been delivered|wird weiter(?:hin)? versucht",
)


def _arrived(mail: _Mail) -> Report | None:
    if not mail.actions or not mail.actions <= _ARRIVED:
        return None
    further = "passed on to where no report comes from" if "delivered" not in mail.actions else ""
    return Report(kind=ReportKind.DELIVERED, reason=further)


def _delayed(mail: _Mail) -> Report | None:
    told = mail.actions == {"delayed"}
    if not mail.actions:
        told = _STILL_TRYING.search(mail.message.text[:3000].lower()) is not None
    if not told:
        return None
    return _because(ReportKind.DELAYED, mail.failure)


def _failed(mail: _Mail) -> Report:
    failure = mail.failure
    # What a mailbox behind the address cannot take says nothing about the address.
    ours = failure is not None and ("@" not in failure.address or failure.address == mail.address)
    dead = failure is not None and failure.permanent and ours
    return _because(ReportKind.FAILED, failure, dead=dead)


def _because(kind: ReportKind, failure: Failure | None, *, dead: bool = False) -> Report:
    if failure is None:
        return Report(kind=kind, reason="no reason given")
    return Report(kind=kind, reason=failure.told, code=failure.status, dead=dead)


def _disposition(mail: _Mail) -> Report | None:
    """RFC 8098, section 3.2.6: the mode, a semicolon, and what was done with the mail."""
    value = next(iter(mail.fields.get("disposition", ())), "").lower()
    mode, _, what = value.partition(";")
    if "display" in what:
        return Report(kind=ReportKind.READ)
    if "delete" not in what and "denied" not in what:
        return None
    if "automatic-action" in mode:
        # A mailbox that refuses by rule (RFC 5429) answers so.
        said = _beginning(mail.words or mail.message.text)
        return Report(kind=ReportKind.FAILED, reason=f"refused by a rule of the mailbox: {said}")
    return Report(kind=ReportKind.ANSWERED, reason="deleted without being read")


def _receipt(mail: _Mail) -> Report:
    """What is left of receipts: the subject says what was done."""
    subject = mail.message.subject.lower()
    if re.match(r"(?:not|non|nicht|no|niet) |un|.{0,20}deleted", subject):
        return Report(kind=ReportKind.ANSWERED, reason="deleted without being read")
    delivered = "deliver" in subject or mail.message.text.lstrip().startswith("{")
    return Report(kind=ReportKind.DELIVERED if delivered else ReportKind.READ)


# ---- complaints ------------------------------------------------------------------------------

#: Feedback that complains about nothing (RFC 5965, RFC 6430, RFC 6591).
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dmarc"})


def _complaint(mail: _Mail) -> Report | None:
    kind = next(iter(mail.fields.get("feedback-type", ())), "abuse").lower()
    if kind in _NO_COMPLAINTS:
        return None
    return Report(kind=ReportKind.COMPLAINED, reason="" if kind == "abuse" else kind)


# ---- automatic answers -----------------------------------------------------------------------

_PARTSTAT = re.compile(rb"PARTSTAT=([A-Za-z-]{4,20})", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def _invitation(mail: _Mail) -> Report | None:
    for part in mail.message.attachments:
        if part.content_type not in {"text/calendar", "application/ics"}:
            continue
        # RFC 5545 folds lines anywhere.
        data = part.data[:MAX_CALENDAR].replace(b"\r\n ", b"").replace(b"\n ", b"")
        if b"METHOD:REPLY" in data.upper() and (found := _PARTSTAT.search(data)):
            answer = found[1].decode("ascii", "replace").lower().replace("tentative", "perhaps")
            return Report(kind=ReportKind.ANSWERED, reason=f"invitation {answer}")
    return None


def _answer(mail: _Mail) -> Report:
    return Report(kind=ReportKind.ANSWERED, reason=_beginning(mail.words or mail.message.subject))


def _beginning(words: str) -> str:
    """The first words on one line; ` …` where there are more."""
    line = _SPACE.sub(" ", words[: MAX_WORDS * 4]).strip()
    if len(line) <= MAX_WORDS:
        return line
    return line[:MAX_WORDS].rpartition(" ")[0][:MAX_WORDS] + " …"


def says_all(report: Report, words: str) -> bool:
    """Whether the report holds every one of these words."""
    return _SPACE.sub(" ", words).strip() in report.reason


_Rule = Callable[[_Mail], Report | None]
#: The rules by the kind of machine, in order; the first that knows decides.
_RULES: dict[str, tuple[_Rule, ...]] = {
    "bounce": (_arrived, _delayed, _failed),
    "receipt": (_arrived, _disposition, _receipt),
    "feedback": (_complaint,),
    "auto-reply": (_invitation, _answer),
}
