"""Hop 2, the doing half for people's mail: a request opens a ticket, words enter one."""

from __future__ import annotations

from dataclasses import replace

from bot import actions
from bot.actions import Words
from bot.clearance import is_colleague
from bot.desk import lifecycle
from bot.desk.commands import Orders, read_wishes
from bot.desk.entry import Entry, Ruling
from bot.desk.people import Person
from bot.desk.satisfaction import is_good
from bot.desk.ticket import Ticket, Visibility
from bot.enclosed import words_with_enclosed
from bot.guards import (
    look_at_request,
    said_the_same_before,
    same_request_again,
    silenced_by,
)
from bot.orders import Work, carry_out, finish
from bot.scene import Placed, Scene
from bot.shaping import filled_in, shape_of
from bot.technicians import enter_as_technician, gives_commands, planted
from threading_engine.tokens import Kind

#: The rule under which an answer fills fields.
FILLED = "filled_in_by_requester"
#: The rule by which words of a participant open a follow-up.
CLOSED_FOR_GOOD = "closed_for_good"


def open_request(scene: Scene, author: Person, follows: Ticket | None, ruling: Ruling) -> Placed:
    """Open a ticket, which may name the one it `follows`; the same request again joins the first."""
    words, request = words_with_enclosed(scene), look_at_request(scene, author, follows)
    first = same_request_again(request, words=words)
    if first is not None:
        return _join_first(scene, author, first, ruling)
    silence = silenced_by(request)
    shape = shape_of(scene, author, words)
    shape = shape.in_silence() if silence else shape
    ticket = actions.open_ticket(
        scene.uow,
        title=scene.reading.title,
        queue=scene.queue,
        actor=author,
        words=words,
        copies=scene.copies(),
        addressed=scene.addressed,
        acknowledge=not (silence or shape.speaks),
        silence=silence,
        trusted=scene.believes(author),
        follows=follows.id if follows else None,
        shape=shape,
        continues=ruling.rule == CLOSED_FOR_GOOD,
        rule=ruling.rule,
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket.id)


def _join_first(scene: Scene, author: Person, first: Ticket, ruling: Ruling) -> Placed:
    """Keep the same request again with the first; whoever is newly in copy joins."""
    placed = enter(scene, author, first, ruling, rule="same_request_again", quiet=True)
    return replace(placed, verdict={"guard": "same_request_again"})


def enter(
    scene: Scene,
    author: Person,
    ticket: Ticket,
    ruling: Ruling,
    *,
    rule: str,
    quiet: bool = False,
) -> Placed:
    """Add the mail to a ticket: as a technician's, with their powers, or as an outsider's words."""
    if ruling.entry is Entry.ENTER_AS_TECHNICIAN:
        enter_as_technician(scene, ticket, author, rule=rule)
        return Placed(state="done", ticket_id=ticket.id)
    if is_colleague(author, ticket) and not scene.roles(ticket, author):
        actions.join_as_colleague(scene.uow, ticket, person=author, rule=ruling.rule, now=scene.now)
    if copies := scene.copies():
        actions.add_copies(
            scene.uow,
            ticket,
            actor=author,
            copies=copies,
            rule="copied_by_participant",
            now=scene.now,
        )
    words = words_with_enclosed(scene)
    wishes = read_wishes(words.text) if scene.trusted else Orders(words=words.text)
    if wishes.lines and not any(planted(scene, ticket, wishes, words)):
        _heed(scene, author, ticket, wishes)
        words = replace(words, text=wishes.words, html=None)
        if not (wishes.words or any(not f.decorative for f in words.files)):
            return Placed(state="done", ticket_id=ticket.id)
    quiet = _add_public_words(scene, author, ticket, words, rule=rule, quiet=quiet)
    verdict: dict[str, object] = {"guard": "said_the_same_before"} if quiet else {}
    return Placed(state="done", ticket_id=ticket.id, verdict=verdict)


def _heed(scene: Scene, author: Person, ticket: Ticket, wishes: Orders) -> None:
    """Do what somebody says about how they want to be told; what is wrong in it they hear."""
    work = Work(
        uow=scene.uow,
        directory=scene.desk.directory,
        ticket=ticket,
        author=author,
        now=scene.now,
        rule="mail_wish",
    )
    problems = wishes.problems or carry_out(work, wishes.found)
    finish(work, lines=wishes.lines, problems=problems)


def _add_public_words(
    scene: Scene, author: Person, ticket: Ticket, words: Words, *, rule: str, quiet: bool
) -> bool:
    """Add an outsider's words; return whether nobody is told, because they were said before."""
    quiet = quiet or said_the_same_before(scene, author, ticket, words=words.text)
    ticket, _ = actions.add_workunit(
        scene.uow,
        ticket,
        actor=author,
        words=words,
        visibility=Visibility.PUBLIC,
        as_technician=False,
        addressed=scene.addressed,
        quiet=quiet,
        proven=scene.believes(author),
        rule=rule,
        now=scene.now,
    )
    if author.id == ticket.requester_id and not quiet:
        values, problems = filled_in(scene, ticket, words)
        actions.fill_fields(
            scene.uow,
            ticket,
            actor=author,
            values=values,
            problems=problems,
            rule=FILLED,
            now=scene.now,
        )
    return quiet


def rate(scene: Scene, ticket: Ticket, author: Person) -> dict[str, object]:
    """Take a mail to a satisfaction address of the person it was made for as a rating."""
    for token in scene.reading.clues.addressed:
        if token.valid and token.kind is Kind.RATING and token.numbers[1] == author.id:
            actions.rate_ticket(
                scene.uow,
                ticket,
                actor=author,
                good=is_good(token.numbers[2]),
                rule="rating_address",
                now=scene.now,
            )
            # Not which: technicians read verdicts, too.
            return {"rated": True}
    return {}


def takes_words(scene: Scene, ticket: Ticket, entry: Entry) -> bool:
    """Whether words may still enter the ticket, or need a follow-up.

    A technician's commands may be about just that: to unlock it, or to reopen it after all.
    """
    policy, as_technician = scene.uow.policy, entry is Entry.ENTER_AS_TECHNICIAN
    if as_technician and gives_commands(scene):
        return True
    return lifecycle.takes_words(
        ticket,
        policy.statuses.for_(ticket),
        as_technician=as_technician,
        now=scene.now,
        reopen_window=policy.patience_in(ticket.group_id).reopen_window,
    )


def says_anything(scene: Scene) -> bool:
    """Whether there are words or files to keep."""
    return bool(scene.reading.folded.visible) or any(not f.decorative for f in scene.files)
