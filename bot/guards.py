"""What ends loops and doublings: whether a request is acknowledged, and whether it came just now.

Two ordered tables. The name of the guard that hit is kept with the event, and `show --why` tells it.
Other guards stand where they belong: our own signed mark in `threading_engine.automatic`, the
budgets of notifications in `bot.telling`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.actions import Words
from bot.desk.entry import Authentication
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from bot.scene import Scene
from threading_engine import subject
from threading_engine.automatic_lists import came_through_foreign_list

log = structlog.get_logger()

#: The same words again within this time come from a machine.
REPEATED_WITHIN = timedelta(hours=1)
#: The newest tickets of an author that are looked at.
MOST_RECENT = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A new request, before it becomes a ticket."""

    scene: Scene
    author: Person
    #: The author's newest ticket of the same title from the last minutes, or None.
    earlier: Ticket | None


def look_at_request(scene: Scene, author: Person, follows: Ticket | None) -> Request:
    """Look up whether the author asked under the same subject just now.

    An answer that may not enter the ticket it wants, and `follows` it, bears its subject anyway.
    """
    if follows is not None:
        return Request(scene=scene, author=author, earlier=None)
    since = scene.now - scene.uow.policy.limits.same_request_within
    recent = scene.uow.tickets.recent(author.id, since=since, limit=MOST_RECENT)
    same = (t for t in recent if t.title == scene.reading.title and t.queue_id == scene.queue.id)
    return Request(scene=scene, author=author, earlier=next(same, None))


# --- the same again -------------------------------------------------------------------------------


def same_request_again(request: Request, *, words: Words) -> Ticket | None:
    """The author sent the same request within the last minutes: same subject, words, quotes, files.

    Somebody pressed send twice, or a machine repeats itself. The ticket of the first is given; a
    mail that nothing proves joins one that is proven, never the other way round.
    """
    ticket, scene = request.earlier, request.scene
    if ticket is None or ticket.locked or ticket.merged_into is not None:
        return None
    if scene.believes(request.author) and not ticket.trusted:
        return None
    first = scene.uow.tickets.workunits(ticket.id)[0]
    asked = {file.sha256 for file in first.files}
    same = (first.text, first.elided) == (words.text, words.elided) and {
        file.sha256 for file in scene.files
    } <= asked
    return ticket if same else None


def said_the_same_before(scene: Scene, author: Person, ticket: Ticket, *, words: str) -> bool:
    """The author said exactly this here within the hour, and no technician has answered since.

    This ends conversations with machines that answer everything and mark nothing.
    """
    since = scene.now - REPEATED_WITHIN
    return bool(words) and scene.uow.tickets.said_before(ticket.id, author.id, words, since=since)


# --- acknowledgements -----------------------------------------------------------------------------


def disowned_author(request: Request) -> bool:
    """Its domain disowns the mail, so an acknowledgement would reach somebody else."""
    return request.scene.reading.authentication is Authentication.FAIL


def annoyed_author(request: Request) -> bool:
    """Its author called a mail of ours spam."""
    return request.author.complained


def foreign_list(request: Request) -> bool:
    """It came through a list that is none of our addresses, and responders leave lists alone."""
    scene = request.scene
    return came_through_foreign_list(scene.reading.message, scene.desk.directory.addresses)


def answer_to_our_mail(request: Request) -> bool:
    """It answers a mail of ours, as a machine does that answers everything."""
    scene = request.scene
    own_ids = scene.reading.clues.own_ids or scene.reading.clues.older_own_ids
    return subject.is_reply(scene.reading.message.title) and bool(own_ids) and not scene.trusted


def same_subject_again(request: Request) -> bool:
    """The author asked under the same subject within the last minutes."""
    return request.earlier is not None


def address_budget(request: Request) -> bool:
    """The address has had as many acknowledgements as it may have."""
    scene, address = request.scene, request.author.address
    # Whoever forges an address must not use up what its owner is due.
    key = address if scene.trusted else f"unproven {address}"
    return not scene.uow.budgets.spend(key, scene.uow.policy.limits.acknowledgements, now=scene.now)


def storm(request: Request) -> bool:
    """This process has sent as many acknowledgements within a minute as it may send."""
    scene = request.scene
    budget = scene.uow.policy.limits.all_acknowledgements
    # A row of each process's own: all of them would wait for one another at a common one.
    (over,) = scene.uow.budgets.overdraw(((scene.holder, budget),), now=scene.now)
    if over == 1:
        log.warning("acknowledgements stop", limit=budget.limit, until=budget.ends_at(scene.now))
    return over > 0


#: In order; the first that hits keeps us silent. The budgets stand last: what is not going to be
#: acknowledged must not use them up.
GUARDS: tuple[Callable[[Request], bool], ...] = (
    disowned_author,
    annoyed_author,
    foreign_list,
    answer_to_our_mail,
    same_subject_again,
    address_budget,
    storm,
)


#: Those that count where the mail itself comes from somebody else, who forwards it.
GUARDS_OF_FORWARDS = (annoyed_author, address_budget, storm)


def silenced_by(request: Request, guards: tuple[Callable[[Request], bool], ...] = GUARDS) -> str:
    """The name of the first guard that wants no acknowledgement; empty when none does."""
    return next((guard.__name__ for guard in guards if guard(request)), "")
