"""The configuration's people, groups and queues become rows, and what it names no more loses its powers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.desk.people import Rights
from bot.settings import GroupSection, PersonSection, Settings, TechnicianSection
from bot.settings.people import find_technician
from storage.unit_of_work import SqlUnitOfWork

_ACTOR = "the configuration"


def write_people(settings: Settings, uow: SqlUnitOfWork, *, now: datetime) -> None:
    """Make the database agree with the configuration about everybody it names, or named once."""
    groups = _groups(settings, uow)
    companies = {
        company.name: uow.roster.put_company(company.name, grouped=company.grouped)
        for company in settings.companies
    }
    uow.roster.leave_companies(companies.values())
    technicians = _technicians(settings, groups, uow, now=now)
    others = _others(settings, companies, uow, now=now)
    gone = uow.roster.dismiss({*technicians.values(), *others})
    for person in gone:
        _note(uow, f"person {person.id}", "lost their powers", now=now)
    for section in settings.groups:
        leader = section.leader and find_technician(settings.technicians, section.leader)
        uow.roster.set_leader(groups[section.name], technicians[leader.address] if leader else None)
    for address in uow.roster.close_queues({queue.address for queue in settings.queues}):
        _note(uow, f"queue {address}", "closed", now=now)


def _note(uow: SqlUnitOfWork, subject: str, deed: str, *, now: datetime) -> None:
    data = {"reason": "not named in the configuration any more"}
    uow.audit.add(at=now, actor=_ACTOR, subject=subject, deed=deed, data=data)


def _groups(settings: Settings, uow: SqlUnitOfWork) -> dict[str, int]:
    """Row numbers of every group that anything names, and their queues."""
    groups = {name: uow.people.put_group(name) for name in sorted(settings.group_names())}
    for queue in settings.queues:
        uow.people.put_queue(
            channel="email",
            address=queue.address,
            name=queue.name or settings.desk.name,
            group_id=groups[queue.group],
            takes_automatic=queue.takes_automatic,
        )
    return groups


def _technicians(
    settings: Settings, groups: Mapping[str, int], uow: SqlUnitOfWork, *, now: datetime
) -> dict[str, int]:
    """Row numbers of the technicians by their address."""
    found: dict[str, int] = {}
    for section in settings.technicians:
        person = uow.roster.put_person(
            name=section.name,
            addresses=(section.address, *section.other_addresses),
            at=now,
            technician=True,
            wishes=section.wishes,
            administrator=section.administrator,
            **_quality(section),
        )
        rights = rights_of(settings, section)
        uow.roster.set_rights(person.id, {groups[name]: held for name, held in rights.items()})
        found[section.address] = person.id
    return found


def _quality(section: TechnicianSection | PersonSection) -> dict[str, bool]:
    """What the file says, where it says anything: ``replydesk people quality`` decides as well."""
    said = "quality" in section.model_fields_set
    return {"quality": section.quality} if said else {}


def rights_of(settings: Settings, technician: TechnicianSection) -> dict[str, Rights]:
    """What a technician may do, by the name of the group.

    `technicians.groups` lets them edit; what a group itself says counts more. Whoever only groups
    name belongs to no other.
    """
    named = {
        group.name: rights
        for group in settings.groups
        for rights in Rights
        if any(_is(settings, name, technician) for name in getattr(group, rights.value))
    }
    named |= {
        group.name: Rights.EDIT
        for group in settings.groups
        if group.name not in named and _leads(settings, group, technician)
    }
    if named and "groups" not in technician.model_fields_set:
        return named
    return dict.fromkeys(technician.groups, Rights.EDIT) | named


def _leads(settings: Settings, group: GroupSection, technician: TechnicianSection) -> bool:
    return bool(group.leader) and _is(settings, group.leader, technician)


def _is(settings: Settings, name: str, technician: TechnicianSection) -> bool:
    return find_technician(settings.technicians, name) is technician


def _others(
    settings: Settings, companies: Mapping[str, int], uow: SqlUnitOfWork, *, now: datetime
) -> list[int]:
    """Row numbers of everybody else whom the file names."""
    by_domain = {
        domain.lower(): company.name for company in settings.companies for domain in company.domains
    }
    grouped = {company.name: company.grouped for company in settings.companies}
    numbers = []
    for section in settings.people:
        company = section.company or by_domain.get(section.address.rpartition("@")[2], "")
        person = uow.roster.put_person(
            name=section.name,
            addresses=(section.address, *section.other_addresses),
            at=now,
            technician=False,
            wishes=section.wishes,
            company_id=companies.get(company),
            independent=section.independent or not grouped.get(company, True),
            administrator=section.administrator,
            **_quality(section),
        )
        uow.roster.set_rights(person.id, {})
        numbers.append(person.id)
    return numbers
