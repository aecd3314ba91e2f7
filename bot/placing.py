"""Hop 2, the deciding half: from a mail that was read to a ticket that changed.

`place` runs inside one transaction and asks three tables in turn: is a machine talking
(`threading_engine.automatic`), which ticket does the mail want (`threading_engine.match`), may its
author go there (`bot.desk.entry`). The answers, with the names of the rules that gave them, are
kept beside the raw message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.desk.entry import Authentication, Entry, Ruling, rule_on
from bot.desk.holding import Decision
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from bot.entering import (
    CLOSED_FOR_GOOD,
    enter,
    open_request,
    rate,
    says_anything,
    takes_words,
)
from bot.forwarding import FORWARDED, open_for_customer
from bot.holding import hold
from bot.machines import place_automatic
from bot.on_behalf import ENTERED, open_on_behalf
from bot.questions import ASKED, take_question
from bot.scene import Placed, Scene
from bot.standing import Finding, case_of, look_up, on_record, ruled
from bot.twins import find_twin, settle
from threading_engine.match import Match, subject_number
from threading_engine.message import Cut

#: Characters of a subject that are kept beside the raw mail.
_LONGEST_SUBJECT = 400
#: How often a mail may wait for those that arrived before it.
_MOST_WAITS = 4
#: Other tickets that one mail may enter.
_MOST_TICKETS = 10
_ENTERING = frozenset({Entry.ENTER, Entry.ENTER_AS_TECHNICIAN})


class NotYet(Exception):
    """The mail answers one that is not placed yet."""


def place(scene: Scene) -> Placed:
    """Decide about one mail and do it; raises NotYet when it has to wait for an earlier one."""
    scene = on_record(scene)
    finding = look_up(scene)
    match = finding.match
    # A mail that somebody decided about is no copy of another.
    twin = None if _decision(scene) else find_twin(scene, finding)
    placed = twin or settle(scene, _place_once(scene, finding))
    if placed.state == "held":
        wanted = None if match.hint else finding.ticket
        placed = hold(scene, wanted, placed, guessable=match.rule == subject_number.__name__)
    return replace(placed, verdict={**_verdict(scene, match), **placed.verdict})


def _place_once(scene: Scene, finding: Finding) -> Placed:
    match, ticket = finding.match, finding.ticket
    if (ticket is None or match.hint) and _answers_one_that_waits(scene):
        raise NotYet
    sender = scene.reading.message.sender
    if scene.reading.automatic is not None:
        tied = _may_be_noted_in(scene, finding)
        placed = place_automatic(scene, scene.reading.automatic, tied, match)
    elif sender.address is None:
        placed = Placed(
            state="held",
            reason=f"its author cannot be told: {sender.reason}",
            verdict={"entry": Entry.HOLD.value, "access rule": "unreadable_author"},
        )
    else:
        placed = _place_human(scene, finding)
    if placed.state == "done" and scene.reading.message.is_cut:
        left_out = "; ".join(d for d in scene.reading.message.defects if isinstance(d, Cut))
        placed = replace(placed, state="partial", reason=f"read in part: {left_out}")
    return placed


def _may_be_noted_in(scene: Scene, finding: Finding) -> Ticket | None:
    """The ticket that a machine's words may enter: only where its owner's own words might.

    Anybody can write a From line and mark the mail as automatic; what its domain disowns is nobody's.
    """
    ticket, address = finding.ticket, scene.reading.message.sender.address
    author = scene.uow.people.find("email", address) if address else None
    if ticket is None or author is None or scene.reading.authentication is Authentication.FAIL:
        return None
    ruling = rule_on(case_of(scene, finding, ticket, author))
    return ticket if ruling.entry in _ENTERING else None


def _decision(scene: Scene) -> Decision | None:
    """What somebody at the desk decided about the mail when it was held."""
    return scene.reading.claimed.envelope.decision


def _answers_one_that_waits(scene: Scene) -> bool:
    """Whether the mail answers something unknown while earlier mails are still to be placed.

    Two processes take mails side by side, and a failed mail is tried again later: an answer must
    not open a ticket of its own because it was quicker than its question.
    """
    claimed = scene.reading.claimed
    if not scene.reading.clues.ids() or claimed.attempts > _MOST_WAITS:
        return False
    return scene.uow.inbox.has_earlier(claimed.id, holder=scene.holder)


def _verdict(scene: Scene, match: Match) -> dict[str, object]:
    message, machine = scene.reading.message, scene.reading.automatic
    verdict: dict[str, object] = {
        "from": message.sender.address,
        "subject": message.title[:_LONGEST_SUBJECT],
        "date": message.date.isoformat() if message.date else None,
        "authentication": scene.reading.authentication.value,
        "proof rule": scene.reading.proof.rule,
        "thread rule": match.rule,
        "wanted ticket": match.ticket_id,
    }
    if evidence := scene.reading.proof.evidence:
        verdict["evidence"] = evidence
    if match.disagreeing:
        verdict["disagreeing"] = list(match.disagreeing)
    if machine is not None:
        verdict["automatic"] = f"{machine.kind}: {machine.rule}"
    if scene.decoration:
        verdict["decoration"] = dict(scene.decoration)
    if message.defects:
        verdict["defects"] = list(message.defects[:20])
    return verdict


# --- people ---------------------------------------------------------------------------------------


def _place_human(scene: Scene, finding: Finding) -> Placed:
    author, again = _reached_again(scene, scene.author())
    ticket, ruling = ruled(scene, finding, author)
    rated = rate(scene, ticket, author) if ticket and ruling.entry in _ENTERING else {}
    if ruling.entry is Entry.HOLD:
        placed = Placed(state="held", reason=_HOLD_REASONS[ruling.rule])
    elif ticket and rated and not says_anything(scene):
        placed = Placed(state="done", ticket_id=ticket.id)
    elif asked := take_question(scene, author):
        placed = asked
        ruling = Ruling(entry=ruling.entry, rule=ASKED)
    elif addressees := list(_addressees(scene, finding, ticket, author, ruling)):
        ruling = addressees[0][1]
        placed = _enter_each(scene, finding, author, addressees)
    elif ticket is None and (opened := open_for_customer(scene, author)):
        placed = Placed(state="done", ticket_id=opened.id)
        ruling = Ruling(entry=Entry.OPEN, rule=FORWARDED)
    elif ticket is None and (opened := open_on_behalf(scene, author)):
        placed = Placed(state="done", ticket_id=opened.id)
        ruling = Ruling(entry=Entry.OPEN, rule=ENTERED)
    else:
        if ruling.entry in _ENTERING:
            ruling = Ruling(entry=Entry.OPEN_LINKED, rule=CLOSED_FOR_GOOD)
        placed = open_request(scene, author, ticket, ruling)
    verdict = {"entry": ruling.entry.value, "access rule": ruling.rule, **rated, **again}
    if finding.match.token_person not in {None, author.id}:
        owner = scene.uow.people.get(finding.match.token_person or 0)
        verdict["token of"] = owner.address if owner else "somebody unknown"
    return replace(placed, verdict={**verdict, **placed.verdict})


def _reached_again(scene: Scene, author: Person) -> tuple[Person, dict[str, object]]:
    """An address that refused mail is in use again when its owner provably writes from it."""
    if author.reachable or not scene.trusted:
        return author, {}
    scene.uow.people.set_reachable(author.identity_id, reachable=True)
    return replace(author, reachable=True), {"reachable again": author.address}


_HOLD_REASONS = {
    "deactivated_author": "its author was deactivated, and takes no part any more",
    "forged_insider": "its domain disowns it, yet it claims to come from somebody with rights here",
    "handed_in_again": "it was written to others, and anybody who has it may have sent it here",
    "unproven_this_time": "its author's mails to this ticket used to be proven, and this one is not",
    "borrowed_token": "nothing proves its author, and it answers what somebody else was sent",
    "unproven_technician": "it claims to come from a technician, and nothing proves that",
}


def _addressees(
    scene: Scene, finding: Finding, wanted: Ticket | None, author: Person, ruling: Ruling
) -> Iterator[tuple[Ticket, Ruling]]:
    """The tickets that the words enter: the one wanted, and others that the mail was sent to, too."""
    also = () if _decision(scene) else finding.match.also[:_MOST_TICKETS]
    others = [finding.tickets[number] for number in also]
    cases = ((other, rule_on(case_of(scene, finding, other, author))) for other in others)
    first = [(wanted, ruling)] if wanted else []
    for ticket, its_ruling in (*first, *cases):
        if its_ruling.entry in _ENTERING and takes_words(scene, ticket, its_ruling.entry):
            yield ticket, its_ruling


def _enter_each(
    scene: Scene,
    finding: Finding,
    author: Person,
    addressees: Sequence[tuple[Ticket, Ruling]],
) -> Placed:
    """Add the words to each ticket; a mail counts as the mail of the first."""
    (ticket, ruling), *others = addressees
    rule = ruling.rule if _decision(scene) else finding.match.rule
    placed = enter(scene, author, ticket, ruling, rule=rule)
    for other, its_ruling in others:
        enter(replace(scene, repeated=True), author, other, its_ruling, rule="also_addressed")
    entered = [other.id for other, _ in addressees]
    named = [finding.match.ticket_id, *finding.match.also]
    also = [f"it entered ticket {number}, too" for number in entered[1:]]
    also += [f"it did not enter ticket {number}" for number in named if number not in entered]
    return replace(placed, verdict={**placed.verdict, **({"also": also} if also else {})})
