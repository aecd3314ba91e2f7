"""The facts of one mail that tell programs from people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from threading_engine import automatic_words as words
from threading_engine import subject as subjects
from threading_engine.message import Message

#: Characters of a text in which people speak in person, if they do.
PERSONAL_CHARACTERS = 1500
#: Bytes of a calendar object in which its method stands.
CALENDAR_BYTES = 4000

_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Za-z]{3,20})", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the rules look at; each fact is worked out once, when a rule first asks."""

    #: The mail.
    message: Message
    #: The SMTP sender: empty for bounces, None when unknown.
    envelope_sender: str | None
    #: Our own addresses, lower-cased.
    own_addresses: frozenset[str]
    #: The value of ``X-Replydesk-Loop`` in our own mails; empty when unknown.
    loop_mark: str

    @cached_property
    def fields(self) -> dict[str, str]:
        """Lower-cased first value by lower-cased name."""
        fields: dict[str, str] = {}
        for name, value in self.message.headers:
            fields.setdefault(name, value.strip().lower())
        return fields

    @cached_property
    def empty_envelope(self) -> bool:
        """Whether the mail has no SMTP sender, known by SMTP or from Return-Path."""
        if self.envelope_sender is not None:
            return self.envelope_sender.strip(" <>") == ""
        return self.fields.get("return-path", "x").partition(" ")[0].strip() in {"<>", ""}

    @cached_property
    def subject(self) -> str:
        """The start of the subject, lower-cased."""
        return self.message.title[:500].lower()

    @cached_property
    def daemon(self) -> bool:
        """Whether the sender is a mail system by its address or, lacking one, by its name."""
        author = self.message.sender.address or self.fields.get("from", "")
        return words.DAEMON.search(author) is not None

    @cached_property
    def called_daemon(self) -> bool:
        """Whether its name is a mail system's. Companies that deliver mail are called so, too."""
        return words.DAEMON.search(self.fields.get("from", "")) is not None

    @cached_property
    def in_own_name(self) -> bool:
        """Whether it was sent by its author: notices have no sender, or a robot's (RFC 5321, 6.1)."""
        author = self.message.sender.address
        sender = self.envelope_sender
        if not author or sender is None or self.daemon or self.postmaster:
            return False
        return sender.strip(" <>").lower() == author and self.auto_submitted in {"", "no"}

    @cached_property
    def postmaster(self) -> bool:
        """Whether the sender is an address that both people and programs use."""
        return words.POSTMASTER.search(self.fields.get("from", "")) is not None

    @cached_property
    def answers(self) -> bool:
        """Whether the subject says that the mail answers another or passes it on."""
        written = self.message.subject[:500]
        return subjects.is_reply(written) or subjects.is_forward(written)

    @cached_property
    def failure_subject(self) -> bool:
        """Whether the subject speaks of a delivery that failed, and is no reply to one that did."""
        return not self.answers and words.FAILURE_SUBJECT.search(self.subject) is not None

    @cached_property
    def personal(self) -> bool:
        """Whether somebody speaks in person: about themselves, to us, or with thanks and greetings."""
        text = self.message.text[:PERSONAL_CHARACTERS].lower()
        own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
        return words.PERSONAL.search(own) is not None

    @cached_property
    def passed_on(self) -> bool:
        """Whether a person passes on a machine's report rather than the machine sends it."""
        if self.message.report_type or self.daemon or self.empty_envelope:
            return False
        return self.answers or self.personal

    @cached_property
    def auto_submitted(self) -> str:
        """The keyword of Auto-Submitted (RFC 3834), or an empty string."""
        return self.fields.get("auto-submitted", "").partition(";")[0].partition("(")[0].strip()

    @cached_property
    def calendar_method(self) -> str:
        """What a calendar object asks for (RFC 5546): ``REQUEST``, ``REPLY``, …; empty for none."""
        for part in self.message.attachments:
            if part.content_type in {"text/calendar", "application/ics"}:
                found = _METHOD.search(part.data[:CALENDAR_BYTES])
                if found:
                    return found[1].decode().upper()
        return ""

    @cached_property
    def acts_for_a_person(self) -> bool:
        """Whether a program only carries out what a person does: it invites, or passes mail on.

        Calendars mark people's invitations as generated, and so does Exchange what a mailbox's rule
        forwards; its own answers bear the rule's mark too, but ask for no answer.
        """
        if self.calendar_method in {"REQUEST", "CANCEL", "COUNTER", "ADD", "PUBLISH"}:
            return True
        if "x-ms-exchange-inbox-rules-loop" not in self.fields:
            return False
        asks_for_silence = "all" in self.fields.get("x-auto-response-suppress", "")
        forwards = "resent-from" in self.fields or subjects.is_forward(self.message.subject)
        return forwards and not asks_for_silence

    @cached_property
    def notification(self) -> str:
        """``bounce``, ``complaint`` or ``delivery`` when a sending service tells so in JSON."""
        found = words.NOTIFICATION.match(self.message.text)
        return found[1].lower() if found else ""
