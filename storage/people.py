"""People and their addresses, groups and queues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.desk.people import Group, Person, Queue, Rights
from storage.duplicates import merge
from storage.tables import groups, identities, memberships, people, queues

#: Columns from which `person_of` builds a Person, in its order.
PERSON_COLUMNS = (
    people.c.id,
    people.c.name,
    people.c.language,
    people.c.technician,
    identities.c.id.label("identity_id"),
    identities.c.channel,
    identities.c.address,
    identities.c.reachable,
    identities.c.trusted_at.is_not(None).label("trusted"),
    identities.c.complained_at.is_not(None).label("complained"),
    people.c.company_id,
    people.c.independent,
    people.c.administrator,
    people.c.quality,
    people.c.deactivated_at,
    people.c.absent_from,
    people.c.absent_until,
    people.c.deputy_id,
    people.c.digest,
    people.c.quiet_hours,
    people.c.time_zone,
)

_PERSON = select(*PERSON_COLUMNS).join_from(people, identities)
_BY_ADDRESS = _PERSON.where(
    identities.c.channel == bindparam("channel"),
    identities.c.scope == "",
    identities.c.address == bindparam("address"),
)
_BY_ID = (
    _PERSON.where(people.c.id == bindparam("person_id"))
    .order_by(identities.c.reachable.desc(), identities.c.id)
    .limit(1)
)
_STAFF = (
    _PERSON.join(memberships, memberships.c.person_id == people.c.id)
    .where(
        memberships.c.group_id == bindparam("group_id"),
        memberships.c.rights != Rights.VIEW.value,
        people.c.technician,
        people.c.deactivated_at.is_(None),
        identities.c.reachable,
    )
    .order_by(people.c.id, identities.c.id)
)
_GROUP = select(groups).where(groups.c.id == bindparam("group_id"))
_RIGHTS = select(memberships.c.person_id, memberships.c.rights).where(
    memberships.c.group_id == bindparam("group_id")
)
_QUALITY = _PERSON.where(
    people.c.quality, people.c.deactivated_at.is_(None), identities.c.reachable
).order_by(people.c.id, identities.c.id)
_ADD_PERSON = insert(people).returning(people.c.id)
_ADD_IDENTITY = insert(identities).returning(identities.c.id)


def person_of(row: Any) -> Person:
    """Build a Person from a row of `PERSON_COLUMNS`."""
    values = list(row)
    for place in _TRUTHS:
        values[place] = bool(values[place])
    return Person(**dict(zip(_PERSON_FIELDS, values, strict=True)))


_PERSON_FIELDS = tuple(column.name for column in PERSON_COLUMNS)
#: Where the truth values stand; SQLite knows only numbers.
_TRUTHS = tuple(
    _PERSON_FIELDS.index(name)
    for name in (
        *("technician", "reachable", "trusted", "complained"),
        *("independent", "administrator", "quality"),
    )
)


class SqlPeople:
    """Implements `bot.ports.People`, and what the configuration writes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, channel: str, address: str) -> Person | None:
        """Return whoever has this address, or None."""
        row = self._connection.execute(
            _BY_ADDRESS, {"channel": channel, "address": address}
        ).first()
        return person_of(row) if row else None

    def get(self, person_id: int) -> Person | None:
        """Return the person with their first reachable address; a duplicate is who it turned out to be."""
        row = self._connection.execute(_BY_ID, {"person_id": person_id}).first()
        if row is None and (known := self.resolve(person_id)) != person_id:
            return self.get(known)
        return person_of(row) if row else None

    def resolve(self, person_id: int) -> int:
        """The number of whom a duplicate turned out to be; the same number for everybody else."""
        query = select(people.c.merged_into).where(people.c.id == person_id)
        return self._connection.execute(query).scalar() or person_id

    def merge(self, duplicate_id: int, person_id: int) -> None:
        """Let everything of a duplicate be the person's."""
        merge(self._connection, duplicate_id, person_id)

    def change(self, person_id: int, **columns: object) -> None:
        """Set columns of the person."""
        self._connection.execute(update(people).where(people.c.id == person_id).values(**columns))

    def add(
        self, *, name: str, channel: str, address: str, at: datetime, technician: bool = False
    ) -> Person:
        """Add a person with one address; when the address is known already, return its owner."""
        known = self.find(channel, address)
        if known is not None:
            return known
        person_id = self._connection.execute(
            _ADD_PERSON,
            {"name": name, "language": "", "technician": technician, "added_at": at},
        ).scalar_one()
        self.add_identity(person_id, channel=channel, address=address)
        return self.find(channel, address) or _vanished(address)

    def add_identity(self, person_id: int, *, channel: str, address: str) -> None:
        """Give a person one more address."""
        self._connection.execute(
            _ADD_IDENTITY,
            {"person_id": person_id, "channel": channel, "scope": "", "address": address},
        )

    def find_technician(self, name: str) -> list[Person]:
        """Technicians whose name or address begins with these words, ignoring case.

        A whole name or address wins, or nobody could name Ann where there is an Anna.
        """
        # Compared here: SQLite folds the case of ASCII only, and "%" is a letter like any other.
        wanted = name.casefold()
        known = [p for p in self.everyone(technicians=True) if p.deactivated_at is None]
        exact = [p for p in known if wanted in {p.name.casefold(), p.address.casefold()}]
        begun = (p for p in known if _begins(p, wanted))
        return _first_of_each(exact or begun)

    def staff(self, group_id: int) -> list[Person]:
        """Every reachable technician who works on the group's tickets; viewing is no work."""
        rows = self._connection.execute(_STAFF, {"group_id": group_id})
        return _first_of_each(person_of(row) for row in rows)

    def quality(self) -> list[Person]:
        """Quality staff: whoever may read ratings, at a reachable address."""
        return _first_of_each(map(person_of, self._connection.execute(_QUALITY)))

    def set_quality(self, person_id: int, *, quality: bool) -> None:
        """Let somebody read ratings, or no more."""
        self._connection.execute(
            update(people).where(people.c.id == person_id).values(quality=quality)
        )

    def rename(self, person_id: int, name: str) -> None:
        """Give a person a name."""
        self.change(person_id, name=name)

    def identities(self, person_id: int) -> list[Person]:
        """The person once with each of their addresses, oldest first."""
        query = _PERSON.where(people.c.id == person_id).order_by(identities.c.id)
        return [person_of(row) for row in self._connection.execute(query)]

    def set_reachable(self, identity_id: int, *, reachable: bool) -> None:
        """Remember that the address refuses mail for good, or that it takes mail again."""
        self._set_identity(identity_id, reachable=reachable)

    def set_complained(self, identity_id: int, *, at: datetime | None) -> None:
        """Remember since when automatic mail is unwanted at the address; None for no more."""
        self._set_identity(identity_id, complained_at=at)

    def trust(self, identity_id: int, *, by: str, at: datetime) -> None:
        """Take unproven mail from the address as its owner's from now on."""
        self._set_identity(identity_id, trusted_at=at, trusted_by=by)

    def distrust(self, identity_id: int) -> None:
        """Take that back."""
        self._set_identity(identity_id, trusted_at=None, trusted_by="")

    def _set_identity(self, identity_id: int, **columns: object) -> None:
        statement = update(identities).where(identities.c.id == identity_id)
        self._connection.execute(statement.values(**columns))

    def trusted(self) -> list[tuple[Person, datetime, str]]:
        """Everybody with an address that is trusted: since when, and who decided; newest first."""
        query = select(*PERSON_COLUMNS, identities.c.trusted_at, identities.c.trusted_by)
        rows = self._connection.execute(
            query.join_from(people, identities)
            .where(identities.c.trusted_at.is_not(None))
            .order_by(identities.c.trusted_at.desc(), identities.c.id)
        )
        return [(person_of(person), at, by) for *person, at, by in rows]

    def queues(self) -> list[Queue]:
        """Every queue, oldest first."""
        rows = self._connection.execute(select(queues).order_by(queues.c.id))
        return [Queue(**row) for row in rows.mappings()]

    def groups(self) -> list[Group]:
        """Every group, oldest first."""
        rows = self._connection.execute(select(groups).order_by(groups.c.id))
        return [Group(**row) for row in rows.mappings()]

    def get_group(self, group_id: int) -> Group | None:
        """Return the group, or None."""
        row = self._connection.execute(_GROUP, {"group_id": group_id}).mappings().first()
        return Group(**row) if row else None

    def lock_group(self, group_id: int) -> Group | None:
        """Return the group; until the commit no other process gets past this for it."""
        locked = _GROUP.with_for_update(key_share=True)
        row = self._connection.execute(locked, {"group_id": group_id}).mappings().first()
        return Group(**row) if row else None

    def lock(self, person_ids: Collection[int]) -> None:
        """Wait until no other process counts what these people have."""
        query = select(people.c.id).where(people.c.id.in_(list(person_ids))).order_by(people.c.id)
        self._connection.execute(query.with_for_update(key_share=True)).all()

    def set_turn(self, group_id: int, person_id: int) -> None:
        """Remember who had the last turn in the group."""
        statement = update(groups).where(groups.c.id == group_id)
        self._connection.execute(statement.values(last_assigned_id=person_id))

    def rights(self, group_id: int) -> dict[int, Rights]:
        """What each of the group's people may do with its tickets, by person."""
        rows = self._connection.execute(_RIGHTS, {"group_id": group_id})
        return {person_id: Rights(rights) for person_id, rights in rows}

    def everyone(self, *, technicians: bool = False) -> list[Person]:
        """All people with each of their addresses, oldest first."""
        query = _PERSON.order_by(people.c.id, identities.c.id)
        if technicians:
            query = query.where(people.c.technician)
        return [person_of(row) for row in self._connection.execute(query)]

    # --- written by the configuration ----------------------------------------------------------

    def put_group(self, name: str) -> int:
        """Make sure the group exists; return its row number."""
        found = self._connection.execute(select(groups.c.id).where(groups.c.name == name)).scalar()
        if found is not None:
            return int(found)
        statement = insert(groups).values(name=name).returning(groups.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def put_queue(
        self, *, channel: str, address: str, name: str, group_id: int, takes_automatic: bool
    ) -> None:
        """Make sure the queue exists as given."""
        dialect = postgresql if self._connection.dialect.name == "postgresql" else sqlite
        values = {"name": name, "group_id": group_id, "takes_automatic": takes_automatic}
        self._connection.execute(
            dialect.insert(queues)
            .values(channel=channel, address=address, **values)
            .on_conflict_do_update(index_elements=["channel", "address"], set_=values)
        )

    def put_technician(
        self, *, name: str, address: str, language: str, group_ids: Sequence[int], at: datetime
    ) -> None:
        """Make sure a technician with this mail address exists and belongs to these groups."""
        person = self.add(name=name, channel="email", address=address, at=at, technician=True)
        self._connection.execute(
            update(people)
            .where(people.c.id == person.id)
            .values(name=name, technician=True, language=language)
        )
        have = set(
            self._connection.execute(
                select(memberships.c.group_id).where(memberships.c.person_id == person.id)
            ).scalars()
        )
        for group_id in set(group_ids) - have:
            self._connection.execute(
                insert(memberships).values(group_id=group_id, person_id=person.id)
            )
        for group_id in have - set(group_ids):
            self._connection.execute(
                memberships.delete().where(
                    and_(memberships.c.group_id == group_id, memberships.c.person_id == person.id)
                )
            )


def _begins(person: Person, wanted: str) -> bool:
    return person.name.casefold().startswith(wanted) or person.address.startswith(wanted)


def _first_of_each(found: Iterable[Person]) -> list[Person]:
    """One entry a person: the first of their addresses."""
    by_id: dict[int, Person] = {}
    for person in found:
        by_id.setdefault(person.id, person)
    return list(by_id.values())


def _vanished(address: str) -> Person:
    raise RuntimeError(f"the person just added with {address} is gone")
