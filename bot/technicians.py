"""A technician's mail: words for the requester, notes for colleagues, and commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot import actions
from bot.actions import Changes, Words
from bot.desk.commands import Orders, asks_for_internal, read_orders
from bot.desk.lifecycle import is_done
from bot.desk.people import Person
from bot.desk.repeats import repeated_words
from bot.desk.ticket import Ticket, Visibility
from bot.enclosed import find_enclosed, note_of, shown
from bot.holding import answers_a_notice, fulfil
from bot.scene import Scene
from threading_engine import html, subject


def enter_as_technician(scene: Scene, ticket: Ticket, author: Person, *, rule: str) -> None:
    """Add the words with the visibility they ask for, then do what the commands say.

    A command that cannot be understood, or words that belong inside, stop the mail from going out:
    it is kept as an internal note and the author is told what was wrong. A mail that forwards
    another one is a note as well: its words were written to somebody else.
    """
    enclosed = find_enclosed(scene)
    if enclosed is None:
        # A mail of ours that somebody forwards tells colleagues of it, not the requester.
        inside = answers_a_notice(scene) or subject.is_forward(scene.reading.message.title)
        draft = _Draft(words=scene.words(), inside=inside, rule=rule)
    else:
        note = note_of(scene, enclosed)
        draft = _Draft(words=note, inside=True, rule=rule, enclosed=shown(enclosed))
    _enter(scene, ticket, author, draft)


def add_note(scene: Scene, ticket: Ticket, author: Person, words: Words, *, rule: str) -> None:
    """Add words that are internal by nature, if there are any, and do what their commands say."""
    _enter(scene, ticket, author, _Draft(words=words, inside=True, rule=rule, silent=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """What a technician's mail would add to a ticket."""

    words: Words
    #: True when they stay among colleagues, whatever the commands say.
    inside: bool
    #: The rule that led the mail here.
    rule: str
    #: Words of a forwarded mail, in which no command counts.
    enclosed: str = ""
    #: True when the author need not be told that the words stay inside.
    silent: bool = False


def _enter(scene: Scene, ticket: Ticket, author: Person, draft: _Draft) -> None:
    words, orders = draft.words, _orders(draft.words)
    if draft.inside or orders.held:
        orders = replace(orders, internal=True)
    owner, problem = _find_owner(scene, orders, author)
    problems = (*orders.problems, *problem, *_planted(scene, ticket, orders, words))
    if not (orders.internal or problems):
        problems = tuple(_leaks(scene, ticket, words))
    internal = orders.internal or bool(problems)
    decided: list[list[str]] = []
    if not problems:
        decided, problems = fulfil(scene, ticket, author, orders.held)
    closing = orders.status is not None and is_done(orders.status) and not internal
    joined = [] if problems else _join_copies(scene, ticket, author, orders)
    workunit_id = None
    if orders.words or words.files or draft.enclosed:
        ticket, workunit_id = actions.add_workunit(
            scene.uow,
            ticket,
            actor=author,
            words=_to_add(scene, draft, orders, internal=internal),
            visibility=Visibility.INTERNAL if internal else Visibility.PUBLIC,
            as_technician=True,
            addressed=scene.addressed,
            closing=closing,
            limits=scene.desk.limits,
            rule=draft.rule,
            now=scene.now,
        )
    if problems and workunit_id is not None:
        problems = (*problems, _KEPT_INSIDE)
    kept_inside = orders.internal and workunit_id is not None and not draft.silent
    if orders.lines or problems or kept_inside:
        _obey(
            scene,
            ticket,
            author,
            Changes()
            if problems
            else Changes(status=orders.status, priority=orders.priority, owner=owner),
            problems,
            {
                "commands": list(orders.lines),
                "copied": [person.address for person in joined],
                "held": decided,
                "internal": kept_inside,
            },
            workunit_id if closing else None,
        )


#: Said after what went wrong, so that nobody believes the requester has been answered.
_KEPT_INSIDE = "so your words went to nobody outside; they are kept as an internal note"


def _orders(words: Words) -> Orders:
    """The commands; ``#internal`` counts below a signature, too, and wherever else it stands."""
    orders = read_orders(words.text)
    everything = f"{words.text}\n{words.signature}\n{words.elided}"
    if orders.internal or not asks_for_internal(everything):
        return orders
    return replace(orders, internal=True)


def _planted(scene: Scene, ticket: Ticket, orders: Orders, words: Words) -> Iterator[str]:
    """Command lines that may be somebody else's: they stand in the ticket, too.

    A mail program that marks no quotes puts a requester's last line below the technician's words.
    Where the quote was recognised with that line in it, the other one is the technician's own.
    """
    doubtful = [line for line in orders.lines if line not in words.elided]
    if not doubtful:
        return
    texts = scene.uow.tickets.texts(ticket.id, public=True)
    said = {line.strip() for text in texts for line in text.split("\n")}
    for line in doubtful:
        if line in said:
            yield f"somebody wrote {line!r} into the ticket before, and this may be a quote of it"


def _leaks(scene: Scene, ticket: Ticket, words: Words) -> Iterator[str]:
    """Why these words must not go out: they are not the author's own, or were said inside."""
    if words.text and not scene.reading.folded.own:
        yield "the mail holds nothing but what it quotes"
        return
    notes = scene.uow.tickets.texts(ticket.id, public=False)
    if not notes:
        return
    public = scene.uow.tickets.texts(ticket.id, public=True)
    shown = words.text if words.html is None else f"{words.text}\n{html.to_text(words.html)}"
    if found := repeated_words(shown, notes=notes, public=public):
        yield f"the mail repeats words of an internal note: “{found}”"


def _own_files(scene: Scene, words: Words) -> Words:
    """Without the pictures of what is quoted: those may come from an internal note."""
    quoted = scene.reading.quoted_pictures
    return replace(words, files=tuple(f for f in words.files if f.content_id not in quoted))


def _obey(
    scene: Scene,
    ticket: Ticket,
    author: Person,
    wanted: Changes,
    problems: tuple[str, ...],
    more: dict[str, object],
    workunit_id: int | None,
) -> None:
    """Change the ticket and let the confirmation say what was done and what was not."""

    def change(changes: Changes, problems: tuple[str, ...]) -> None:
        actions.change_ticket(
            scene.uow,
            ticket,
            actor=author,
            changes=changes,
            more={**more, "problems": list(problems)},
            workunit_id=workunit_id,
            limits=scene.desk.limits,
            rule="mail_command",
            now=scene.now,
        )

    try:
        change(wanted, problems)
    except ValueError as refused:
        change(replace(wanted, status=None), (*problems, str(refused)))


def _find_owner(
    scene: Scene, orders: Orders, author: Person
) -> tuple[Person | None, tuple[str, ...]]:
    if orders.assign is None:
        return None, ()
    if orders.assign.lower() == "me":
        return author, ()
    found = scene.uow.people.find_technician(orders.assign)
    if len(found) == 1:
        return found[0], ()
    if not found:
        return None, (f"#assign: no technician is called {orders.assign!r}",)
    names = ", ".join(person.name or person.address for person in found[:5])
    return None, (f"#assign: {orders.assign!r} could be {names}",)


def _join_copies(scene: Scene, ticket: Ticket, author: Person, orders: Orders) -> list[Person]:
    """Third parties from the mail's own Cc and from ``#cc``; never one of our own addresses."""
    named = [
        scene.person(address, "")
        for address in orders.copy
        if not scene.desk.directory.knows(address)
    ]
    return actions.add_copies(
        scene.uow,
        ticket,
        actor=author,
        copies=[*scene.copies(), *(person for person in named if not person.technician)],
        limits=scene.desk.limits,
        rule="copied_by_technician",
        now=scene.now,
    )


def _to_add(scene: Scene, draft: _Draft, orders: Orders, *, internal: bool) -> Words:
    """The words without command lines. HTML would still show those, so it is dropped."""
    words = draft.words if internal else _own_files(scene, draft.words)
    text = "\n\n".join(filter(None, (orders.words, draft.enclosed)))
    return replace(words, text=text, html=None if orders.lines else words.html)
