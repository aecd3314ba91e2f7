"""``replydesk ratings``: what requesters thought, by group and owner, for quality staff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.dossier import Dossier
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, say, say_columns, say_json, shorten
from bot.errors import NotFound
from storage.unit_of_work import SqlUnitOfWork

_HEAD = ("group", "owner", "answers", "good", "bad", "good %")
_ALL = "all"
_TITLE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """How one owner, or a whole group, fares."""

    group: str
    #: Name of the owner, ``nobody``, or ``all`` for the group.
    owner: str
    answers: int
    good: int
    #: Of a hundred answers.
    percent: int


def ratings(*, group: str = "", since: date | None = None, json: Flag = False) -> None:
    """Show how satisfied requesters were, by group and owner, and their comments.

    It is for quality staff: do not show somebody what is said about them.

    Args:
        group: Only this group's tickets.
        since: Only answers from this day on, such as 2026-01-01.
        json: Print JSON.
    """
    with opened() as storage:
        zone = ZoneInfo(storage.settings.desk.time_zone)
        begin = datetime(since.year, since.month, since.day, tzinfo=zone) if since else None
        found = storage.database.read(lambda uow: _listed(uow, group, begin))
        shares = list(shares_of(found))
        if json:
            say_json({"shares": shares, "ratings": found})
            return
        _tell(shares, found, storage)


def _listed(uow: SqlUnitOfWork, group: str, since: datetime | None) -> list[dict[str, Any]]:
    known = [g.name for g in uow.people.groups()]
    if group and group not in known:
        raise NotFound(f"there is no group {group}; these are: {', '.join(known)}")
    return uow.ratings.listed(group=group, since=since and since.astimezone(UTC))


def shares_of(found: Sequence[dict[str, Any]]) -> Iterator[Share]:
    """Each group as a whole, then its owners by name."""
    by_group = sorted(found, key=lambda row: (row["group"], _owner(row)))
    for group, rows in groupby(by_group, key=lambda row: str(row["group"])):
        answers = list(rows)
        yield _share(group, _ALL, answers)
        for owner, theirs in groupby(answers, key=_owner):
            yield _share(group, owner, list(theirs))


def _owner(row: dict[str, Any]) -> str:
    return str(row["owner"] or "nobody")


def _share(group: str, owner: str, rows: list[dict[str, Any]]) -> Share:
    good = sum(row["good"] for row in rows)
    percent = round(100 * good / len(rows))
    return Share(group=group, owner=owner, answers=len(rows), good=good, percent=percent)


def _tell(shares: list[Share], found: list[dict[str, Any]], storage: Storage) -> None:
    rows = [
        (s.group, s.owner, s.answers, s.good, s.answers - s.good, f"{s.percent} %") for s in shares
    ]
    say_columns(_HEAD, rows, none="Nobody has said yet how it went.")
    for row in found:
        if row["comment"]:
            say()
            asker = row["requester"] or row["address"]
            about = f"ticket {row['ticket_id']}, {shorten(row['title'], _TITLE)}"
            say(f"{_word(good=row['good'])}  {storage.local(row['at'])}  {asker} on {about}")
            say(f"      {row['group']}, {_owner(row)}")
            for line in row["comment"].splitlines():
                say(f"      | {line}")


def rating_lines(dossier: Dossier, storage: Storage) -> Iterator[str]:
    """What was thought of one ticket, for whoever asked for it."""
    for rating in dossier.ratings:
        at = storage.local(rating.changed_at or rating.at)
        yield f"rated {_word(good=rating.good)} by {dossier.name(rating.person_id)}, {at}"
        yield (
            f"  about    {dossier.name(rating.owner_id)}"
            if rating.owner_id
            else "  about    nobody"
        )
        yield from (f"  | {line}" for line in rating.comment.splitlines())


def _word(*, good: bool) -> str:
    return "good" if good else "bad "
