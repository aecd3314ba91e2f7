"""Names that people type in a search, and the rows they mean."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from bot.desk.search import Condition, Key, SearchMistake, nearest
from storage.people import SqlPeople
from storage.tables import companies, groups, identities, people

#: How many addresses that begin alike are looked at for the nearest one.
_ALIKE = 200
_BY_NAME = select(people.c.id).where(people.c.name == bindparam("name")).limit(_ALIKE)
_BY_ADDRESS = select(identities.c.person_id).where(
    identities.c.channel == "email",
    identities.c.scope == "",
    identities.c.address == bindparam("address"),
)
_BEGINNING = (
    select(identities.c.address)
    .where(
        identities.c.channel == "email",
        identities.c.scope == "",
        identities.c.address >= bindparam("begin"),
    )
    .order_by(identities.c.address)
    .limit(_ALIKE)
)


class Names:
    """Resolves the names of one search; `me` is who asks, or None where that is nobody."""

    def __init__(self, connection: Connection, *, me: int | None) -> None:
        self._connection = connection
        self._me = me

    def resolve(self, condition: Condition) -> Sequence[int | None]:
        """Row numbers for the value, None standing for nobody; raises SearchMistake."""
        if condition.value.lower() == "none" and condition.key in {Key.OWNER, Key.COMPANY}:
            return [None]
        if condition.value.lower() == "me" and condition.key in {Key.OWNER, Key.REQUESTER}:
            return [self._myself(condition.key)]
        return {
            Key.GROUP: self._group,
            Key.COMPANY: self._company,
            Key.OWNER: self._owner,
            Key.REQUESTER: self._requester,
        }[condition.key](condition.value)

    def _myself(self, key: Key) -> int:
        if self._me is None:
            raise SearchMistake(f'{key}: "me" is nobody here; write an address')
        return self._me

    def _group(self, value: str) -> list[int | None]:
        rows = self._connection.execute(select(groups.c.name, groups.c.id))
        return _called(Key.GROUP, value, [(name, number) for name, number in rows])

    def _company(self, value: str) -> list[int | None]:
        rows = self._connection.execute(select(companies.c.name, companies.c.id))
        return _called(Key.COMPANY, value, [(name, number) for name, number in rows])

    def _owner(self, value: str) -> list[int | None]:
        """Technicians by name or address, also by the beginning, and whoever was one by address."""
        known = SqlPeople(self._connection)
        found: list[int | None] = [person.id for person in known.find_technician(value)]
        if found or (found := self._by_address(value)):
            return found
        named = [p.name or p.address for p in known.everyone(technicians=True)]
        raise SearchMistake(f'owner: nobody is called "{value}"{nearest(value, named)}')

    def _requester(self, value: str) -> list[int | None]:
        if found := self._by_address(value) or self._by_name(value):
            return found
        begin = value.lower()[:2]
        near = self._connection.execute(_BEGINNING, {"begin": begin}).scalars()
        hint = nearest(value, [address for address in near if address.startswith(begin)])
        raise SearchMistake(f'requester: nobody has the address or name "{value}"{hint}')

    def _by_address(self, value: str) -> list[int | None]:
        return list(self._connection.execute(_BY_ADDRESS, {"address": value.lower()}).scalars())

    def _by_name(self, value: str) -> list[int | None]:
        return list(self._connection.execute(_BY_NAME, {"name": value}).scalars())


def _called(key: Key, value: str, known: Sequence[tuple[str, int]]) -> list[int | None]:
    """Whatever has this name, ignoring case."""
    wanted = value.casefold()
    if found := [number for name, number in known if name.casefold() == wanted]:
        return list(found)
    raise SearchMistake(f'{key}: "{value}" is unknown{nearest(value, [n for n, _ in known])}')
