"""Hop 2, the deciding half: from a mail that was read to a ticket that changed.

`place` runs inside one transaction and asks three tables in turn: is a machine talking
(`threading_engine.automatic`), which ticket does the mail want (`threading_engine.match`), may its
author go there (`bot.desk.access`). The answers, with the names of the rules that gave them, are
kept beside the raw message.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import actions
from bot.desk import lifecycle
from bot.desk.access import Authentication, Case, Entry, Ruling, rule_on
from bot.desk.ticket import Person, Ticket, Visibility
from bot.machines import place_automatic
from bot.ports import Reference
from bot.scene import Placed, Scene
from bot.technicians import enter_as_technician
from threading_engine import subject
from threading_engine.match import Known, Match, decide
from threading_engine.message import Cut
from threading_engine.tokens import Kind

#: The same words again within this time come from a machine.
_REPEATED_WITHIN = timedelta(hours=1)
#: How often a mail may wait for those that arrived before it.
_MOST_WAITS = 4


class NotYet(Exception):
    """The mail answers one that is not placed yet."""


def place(scene: Scene) -> Placed:
    """Decide about one mail and do it; raises NotYet when it has to wait for an earlier one."""
    tickets, match, reference = _match(scene)
    if match.ticket_id is None and _answers_one_that_waits(scene):
        raise NotYet
    ticket = tickets.get(match.ticket_id) if match.ticket_id else None
    sender = scene.reading.message.sender
    if scene.reading.automatic is not None:
        placed = place_automatic(scene, scene.reading.automatic, ticket, match)
    elif sender.address is None:
        placed = Placed(state="held", reason=f"its author cannot be told: {sender.reason}")
    else:
        placed = _place_human(scene, ticket, match, reference)
    if placed.state == "done" and scene.reading.message.is_cut:
        left_out = "; ".join(d for d in scene.reading.message.defects if isinstance(d, Cut))
        placed = replace(placed, state="partial", reason=f"read in part: {left_out}")
    return replace(placed, verdict={**_verdict(scene, match), **placed.verdict})


def _match(scene: Scene) -> tuple[dict[int, Ticket], Match, Reference | None]:
    """Look up every clue at once, merged tickets to their ends, and decide."""
    clues, store = scene.reading.clues, scene.uow.tickets
    references = store.find_references(channel="email", scope="", keys=clues.foreign_ids)
    tickets: dict[int, Ticket] = {}
    wanted = clues.ticket_numbers() | {known.ticket_id for known in references.values()}
    while wanted:
        found = store.get_many(wanted)
        tickets |= found
        merged = {t.merged_into for t in found.values() if t.merged_into is not None}
        wanted = frozenset(merged - tickets.keys())
    merges = {number: ticket.merged_into for number, ticket in tickets.items()}
    numbers = {key: known.ticket_id for key, known in references.items()}
    match = decide(clues, Known(references=numbers, tickets=merges))
    return tickets, match, references.get(match.key)


def _answers_one_that_waits(scene: Scene) -> bool:
    """Whether the mail answers something unknown while earlier mails are still to be placed.

    Two processes take mails side by side, and a failed mail is tried again later: an answer must
    not open a ticket of its own because it was quicker than its question.
    """
    claimed = scene.reading.claimed
    if not scene.reading.clues.foreign_ids or claimed.attempts > _MOST_WAITS:
        return False
    return scene.uow.inbox.has_earlier(claimed.id, holder=scene.holder)


def _verdict(scene: Scene, match: Match) -> dict[str, object]:
    message, machine = scene.reading.message, scene.reading.automatic
    verdict: dict[str, object] = {
        "from": message.sender.address,
        "authentication": scene.reading.authentication.value,
        "thread rule": match.rule,
        "wanted ticket": match.ticket_id,
    }
    if match.disagreeing:
        verdict["disagreeing"] = list(match.disagreeing)
    if machine is not None:
        verdict["automatic"] = f"{machine.kind}: {machine.rule}"
    if message.defects:
        verdict["defects"] = list(message.defects[:20])
    return verdict


# --- people ---------------------------------------------------------------------------------------


def _place_human(
    scene: Scene, ticket: Ticket | None, match: Match, reference: Reference | None
) -> Placed:
    author = scene.author()
    ruling = rule_on(
        Case(
            tied=ticket is not None,
            by_number=match.rule == "subject_number",
            by_strange_id=reference is not None and not _may_have_seen(scene, author, reference),
            technician=author.technician,
            participant=ticket is not None and scene.has_part(ticket, author),
            authentication=scene.reading.authentication,
        )
    )
    if ruling.entry is Entry.HOLD:
        placed = Placed(state="held", reason=_HOLD_REASONS[ruling.rule])
    elif rated := _rate(scene, author):
        placed = rated
    elif ticket is None or ruling.entry in {Entry.OPEN, Entry.OPEN_LINKED}:
        placed = _open(scene, author, ticket, ruling)
    elif not _takes_words(scene, ticket):
        ruling = Ruling(entry=Entry.OPEN_LINKED, rule="closed_for_good")
        placed = _open(scene, author, ticket, ruling)
    else:
        placed = _enter(scene, author, ticket, ruling, match)
    verdict = {"entry": ruling.entry.value, "access rule": ruling.rule}
    return replace(placed, verdict={**verdict, **placed.verdict})


_HOLD_REASONS = {
    "forged_insider": "its domain disowns it, yet it claims to come from somebody with rights here",
    "unproven_technician": "it claims to come from a technician, and nothing proves that",
}


def _may_have_seen(scene: Scene, author: Person, reference: Reference) -> bool:
    """Whether the author plausibly answers the message that the reference stands for."""
    if reference.by_technician or reference.author_id in {None, author.id}:
        return True
    writer = scene.uow.people.get(reference.author_id or 0)
    return writer is not None and writer.address in scene.reading.addressed


def _takes_words(scene: Scene, ticket: Ticket) -> bool:
    window = scene.desk.limits.reopen_window
    return lifecycle.takes_words(ticket, now=scene.now, reopen_window=window)


def _open(scene: Scene, author: Person, follows: Ticket | None, ruling: Ruling) -> Placed:
    ticket = actions.open_ticket(
        scene.uow,
        title=scene.reading.title,
        queue=scene.queue,
        actor=author,
        words=scene.words(),
        copies=scene.copies(),
        addressed=scene.addressed,
        acknowledge=_may_acknowledge(scene, author),
        trusted=scene.trusted,
        follows=follows.id if follows else None,
        rule=ruling.rule,
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket.id)


def _enter(scene: Scene, author: Person, ticket: Ticket, ruling: Ruling, match: Match) -> Placed:
    if ruling.entry is Entry.ENTER_AS_TECHNICIAN:
        enter_as_technician(scene, ticket, author, rule=match.rule)
        return Placed(state="done", ticket_id=ticket.id)
    if copies := scene.copies():
        actions.add_copies(
            scene.uow,
            ticket,
            actor=author,
            copies=copies,
            limits=scene.desk.limits,
            rule="copied_by_participant",
            now=scene.now,
        )
    quiet = _add_public_words(scene, author, ticket, rule=match.rule)
    verdict: dict[str, object] = {"quiet": "said_the_same_before"} if quiet else {}
    return Placed(state="done", ticket_id=ticket.id, verdict=verdict)


def _add_public_words(scene: Scene, author: Person, ticket: Ticket, *, rule: str) -> bool:
    """Add an outsider's words; return whether nobody is told, because they were said before."""
    quiet = _repeats(scene, author, ticket)
    actions.add_workunit(
        scene.uow,
        ticket,
        actor=author,
        words=scene.words(),
        visibility=Visibility.PUBLIC,
        as_technician=False,
        addressed=scene.addressed,
        quiet=quiet,
        proven=scene.trusted,
        rule=rule,
        now=scene.now,
    )
    return quiet


def _repeats(scene: Scene, author: Person, ticket: Ticket) -> bool:
    """Whether the author said exactly this here within the hour, as a machine would.

    The words are kept; only nobody is told of them again. This ends conversations with machines
    that answer everything and mark nothing.
    """
    words, since = scene.reading.folded.visible, scene.now - _REPEATED_WITHIN
    return bool(words) and scene.uow.tickets.said_before(ticket.id, author.id, words, since=since)


def _may_acknowledge(scene: Scene, author: Person) -> bool:
    """Whether an acknowledgement helps a person and feeds no loop.

    An address that its own domain disowns gets none, nor does an answer to a mail of ours (a
    machine that answers everything sends those), nor whoever has used up the budget.
    """
    clues = scene.reading.clues
    if scene.reading.authentication is Authentication.FAIL:
        return False
    if subject.is_reply(scene.reading.message.title) and clues.own_ids and not scene.trusted:
        return False
    budgets = scene.desk.limits.acknowledgements
    # Whoever forges an address must not use up what its owner is due.
    key = author.address if scene.trusted else f"unproven {author.address}"
    return scene.uow.budgets.spend(key, budgets, now=scene.now)


def _rate(scene: Scene, author: Person) -> Placed | None:
    """A mail to a satisfaction address of the person it was made for is a rating."""
    for token in scene.reading.clues.addressed:
        if not token.valid or token.kind is not Kind.RATING or len(token.numbers) != 3:  # noqa: PLR2004 - ticket, person, rating
            continue
        number, person_id, rating = token.numbers
        ticket = scene.uow.tickets.get(number)
        if ticket is not None and person_id == author.id and 1 <= rating <= 5:  # noqa: PLR2004 - stars
            actions.rate_ticket(
                scene.uow, ticket, actor=author, rating=rating, rule="rating_address", now=scene.now
            )
            if scene.reading.folded.visible:
                _add_public_words(scene, author, ticket, rule="rating_address")
            return Placed(state="done", ticket_id=number, verdict={"rating": rating})
    return None
