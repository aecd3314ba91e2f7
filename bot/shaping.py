"""What a request is made of, before it becomes a ticket: its type, its fields, and the quota."""

from __future__ import annotations

from bot.actions import Shape, Words
from bot.desk.field_lines import read_lines
from bot.desk.fields import Field
from bot.desk.people import Person, Queue
from bot.desk.quotas import YEAR, Excess, exceeded
from bot.desk.ticket import Kind, Ticket
from bot.desk.types import Types
from bot.scene import Scene

#: A line ``Type: …`` in a request chooses the type, where the desk has any.
_TYPE = Field(name="Type")


def shape_of(scene: Scene, author: Person, words: Words) -> Shape:
    """Read the request's type and fields from where it was sent and from its own lines."""
    excess = excess_of(scene, author, scene.queue)
    types = scene.uow.policy.types
    if not types.is_any:
        return Shape(excess=excess)
    type_name = _type_of(scene, types, words)
    written = read_lines(words.text, types.fields_of(type_name))
    values, problems = types.read(type_name, written, {})
    known = types.types.get(type_name)
    return Shape(
        kind=known.kind if known else Kind.INCIDENT,
        type=type_name,
        values=values,
        wanted=tuple(one.name for one in types.missing(type_name, values)),
        problems=tuple(problems),
        excess=excess,
    )


def _type_of(scene: Scene, types: Types, words: Words) -> str:
    """What the request says itself, as far as the group has such a type, else what its queue says."""
    asked = read_lines(words.text, (_TYPE,)).get(_TYPE.name, "")
    if asked:
        groups = {group.id: group.name for group in scene.uow.people.groups()}
        try:
            return types.find(asked, group=groups[scene.queue.group_id]).name
        except ValueError:
            pass
    return types.of_queues.get(scene.queue.address, "")


def excess_of(scene: Scene, author: Person, queue: Queue) -> Excess | None:
    """The quota of the group that this request would exceed, or None."""
    quota = scene.uow.policy.group(queue.group_id).quota
    if not quota.is_any or author.technician:
        return None
    open_now, within_year = scene.uow.tickets.count_of(
        author.id, group_id=queue.group_id, since=scene.now - YEAR
    )
    return exceeded(quota, open_now=open_now, within_year=within_year)


def filled_in(scene: Scene, ticket: Ticket, words: Words) -> tuple[dict[str, str], tuple[str, ...]]:
    """What an answer fills in of the fields that are missing, and what could not be understood.

    People write behind the names in the mail that asked them, so quoted lines count, too: but only
    for what is missing, and only where they say something.
    """
    types = scene.uow.policy.types
    if not types.is_any:
        return {}, ()
    values = scene.uow.fields.get(ticket.id)
    missing = types.missing(ticket.type, values)
    if not missing:
        return {}, ()
    fields = types.fields_of(ticket.type)
    # Our own words are among the quoted ones: what makes no sense there is nobody's mistake.
    quoted, _ = types.read(ticket.type, read_lines(words.elided, missing), values)
    written = read_lines(words.text, fields)
    if not written and len(missing) == 1 and _is_an_answer(words.text):
        written = {missing[0].name: words.text}
    read, problems = types.read(ticket.type, written, {**values, **quoted})
    return {**quoted, **read}, tuple(problems)


#: Lines of an answer that can only be the one value that was asked for.
_SHORT = 1


def _is_an_answer(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) == _SHORT and not text.rstrip().endswith("?")
