"""One mail in front of the desk: what was read, who wrote it, and the transaction to act in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import actions
from bot.actions import Words
from bot.decoration import without_marks, without_pictures
from bot.desk.entry import Authentication
from bot.desk.people import Person, Queue, Role
from bot.desk.ticket import File, Ticket
from bot.directory import Directory
from bot.ports import UnitOfWork
from bot.reading import Reading
from threading_engine.clues import as_written, normal_id, thread_index
from threading_engine.tokens import Keyring


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What became of a mail."""

    #: The inbox row's next state: ``done``, ``aside`` or ``held``.
    state: str
    ticket_id: int | None = None
    #: Why it waits, in words; empty when it is done.
    reason: str = ""
    #: The decision with its rules, JSON-able.
    verdict: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What deciding needs to know about the desk."""

    directory: Directory
    keyring: Keyring


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One mail, one transaction, one moment."""

    uow: UnitOfWork
    desk: Desk
    reading: Reading
    #: The mail's attachments, their bytes stored already, decoration marked.
    files: tuple[File, ...]
    #: The rule by the name of each file that is decoration.
    decoration: Mapping[str, str] = field(default_factory=dict)
    #: The attachments of a mail that is attached to it.
    enclosed_files: tuple[File, ...] = ()
    #: This process, as it stands in claims.
    holder: str
    now: datetime
    #: True when the mail has entered one ticket, and this is about another.
    repeated: bool = False

    @property
    def trusted(self) -> bool:
        """Whether the author is authenticated."""
        return self.reading.authentication is Authentication.PASS

    def believes(self, author: Person) -> bool:
        """Whether the words count as the author's own: proven, or from an address that is trusted."""
        unproven = self.reading.authentication is Authentication.NONE
        return self.trusted or (unproven and author.trusted and not author.technician)

    @property
    def addressed(self) -> frozenset[str]:
        """Who had the mail directly and need not be told; only a proven author is believed.

        Anybody can write technicians into a header to keep them from hearing of a mail.
        """
        return self.reading.addressed if self.trusted else frozenset()

    @property
    def queue(self) -> Queue:
        """The queue the mail was sent to."""
        recipients = self.reading.claimed.envelope.recipients
        return self.desk.directory.queue_for((*recipients, *sorted(self.reading.addressed)))

    def author(self) -> Person:
        """The person behind the From address; somebody new is added."""
        sender = self.reading.message.sender
        if sender.address is None:
            raise ValueError("a mail without a readable sender has no author")
        person = self.person(sender.address, sender.name)
        if self.trusted and sender.name not in {"", person.name} and not person.technician:
            # Somebody else may have named them first, by forging a mail or in a copy field.
            self.uow.people.rename(person.id, sender.name)
            person = replace(person, name=sender.name)
        return self._with_company(person) if self.trusted else person

    def _with_company(self, person: Person) -> Person:
        """The person with the company whose domain proved them; never on a mere From line."""
        house = self.uow.policy.companies.get(person.address.rpartition("@")[2])
        if house is None or person.company_id is not None or person.technician:
            return person
        return actions.join_company(self.uow, person, house, now=self.now)

    def person(self, address: str, name: str) -> Person:
        """The person behind an address; somebody new is added, and a name learnt once proven."""
        people = self.uow.people
        known = people.find("email", address)
        if known is None:
            return people.add(name=name, channel="email", address=address, at=self.now)
        if name and not known.name and self.trusted:
            people.rename(known.id, name)
            return replace(known, name=name)
        return known

    def roles(self, ticket: Ticket, person: Person) -> set[Role]:
        """The person's parts in the ticket."""
        by_column = {Role.REQUESTER: ticket.requester_id, Role.OWNER: ticket.owner_id}
        if found := {role for role, holder in by_column.items() if holder == person.id}:
            return found
        parts = self.uow.tickets.participants(ticket.id)
        return {part.role for part in parts if part.person.id == person.id}

    def copies(self) -> list[Person]:
        """Third parties that an authenticated author put into To or Cc.

        Never one of our own addresses, and no technician: they hear of the ticket as staff.
        """
        if not self.trusted:
            return []
        message = self.reading.message
        found: list[Person] = []
        for box in (*message.to, *message.cc)[: self.uow.policy.limits.copies_per_ticket]:
            if box.address == message.sender.address or self.desk.directory.knows(box.address):
                continue
            person = self.person(box.address, box.name)
            if not person.technician:
                found.append(person)
        return found

    def words(self) -> Words:
        """What the mail adds to a thread."""
        message, folded, page = self.reading.message, self.reading.folded, self.reading.html
        if self.reading.claimed.envelope.decision is not None:
            page = None  # whoever accepted it saw the words, and a page may say something else
        own_id = as_written(message.message_id) if message.message_id else None
        conversation = thread_index(message)
        return Words(
            text=without_marks(folded.visible, self.files),
            html=without_pictures(page, self.files) if page is not None else None,
            elided=folded.elided,
            signature=folded.signature,
            files=self.files,
            message_id=own_id,
            signed=message.signed,
            # A mail becomes one workunit; its words may stand in other tickets, too.
            inbox_id=None if self.repeated else self.reading.claimed.id,
            references=tuple(key for key in (normal_id(own_id or ""), conversation) if key),
        )
