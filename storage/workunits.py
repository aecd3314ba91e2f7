"""Rows of workunits and their files, and the values they stand for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, case, exists, func, select

from bot.desk.ticket import File, Visibility, Workunit
from storage.tables import attachments, tickets, workunits

_origin = tickets.alias("origin")
#: Words that came with another ticket: they were never written to those who were here before.
CAME_BY_MERGE = exists().where(
    _origin.c.id == workunits.c.moved_from, _origin.c.merged_into.is_not(None)
)


def files_of(connection: Connection, workunit_ids: Collection[int]) -> dict[int, tuple[File, ...]]:
    """Files by workunit, in the order of the mail."""
    if not workunit_ids:
        return {}
    query = (
        select(attachments)
        .where(attachments.c.workunit_id.in_(list(workunit_ids)))
        .order_by(attachments.c.id)
    )
    found: dict[int, tuple[File, ...]] = {}
    for row in connection.execute(query).mappings():
        file = File(
            name=row["name"],
            content_type=row["content_type"],
            size=row["size"],
            sha256=row["sha256"],
            content_id=row["content_id"],
            inline=bool(row["inline"]),
            blocked=bool(row["blocked"]),
            decorative=bool(row["decorative"]),
        )
        found[row["workunit_id"]] = (*found.get(row["workunit_id"], ()), file)
    return found


def files_before(
    connection: Connection, hashes: Collection[str], *, author_id: int | None
) -> dict[str, bool]:
    """Those of the files that some workunit has, and whether one of the author's does."""
    if not hashes:
        return {}
    theirs = case((workunits.c.author_id == author_id, 1), else_=0)
    query = (
        select(attachments.c.sha256, func.max(theirs))
        .join_from(attachments, workunits)
        .where(attachments.c.sha256.in_(list(hashes)))
        .group_by(attachments.c.sha256)
    )
    return {sha256: bool(repeated) for sha256, repeated in connection.execute(query)}


def workunit_of(row: Any, files: tuple[File, ...]) -> Workunit:
    """Build a Workunit from a row of its table."""
    values = {key: row[key] for key in _WORKUNIT_FIELDS}
    values["visibility"] = Visibility(row["visibility"])
    values["by_technician"] = bool(row["by_technician"])
    return Workunit(**values, files=files)


_WORKUNIT_FIELDS = tuple(c.name for c in workunits.columns if c.name != "inbox_id")


def file_row(file: File, workunit_id: int) -> dict[str, object]:
    """The columns of one file of a workunit."""
    return {
        "workunit_id": workunit_id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "content_id": file.content_id,
        "inline": file.inline,
        "blocked": file.blocked,
        "decorative": file.decorative,
    }
