"""A technician's mail: words for the requester, notes for colleagues, and commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot import actions
from bot.actions import Words
from bot.desk.access import Deed
from bot.desk.commands import Orders, asks_for_internal, asks_for_private, read_orders
from bot.desk.commands.holding import DecideHeld
from bot.desk.commands.rules import AnswerRule
from bot.desk.commands.words import KeepInside
from bot.desk.commands.workunits import EditWords, KeepPrivate
from bot.desk.lifecycle import is_done
from bot.desk.people import Person
from bot.desk.repeats import repeated_words
from bot.desk.ticket import Status, Ticket, Visibility
from bot.enclosed import find_enclosed, note_of, shown
from bot.errors import NotPossible
from bot.holding import answers_a_notice
from bot.orders import Work, carry_out, finish
from bot.orders.people import join
from bot.orders.permission import require
from bot.orders.states import close_with
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


def gives_commands(scene: Scene) -> bool:
    """Whether a technician's mail holds commands: it is about the ticket itself."""
    return bool(read_orders(scene.reading.folded.visible).lines)


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
    #: True when not even colleagues read them.
    private: bool = False
    #: True when the author need not be told that the words stay inside.
    silent: bool = False


class _Undone(Exception):
    """What was done is to be undone; carries what was not possible."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(*problems)
        self.problems = problems


def _enter(scene: Scene, ticket: Ticket, author: Person, draft: _Draft) -> None:
    """Do everything that the mail asks, or keep it as a note and say what was wrong."""
    orders = read_orders(draft.words.text)
    draft = replace(
        draft,
        inside=draft.inside or _asks_for_inside(draft.words, orders),
        private=bool(orders.of(KeepPrivate)) or asks_for_private(_everything(draft.words)),
    )
    problems = (*orders.problems, *planted(scene, ticket, orders, draft.words))
    if not (draft.inside or problems):
        problems = tuple(_leaks(scene, ticket, draft.words))
    if not problems:
        try:
            with scene.uow.savepoint():
                _obey(scene, ticket, author, draft, orders)
        except _Undone as undone:
            problems = undone.problems
    if problems:
        _keep_inside(scene, ticket, author, draft, orders, problems)


def _obey(scene: Scene, ticket: Ticket, author: Person, draft: _Draft, orders: Orders) -> None:
    """First the orders, then the words, then the event; raises _Undone."""
    work = _work(scene, ticket, author, inside=draft.inside)
    work.words, work.has_files = orders.words, any(not f.decorative for f in draft.words.files)
    problems = carry_out(work, orders.found)
    if ticket.locked and work.changes.locked is not False:
        problems = (*problems, "the ticket is locked; #unlock comes first")
    if problems:
        raise _Undone(problems)
    try:
        join(work, scene.copies())
        said = orders.words or draft.words.files or draft.enclosed
        if said and not (draft.inside or orders.of(EditWords)):
            require(work, Deed.WRITE_PUBLIC)
    except NotPossible as why:
        raise _Undone((str(why),)) from None
    status = work.changes.status
    closing = status is not None and is_done(status) and not draft.inside
    workunit_id = None
    if not orders.of(EditWords):
        work.ticket, workunit_id = _add(
            scene,
            work.ticket,
            author,
            draft,
            orders,
            work,
            closing=closing,
            moves=status is None,
            asks=status is Status.PENDING_USER,
        )
    work.workunit_id = workunit_id
    if closing:
        close_with(work, orders.words)
    kept_inside = (
        draft.inside and not draft.private and workunit_id is not None and not draft.silent
    )
    if orders.lines or kept_inside:
        try:
            finish(
                work,
                lines=orders.lines,
                internal=kept_inside,
                workunit_id=workunit_id if closing else None,
            )
        except NotPossible as why:
            raise _Undone((str(why),)) from None


#: Said after what went wrong, so that nobody believes the requester has been answered.
_KEPT_INSIDE = "so your words went to nobody outside; they are kept as an internal note"


def _keep_inside(
    scene: Scene,
    ticket: Ticket,
    author: Person,
    draft: _Draft,
    orders: Orders,
    problems: tuple[str, ...],
) -> None:
    """Keep the words as a note and tell their author what was wrong; nothing else is done."""
    draft = replace(draft, inside=True)
    work = _work(scene, ticket, author)
    ticket, workunit_id = _add(scene, ticket, author, draft, orders, work)
    kept = workunit_id is not None
    finish(
        work,
        lines=orders.lines,
        problems=(*problems, _KEPT_INSIDE) if kept else problems,
        internal=kept and not draft.private and _asks_for_inside(draft.words, orders),
    )


def _work(scene: Scene, ticket: Ticket, author: Person, *, inside: bool = True) -> Work:
    return Work(
        uow=scene.uow,
        directory=scene.desk.directory,
        ticket=ticket,
        author=author,
        now=scene.now,
        rule="mail_command",
        inside=inside,
        was_held=scene.reading.claimed.envelope.decision is not None,
    )


def _add(
    scene: Scene,
    ticket: Ticket,
    author: Person,
    draft: _Draft,
    orders: Orders,
    work: Work,
    *,
    closing: bool = False,
    moves: bool = True,
    asks: bool = False,
) -> tuple[Ticket, int | None]:
    """Add the words, if there are any; return the ticket as it is now and the workunit.

    Time without words is booked all the same, and nobody needs to hear of it.
    """
    wordless = not (orders.words or draft.words.files or draft.enclosed)
    if wordless and not (work.booking and work.booking.minutes):
        return ticket, None
    inside = Visibility.PRIVATE if draft.private else Visibility.INTERNAL
    return actions.add_workunit(
        scene.uow,
        ticket,
        actor=author,
        words=_to_add(scene, draft, orders),
        visibility=inside if draft.inside or wordless else Visibility.PUBLIC,
        as_technician=True,
        addressed=scene.addressed,
        closing=closing,
        moves=moves,
        asks=asks,
        quiet=wordless,
        booking=actions.price(scene.uow, ticket, author, work.booking) if work.booking else None,
        shared_with=work.shared_with,
        rule=draft.rule,
        now=scene.now,
    )


def _asks_for_inside(words: Words, orders: Orders) -> bool:
    """``#internal`` counts below a signature, too, and wherever else it stands.

    What is said beside a decision about held mail or a rule is talk among colleagues.
    """
    asked = any(map(orders.of, (KeepInside, KeepPrivate, EditWords, DecideHeld, AnswerRule)))
    everything = _everything(words)
    return asked or asks_for_internal(everything) or asks_for_private(everything)


def _everything(words: Words) -> str:
    return f"{words.text}\n{words.signature}\n{words.elided}"


def planted(scene: Scene, ticket: Ticket, orders: Orders, words: Words) -> Iterator[str]:
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


def _to_add(scene: Scene, draft: _Draft, orders: Orders) -> Words:
    """The words without command lines. HTML would still show those, so it is dropped."""
    words = draft.words if draft.inside else _own_files(scene, draft.words)
    text = "\n\n".join(filter(None, (orders.words, draft.enclosed)))
    return replace(words, text=text, html=None if orders.lines else words.html)
