"""People as the file names them: technicians, companies and requesters; checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator

from bot.desk.quiet import read_hours
from bot.settings.values import Address, Section, Zone, unknown


def _hours(text: str) -> str:
    hours = read_hours(text)
    return str(hours) if hours else ""


class _Wishes(Section):
    """How somebody wants to be told; what they set by mail wins until the file says something else."""

    language: str = ""
    #: What can wait comes together.
    digest: Literal["off", "hourly", "daily"] = "off"
    #: They hear of nothing but P1 at these hours, such as ``22:00-07:00``.
    quiet_hours: Annotated[str, AfterValidator(_hours)] = ""
    #: The zone of those hours; the desk's when the file does not say.
    time_zone: Zone = "UTC"

    @property
    def wishes(self) -> dict[str, str]:
        """What the file says, by column; nothing of what it does not mention."""
        said = {
            "language": self.language,
            "digest": self.digest.removeprefix("off"),
            "quiet_hours": self.quiet_hours,
            "time_zone": self.time_zone,
        }
        return {name: value for name, value in said.items() if name in self.model_fields_set}


class TechnicianSection(_Wishes):
    """Somebody who answers tickets."""

    name: str
    address: Address
    #: Further addresses that are theirs.
    other_addresses: tuple[Address, ...] = ()
    #: Groups whose tickets they may edit; `[[groups]]` gives other rights.
    groups: tuple[str, ...] = ("Service Desk",)
    #: May read private words, and do everything in every group.
    administrator: bool = False
    #: May read what requesters thought of tickets.
    quality: bool = False


class CompanySection(Section):
    """Whom requesters belong to."""

    name: str
    #: Whoever provably writes from one of these belongs to it.
    domains: tuple[str, ...] = ()
    #: Its people see each other's tickets.
    grouped: bool = True


class PersonSection(_Wishes):
    """Somebody whom the file says something about and who is no technician."""

    name: str = ""
    address: Address
    #: Further addresses that are theirs.
    other_addresses: tuple[Address, ...] = ()
    #: The company they belong to; empty for none, or for the one of their domain.
    company: str = ""
    #: Sees only their own tickets, though their company's people see each other's.
    independent: bool = False
    #: May read everything and do everything, without being told of every ticket.
    administrator: bool = False
    #: May read what requesters thought of tickets.
    quality: bool = False


class _GroupNames(Protocol):
    """What a group says about technicians."""

    name: str

    @property
    def mentioned(self) -> Iterable[tuple[str, str]]:
        """Key and name of every technician it mentions."""
        ...


def check_names(
    technicians: Sequence[TechnicianSection],
    groups: Iterable[_GroupNames],
    companies: Sequence[CompanySection],
    people: Sequence[PersonSection],
) -> None:
    """Raise ValueError where a name leads nowhere, or an address or domain belongs to two."""
    for group in groups:
        for key, name in group.mentioned:
            find_technician(technicians, name, where=f"groups.{key} of {group.name}")
    known = [company.name for company in companies]
    for person in people:
        if person.company and person.company not in known:
            hint = unknown("company", person.company, known)
            raise ValueError(f"people.company of {person.address}: {hint}")
    somebodies: tuple[TechnicianSection | PersonSection, ...] = (*technicians, *people)
    _belong_to_one(
        (address, somebody.name or somebody.address)
        for somebody in somebodies
        for address in (somebody.address, *somebody.other_addresses)
    )
    _belong_to_one((d.lower(), company.name) for company in companies for d in company.domains)


def _belong_to_one(claims: Iterable[tuple[str, str]]) -> None:
    owners: dict[str, str] = {}
    for thing, owner in claims:
        if thing in owners:
            raise ValueError(f"{thing} belongs to two: {owners[thing]} and {owner}")
        owners[thing] = owner


def find_technician(
    technicians: Sequence[TechnicianSection], name: str, *, where: str = ""
) -> TechnicianSection:
    """The technician with this name or address; raises ValueError with the unknown ones."""
    wanted = name.casefold()
    found = [t for t in technicians if wanted in {t.name.casefold(), t.address}]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{where}: {name!r} could be " + ", ".join(t.address for t in found))
    names = [words for t in technicians for words in (t.name, t.address)]
    raise ValueError(f"{where}: {unknown('technician', name, names)}")
