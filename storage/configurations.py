"""Every configuration that was ever in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.tables import configurations


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """One of them."""

    #: The number that events name.
    id: int
    #: SHA-256 of its content in hex.
    sha256: str
    since: datetime
    #: The process or the person that brought it in.
    brought_by: str
    #: Sections by name, secrets left out.
    content: Mapping[str, Any]


class SqlConfigurations:
    """Numbers configurations in the order in which they came into force."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, content: Mapping[str, Any], *, sha256: str, by: str, now: datetime) -> int:
        """Remember what is in force from now on; the same as before keeps its number."""
        newest = self.newest()
        if newest is not None and newest.sha256 == sha256:
            return newest.id
        row = {"sha256": sha256, "since": now, "brought_by": by, "content": dict(content)}
        statement = insert(configurations).values(row).returning(configurations.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def newest(self) -> Configuration | None:
        """What came into force last, or None."""
        return next(iter(self.all(limit=1)), None)

    def get(self, number: int) -> Configuration | None:
        """One of them by its number, or None."""
        query = select(configurations).where(configurations.c.id == number)
        row = self._connection.execute(query).mappings().first()
        return Configuration(**row) if row else None

    def all(self, *, limit: int) -> list[Configuration]:
        """The newest ones, newest first."""
        query = select(configurations).order_by(configurations.c.id.desc()).limit(limit)
        return [Configuration(**row) for row in self._connection.execute(query).mappings()]
