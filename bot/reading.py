"""Hop 2, the pure half: from raw bytes to everything the desk wants to know about a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.desk.entry import Authentication
from bot.desk.pictures import Place
from bot.desk.proof import Proof
from bot.errors import UnreadableMail
from bot.ports import ClaimedMessage, Envelope
from threading_engine import automatic, bounces, forwards, html, invitations, quotes, subject
from threading_engine.automatic import Automatic
from threading_engine.automatic_lists import without_own_author
from threading_engine.bounces import Failure
from threading_engine.clues import Clues, collect
from threading_engine.forwards import Forwarded
from threading_engine.invitations import Invitation
from threading_engine.message import Message, Sender
from threading_engine.quotes import Folded
from threading_engine.tokens import Keyring, without_page_keys

#: From bytes to a message; raises UnreadableMail.
Decode = Callable[[bytes], Message]
#: What is known about the From address of a mail that came in this envelope.
Authenticate = Callable[[Message, Envelope], Proof]

_TITLE_LENGTH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One mail, understood as far as that goes without a database."""

    claimed: ClaimedMessage
    message: Message
    folded: Folded
    clues: Clues
    proof: Proof
    #: What kind of machine wrote it, or None for a human.
    automatic: Automatic | None
    #: The mail that a human forwards with it, or None.
    forwarded: Forwarded | None
    #: For a bounce: whose delivery failed, and why.
    failures: tuple[Failure, ...]
    #: The visible words as sanitised HTML where that shows more than the text can, or None.
    html: str | None
    #: Where the pictures of the HTML stand, by Content-ID.
    places: Mapping[str, Place]
    #: One line for a new ticket.
    title: str
    #: Every address of To and Cc.
    addressed: frozenset[str]

    @property
    def quoted_pictures(self) -> frozenset[str]:
        """Content-IDs of pictures that stand only in what is quoted and in the signature."""
        below = {Place.QUOTE, Place.SIGNATURE}
        return frozenset(name for name, place in self.places.items() if place in below)

    @property
    def authentication(self) -> Authentication:
        """What is known about the From address."""
        return self.proof.authentication


class Reader:
    """Reads mails with one set of keys and habits."""

    def __init__(
        self,
        *,
        decode: Decode,
        authenticate: Authenticate,
        keyring: Keyring,
        own_addresses: frozenset[str],
        loop_mark: str,
    ) -> None:
        self._decode = decode
        self._authenticate = authenticate
        self._keyring = keyring
        self._own_addresses = own_addresses
        self._own_domains = frozenset(a.rpartition("@")[2] for a in own_addresses)
        self._loop_mark = loop_mark

    def read(self, claimed: ClaimedMessage) -> Reading:
        """Read one mail; raises UnreadableMail."""
        envelope = claimed.envelope
        message = without_own_author(self._decode(claimed.raw), self._own_addresses)
        message = _without_page_keys(_with_author(message, envelope))
        machine = automatic.judge(
            message,
            envelope_sender=envelope.sender,
            own_addresses=self._own_addresses,
            loop_mark=self._loop_mark,
        )
        folded = quotes.fold(message)
        rich = _rich(message, folded)
        page = folded.text if folded.rich else None
        forwarded = forwards.find(message, page=page) if machine is None else None
        appointments = invitations.find(message)
        return Reading(
            claimed=claimed,
            message=message,
            folded=invitations.add_to_words(folded, appointments),
            clues=collect(
                message,
                recipients=envelope.recipients,
                keyring=self._keyring,
                own_domains=self._own_domains,
            ),
            proof=self._authenticate(message, envelope),
            automatic=machine,
            forwarded=forwarded,
            failures=bounces.read_failures(message) if is_bounce(machine) else (),
            html=_html(rich, appointments),
            places=_places(message, rich, forwarded=forwarded is not None),
            title=_title(message, folded),
            addressed=frozenset(box.address for box in (*message.to, *message.cc)),
        )

    def read_headers(self, claimed: ClaimedMessage) -> tuple[Message, Proof] | None:
        """What can be said about a mail that is unreadable as a whole: its head, or None."""
        head, _, _ = claimed.raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        try:
            message = self._decode(head + b"\n\n")
        except UnreadableMail:
            return None
        return message, self._authenticate(message, claimed.envelope)


def _with_author(message: Message, envelope: Envelope) -> Message:
    """The mail with the author whom somebody at the desk named, where it cannot tell its own."""
    named = envelope.decision.author if envelope.decision else ""
    if not named or message.sender.address is not None:
        return message
    return replace(message, sender=Sender(address=named, name=message.sender.name))


def _without_page_keys(message: Message) -> Message:
    """A requester's link shows what they think of the ticket; its owner reads what they quote."""
    page = message.html
    return replace(
        message,
        text=without_page_keys(message.text),
        html=without_page_keys(page) if page else page,
    )


def is_bounce(machine: Automatic | None) -> bool:
    """Whether the mail reports that another mail did not arrive."""
    return machine is not None and machine.kind == "bounce"


#: What HTML can show and text cannot.
_RICHER = ("<img", "<table", "<li", "<pre", "<b>", "<strong")


def _rich(message: Message, folded: Folded) -> Folded | None:
    """The HTML body in its parts where the mail is read from it, or where pictures stand in it."""
    if folded.rich:
        return folded
    return quotes.fold_html(message.html) if message.html and _shows_pictures(message) else None


def shown_html(message: Message, folded: Folded) -> str | None:
    """The visible part of a mail as sanitised HTML where that shows more than text can."""
    return _html(_rich(message, folded), ())


def _html(rich: Folded | None, appointments: tuple[Invitation, ...]) -> str | None:
    """The visible part as HTML where that shows more than text can."""
    source = rich.html if rich else None
    if not source or not any(tag in source for tag in _RICHER):
        return None
    return html.sanitise(invitations.add_to_html(source, appointments))


def _shows_pictures(message: Message) -> bool:
    source = message.html or ""
    return any(a.content_id and f"cid:{a.content_id}" in source for a in message.attachments)


def _places(message: Message, rich: Folded | None, *, forwarded: bool) -> dict[str, Place]:
    """Where each picture is shown; the first of these places counts.

    What is quoted in a forward are somebody's words, or their signature: it could be either.
    """
    if rich is None:
        return {}
    parts = (
        (Place.WORDS, rich.visible),
        (Place.SIGNATURE, rich.signature),
        (Place.NOWHERE if forwarded else Place.QUOTE, rich.elided),
    )
    # The text of a page shows a picture as "[cid:…]".
    return {
        a.content_id: place
        for a in message.attachments
        if a.content_id
        for place, text in reversed(parts)
        if f"[cid:{a.content_id}]" in text
    }


def _title(message: Message, folded: Folded) -> str:
    """The bare subject, else the first words, cut at a word.

    A title goes out in the clear, to whoever sent the mail, too: that may be somebody who copied
    another person's encrypted mail. So nothing that a key of ours opened becomes one.
    """
    title = subject.bare(message.title)
    if not title and not message.unsealed:
        title = next(iter(folded.visible.split("\n")), "").strip()
    if len(title) > _TITLE_LENGTH:
        title = title[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"
    return title
