"""The facts of one mail that tell programs from people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from threading_engine import automatic_words as words
from threading_engine.message import Message


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
        return words.DAEMON.search(self.fields.get("from", "")) is not None

    @cached_property
    def postmaster(self) -> bool:
        """Whether the sender is an address that both people and programs use."""
        return words.POSTMASTER.search(self.fields.get("from", "")) is not None

    @cached_property
    def failure_subject(self) -> bool:
        """Whether the subject speaks of a delivery that failed, and is no reply to one that did."""
        return (
            not words.REPLY.match(self.subject)
            and words.FAILURE_SUBJECT.search(self.subject) is not None
        )

    @cached_property
    def notification(self) -> str:
        """``bounce``, ``complaint`` or ``delivery`` when a sending service tells so in JSON."""
        found = words.NOTIFICATION.match(self.message.text)
        return found[1].lower() if found else ""
