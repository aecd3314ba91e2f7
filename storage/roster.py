"""What the configuration says about people: rights, leaders, companies, and who lost their powers."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from bot.desk.people import Person, Rights
from storage.people import SqlPeople
from storage.tables import companies, groups, memberships, people, queues, tickets

#: What only the configuration gives, and what is left of it.
_POWERLESS = {"technician": False, "administrator": False, "quality": False, "configured": False}


class SqlRoster:
    """Rows that `[[groups]]`, `[[technicians]]`, `[[companies]]` and `[[people]]` make."""

    def __init__(self, connection: Connection, known: SqlPeople) -> None:
        self._connection = connection
        self._known = known

    def put_person(
        self,
        *,
        name: str,
        addresses: Collection[str],
        at: datetime,
        wishes: Mapping[str, str] | None = None,
        **columns: Any,
    ) -> Person:
        """Make sure somebody has these addresses and columns; the first address leads to them.

        Whoever wrote from one of the others before turns out to be the same person. `wishes` are what
        the file says of how they want to be told, by column.
        """
        first, *others = addresses
        person = self._known.add(name=name, channel="email", address=first, at=at)
        for address in others:
            owner = self._known.find("email", address)
            if owner is None:
                self._known.add_identity(person.id, channel="email", address=address)
            elif owner.id != person.id:
                self._known.merge(owner.id, person.id)
        named = {"name": name} if name else {}
        columns |= self._wishes_that_count(person.id, wishes or {})
        statement = update(people).where(people.c.id == person.id)
        self._connection.execute(statement.values(configured=True, **named, **columns))
        return self._known.find("email", first) or person

    def _wishes_that_count(self, person_id: int, said: Mapping[str, str]) -> dict[str, str]:
        """Columns of what the file says otherwise than when it was last read.

        Whatever it goes on saying was changed by the person meanwhile, or stands there already.
        """
        row = self._connection.execute(select(people).where(people.c.id == person_id)).one()
        before: dict[str, str] = json.loads(row.file_wishes or "{}")
        changed = {name: value for name, value in said.items() if before.get(name) != value}
        # What the file says no more is the desk's again, unless it was set in another way.
        for name in before.keys() - said.keys():
            if getattr(row, name) == before[name]:
                changed[name] = ""
        return {**changed, "file_wishes": json.dumps(dict(said), sort_keys=True) if said else ""}

    def set_rights(self, person_id: int, rights: Mapping[int, Rights]) -> None:
        """Let somebody have exactly these rights, by group."""
        mine = memberships.c.person_id == person_id
        query = select(memberships.c.group_id, memberships.c.rights).where(mine)
        have = {group_id: Rights(held) for group_id, held in self._connection.execute(query)}
        if have == rights:
            return
        self._connection.execute(delete(memberships).where(mine))
        rows = [
            {"group_id": group_id, "person_id": person_id, "rights": held.value}
            for group_id, held in rights.items()
        ]
        if rows:
            self._connection.execute(insert(memberships), rows)

    def set_leader(self, group_id: int, leader_id: int | None) -> None:
        """Let somebody lead a group, or nobody."""
        statement = update(groups).where(
            groups.c.id == group_id, groups.c.leader_id.is_distinct_from(leader_id)
        )
        self._connection.execute(statement.values(leader_id=leader_id))

    def put_company(self, name: str, *, grouped: bool) -> int:
        """Make sure the company exists; whoever its domain brought in sees as much as it says."""
        query = select(companies.c.id).where(companies.c.name == name)
        company_id = self._connection.execute(query).scalar()
        if company_id is None:
            made = insert(companies).values(name=name).returning(companies.c.id)
            return int(self._connection.execute(made).scalar_one())
        self._connection.execute(
            update(people)
            .where(
                people.c.company_id == company_id,
                ~people.c.configured,
                people.c.independent == grouped,
            )
            .values(independent=not grouped)
        )
        return int(company_id)

    def numbers(self) -> tuple[dict[str, int], dict[str, int]]:
        """Row numbers of groups and of companies, by name."""
        return self._numbers(groups), self._numbers(companies)

    def _numbers(self, table: Table) -> dict[str, int]:
        rows = self._connection.execute(select(table.c.name, table.c.id))
        return {row.name: row.id for row in rows}

    def leave_companies(self, but: Collection[int]) -> None:
        """Nobody belongs any more to a company that is not among these."""
        statement = update(people).where(
            people.c.company_id.is_not(None), people.c.company_id.not_in(list(but))
        )
        self._connection.execute(statement.values(company_id=None, independent=False))

    def dismiss(self, but: Collection[int]) -> list[Person]:
        """Take all powers from whoever the configuration named once and names no more."""
        query = select(people.c.id).where(people.c.configured, people.c.id.not_in(list(but)))
        gone = list(self._connection.execute(query).scalars())
        if not gone:
            return []
        found = [person for number in gone if (person := self._known.get(number))]
        self._connection.execute(
            update(people).where(people.c.id.in_(gone)).values(**_POWERLESS, company_id=None)
        )
        self._connection.execute(delete(memberships).where(memberships.c.person_id.in_(gone)))
        self._connection.execute(
            update(groups).where(groups.c.leader_id.in_(gone)).values(leader_id=None)
        )
        return found

    def close_queues(self, but: Collection[str]) -> list[str]:
        """Forget queues at addresses other than these; their tickets go on in another queue.

        In one of the same group where there is one, else in the oldest.
        """
        left = self._connection.execute(select(queues).order_by(queues.c.id)).mappings().all()
        kept = [row for row in left if row["address"] in but]
        gone = [row for row in left if row["address"] not in but]
        for row in gone if kept else ():
            heir = next((k for k in kept if k["group_id"] == row["group_id"]), kept[0])
            self._connection.execute(
                update(tickets).where(tickets.c.queue_id == row["id"]).values(queue_id=heir["id"])
            )
            self._connection.execute(delete(queues).where(queues.c.id == row["id"]))
        return [row["address"] for row in gone] if kept else []
