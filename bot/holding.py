"""Held mail between the desk and its technicians: a notice goes out, a decision comes back."""

from __future__ import annotations

from dataclasses import replace

from bot import actions
from bot.desk.ticket import Ticket
from bot.scene import Placed, Scene

#: Lines and characters of a held mail that a notice shows: enough to ask its author about.
_EXCERPT_LINES, _EXCERPT_LENGTH = 12, 800


def hold(scene: Scene, ticket: Ticket | None, placed: Placed, *, guessable: bool) -> Placed:
    """Keep a mail until a person decides; where it wants a ticket, its technicians hear of it once.

    `guessable` says that nothing but a number leads to the ticket.
    """
    if ticket is None:
        return placed
    if scene.reading.claimed.held_for != ticket.id:
        sender = scene.reading.message.sender
        author = scene.uow.people.find("email", sender.address) if sender.address else None
        actions.note_held(
            scene.uow,
            ticket,
            inbox_id=scene.reading.claimed.id,
            author=sender.address or "",
            technician=author is not None and author.technician,
            reason=placed.reason,
            excerpt=_excerpt(scene.reading.folded.visible),
            guessable=guessable,
            rule=str(placed.verdict.get("access rule", "")),
            now=scene.now,
        )
    return replace(placed, ticket_id=ticket.id)


def _excerpt(words: str) -> str:
    lines = words.strip().split("\n")
    text = "\n".join(lines[:_EXCERPT_LINES])
    whole = len(lines) <= _EXCERPT_LINES and len(text) <= _EXCERPT_LENGTH
    return text if whole else f"{text[:_EXCERPT_LENGTH].rstrip()} …"


#: Notifications to which technicians answer with a decision.
_ASKING = frozenset({"held", "rule-suggestion"})


def answers_a_notice(scene: Scene) -> bool:
    """Whether the mail answers a notice that asks technicians: that is talk among colleagues."""
    answered = next((token for token in scene.reading.clues.own_ids if token.valid), None)
    if answered is None:
        return False
    return scene.uow.deliveries.notification(answered.numbers[1]) in _ASKING
