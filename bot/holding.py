"""Held mail between the desk and its technicians: a notice goes out, a decision comes back."""

from __future__ import annotations

from dataclasses import replace

from bot import actions
from bot.desk.holding import Fate, Wish
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from bot.errors import Undecidable
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
            limits=scene.desk.limits,
            rule=str(placed.verdict.get("access rule", "")),
            now=scene.now,
        )
    return replace(placed, ticket_id=ticket.id)


def _excerpt(words: str) -> str:
    lines = words.strip().split("\n")
    text = "\n".join(lines[:_EXCERPT_LINES])
    whole = len(lines) <= _EXCERPT_LINES and len(text) <= _EXCERPT_LENGTH
    return text if whole else f"{text[:_EXCERPT_LENGTH].rstrip()} …"


def fulfil(
    scene: Scene, ticket: Ticket, author: Person, wishes: tuple[Wish, ...]
) -> tuple[list[list[str]], tuple[str, ...]]:
    """Decide as a technician asks; give number and fate of each mail, and what was refused."""
    if wishes and scene.reading.claimed.envelope.decision is not None:
        # Else one mail accepted in haste could let in all the others.
        return [], ("held mails are not decided about by a mail that was held itself",)
    done: list[list[str]] = []
    refused: list[str] = []
    for wish in wishes:
        if wish.author and scene.desk.directory.knows(wish.author):
            refused.append(f"{wish.author} is an address of the desk, which wrote no such mail")
            continue
        try:
            actions.decide_held(
                scene.uow,
                wish,
                by=author.address,
                actor=author,
                ticket=ticket,
                rule="mail_command",
                now=scene.now,
            )
        except Undecidable as why:
            refused.append(str(why))
        else:
            done.append([str(wish.number), _in_words(wish)])
    return done, tuple(refused)


def _in_words(wish: Wish) -> str:
    """The fate as a confirmation names it; `templates.catalogue` knows these in every language."""
    if wish.fate is Fate.DROPPED:
        return "dropped"
    if wish.trusts:
        return "accepted, its sender is trusted"
    return "accepted as a request of its own" if wish.new else "accepted"


def answers_a_notice(scene: Scene) -> bool:
    """Whether the mail answers a notice of a held mail: that is talk among colleagues."""
    answered = next((token for token in scene.reading.clues.own_ids if token.valid), None)
    if answered is None:
        return False
    return scene.uow.deliveries.notification(answered.numbers[1]) == "held"
