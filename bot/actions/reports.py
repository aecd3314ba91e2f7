"""What became of a delivery: it failed, it was called spam, it went to another address instead."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk.people import Person
from bot.desk.ticket import EventKind, Ticket
from bot.ports import NewDelivery, PastDelivery, UnitOfWork
from threading_engine.reports import Report, ReportKind

#: The notifications that tell technicians of these events. Where no mail goes out at all, telling of
#: that by mail would breed more of the same. That
#: somebody should have heard of a bad rating is none of the owner's business.
_TELLING = frozenset({"undeliverable", "complaint", "rated"})


def record_report(
    uow: UnitOfWork,
    delivery: PastDelivery,
    report: Report,
    *,
    inbox_id: int,
    proven: bool,
    rule: str,
    now: datetime,
) -> None:
    """Keep what a machine's mail says about a delivery, and do what follows from it.

    Only a `proven` report, one that its receiver's mail system must have sent, marks an address:
    Message-IDs of ours are read by everybody in copy, who could have any address struck off.
    """
    uow.reports.add(
        delivery.id,
        inbox_id=inbox_id,
        kind=report.kind.value,
        reason=report.reason,
        code=report.code,
        at=now,
    )
    if report.kind is ReportKind.FAILED:
        record_failure(
            uow,
            delivery.id,
            reason=report.reason,
            code=report.code,
            dead=report.dead and proven,
            elsewhere=proven,
            rule=rule,
            now=now,
        )
    elif report.kind is ReportKind.COMPLAINED:
        _record_complaint(uow, delivery, report.reason, proven=proven, rule=rule, now=now)


def record_failure(
    uow: UnitOfWork,
    delivery_id: int,
    *,
    reason: str,
    code: str,
    dead: bool,
    elsewhere: bool = True,
    rule: str,
    now: datetime,
) -> None:
    """Note that a delivery will never arrive, and tell the technicians once.

    A `dead` address is marked. With `elsewhere` the notification goes to another address of the
    same person, if there is one.
    """
    delivery = uow.deliveries.find(delivery_id)
    if delivery is None:
        return
    first = uow.deliveries.refuse(delivery_id, reason=reason, code=code)
    if not first and not (elsewhere and _was_only_claimed(uow, delivery)):
        return
    ticket, person = uow.tickets.get(delivery.ticket_id), uow.people.get(delivery.person_id)
    if ticket is None or person is None:
        return
    if dead:
        uow.people.set_reachable(delivery.identity_id, reachable=False)
    other = send_elsewhere(uow, delivery, now=now) if elsewhere else None
    for companion in uow.deliveries.companions(delivery_id):
        # It did not arrive either, and needs no notice of its own.
        uow.deliveries.refuse(companion.id, reason=reason, code=code)
        if elsewhere:
            send_elsewhere(uow, companion, now=now)
    data: dict[str, object] = {
        "delivery": delivery_id,
        "address": delivery.address,
        "reason": reason,
        "code": code,
    }
    quiet = delivery.notification in _TELLING or _is_known_dead(uow, ticket, delivery)
    marks = {"elsewhere": other and other.address, "claimed": not elsewhere, "quiet": quiet}
    data |= {mark: value for mark, value in marks.items() if value}
    record(
        uow,
        ticket,
        EventKind.DELIVERY_FAILED,
        actor=person,
        workunit_id=delivery.workunit_id,
        visibility=None,
        data=data,
        rule=rule,
        now=now,
    )


def _was_only_claimed(uow: UnitOfWork, delivery: PastDelivery) -> bool:
    """Whether all that is known of the failure is what somebody said who may have forged it."""
    failures = [
        event.data
        for event in uow.tickets.events(delivery.ticket_id)
        if event.kind == EventKind.DELIVERY_FAILED and event.data.get("delivery") == delivery.id
    ]
    return bool(failures) and "claimed" in failures[-1]


def _is_known_dead(uow: UnitOfWork, ticket: Ticket, delivery: PastDelivery) -> bool:
    """Whether the technicians of this ticket have been told that the address is dead.

    Mails that were under way when the first of them came back are no news.
    """
    if delivery.reachable:
        return False
    return any(
        event.kind == EventKind.DELIVERY_FAILED and event.data.get("address") == delivery.address
        for event in uow.tickets.events(ticket.id)
    )


def send_elsewhere(uow: UnitOfWork, delivery: PastDelivery, *, now: datetime) -> Person | None:
    """Queue the same notification for another address of the person; None when there is none."""
    for person in uow.people.identities(delivery.person_id):
        if person.reachable and person.identity_id != delivery.identity_id:
            new = NewDelivery(
                ticket_id=delivery.ticket_id,
                event_id=delivery.event_id,
                notification=delivery.notification,
                role=delivery.role,
                person=person,
                due_at=now,
                bundle=delivery.bundle,
            )
            if uow.deliveries.add(new):
                return person
    return None


def _record_complaint(
    uow: UnitOfWork,
    delivery: PastDelivery,
    reason: str,
    *,
    proven: bool,
    rule: str,
    now: datetime,
) -> None:
    """Note that somebody called our mail spam, and tell the technicians the first time.

    People press that button by accident, too, so answers still go there; what nobody wrote does not.
    """
    ticket = uow.tickets.get(delivery.ticket_id)
    person = next(
        (p for p in uow.people.identities(delivery.person_id) if p.address == delivery.address),
        None,
    )
    if ticket is None or person is None:
        return
    if proven:
        uow.people.set_complained(delivery.identity_id, at=now)
    data: dict[str, object] = {"delivery": delivery.id, "address": delivery.address}
    if reason:
        data["reason"] = reason
    if person.complained or delivery.notification in _TELLING or _complained(uow, delivery):
        data["quiet"] = True
    record(
        uow,
        ticket,
        EventKind.DELIVERY_COMPLAINED,
        actor=person,
        workunit_id=delivery.workunit_id,
        visibility=None,
        data=data,
        rule=rule,
        now=now,
    )


def _complained(uow: UnitOfWork, delivery: PastDelivery) -> bool:
    return any(
        event.kind == EventKind.DELIVERY_COMPLAINED
        and event.data.get("address") == delivery.address
        for event in uow.tickets.events(delivery.ticket_id)
    )
