"""Several deliveries in one message: which of them gives it its frame, and what the others add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from bot.desk.ticket import File, Workunit
from bot.ports import DueDelivery

#: Who gives the message its frame: the first of these that is among them.
_FRAMES = (
    "resolved",
    "new-ticket",
    "assigned",
    "reply",
    "copy",
    "update",
    "changed",
    "status",
)


def parts_of(due: DueDelivery) -> tuple[DueDelivery, ...]:
    """Everything that one message carries, oldest first."""
    if not due.companions:
        return (due,)
    return tuple(sorted((due, *due.companions), key=lambda part: part.id))


def is_digest(parts: Sequence[DueDelivery]) -> bool:
    """Whether they are about several tickets, or speak to the receiver in several parts."""
    return len({(part.ticket.id, part.role) for part in parts}) > 1


def sections_of(parts: Sequence[DueDelivery]) -> list[tuple[DueDelivery, ...]]:
    """The deliveries of a digest by ticket and part, in the order in which the tickets come up."""
    order = {key: n for n, key in reversed(list(enumerate(map(_key, parts))))}
    ranked = sorted(parts, key=lambda part: order[_key(part)])
    return [tuple(group) for _, group in groupby(ranked, key=_key)]


def _key(part: DueDelivery) -> tuple[int, str]:
    return part.ticket.id, part.role


def frame_of(due: DueDelivery, parts: Sequence[DueDelivery]) -> DueDelivery:
    """One delivery that stands for all of one ticket: the frame, and the only words there are.

    Number, Message-ID and thread stay those of the lead.
    """
    if parts == (due,):
        return due
    face = min(parts, key=lambda part: (_rank(part.notification), part.id))
    words = with_words(parts)
    if face.workunit is None and words:
        face = replace(
            face,
            workunit=words[-1].workunit,
            actor_name=words[-1].actor_name,
            actor_is_technician=words[-1].actor_is_technician,
        )
    return replace(
        face,
        id=due.id,
        message_id=due.message_id,
        thread=due.thread,
        background=due.background,
        at=parts[-1].at,
        companions=(),
    )


def _rank(notification: str) -> int:
    return _FRAMES.index(notification) if notification in _FRAMES else len(_FRAMES)


def with_words(parts: Iterable[DueDelivery]) -> list[DueDelivery]:
    """Those that bring words or files, each workunit once."""
    found: dict[int, DueDelivery] = {}
    for part in parts:
        if part.workunit is not None:
            found.setdefault(part.workunit.id, part)
    return list(found.values())


def without_clashes(parts: Sequence[DueDelivery]) -> list[Workunit]:
    """The words of all, where two pictures of different mails have one Content-ID the later renamed.

    Mail programs number the pictures of each mail anew.
    """
    taken: dict[str, str] = {}
    return [_renamed(part.workunit, taken) for part in with_words(parts) if part.workunit]


def _renamed(workunit: Workunit, taken: dict[str, str]) -> Workunit:
    html, files = workunit.html, []
    for file in workunit.files:
        name = file.content_id
        if name is None or taken.setdefault(name, file.sha256) == file.sha256:
            files.append(file)
            continue
        fresh = f"{workunit.id}.{name}"
        html = html.replace(f"cid:{name}", f"cid:{fresh}") if html else html
        files.append(replace(file, content_id=fresh))
    return replace(workunit, html=html, files=tuple(files))


def listed(workunit: Workunit) -> Iterable[File]:
    """The files that stand below the words: no decoration, nothing that the words show."""
    shown = bool(workunit.html)
    return (f for f in workunit.files if not f.decorative and not (f.inline and shown))
