"""What a webhook gets: the event and the ticket as JSON, and nothing internal."""

from __future__ import annotations

import json

from bot.desk.people import Person
from bot.desk.rules.rulebook import chain
from bot.desk.ticket import Visibility
from bot.ports import DueDelivery, Outgoing


def build_post(due: DueDelivery) -> Outgoing:
    """One delivery to a URL; its body is the text."""
    return Outgoing(
        delivery_id=due.id,
        to_name=due.person.name,
        to_address=due.person.address,
        from_name="",
        from_address="",
        reply_to="",
        envelope_sender="",
        message_id=due.message_id or f"event_{due.event.id}_{due.id}",
        in_reply_to=None,
        references=(),
        subject="",
        text=json.dumps(_body(due), ensure_ascii=False),
        html="",
        at=due.at,
    )


def _body(due: DueDelivery) -> dict[str, object]:
    ticket, unit = due.ticket, due.workunit
    public = unit is not None and unit.visibility is Visibility.PUBLIC
    return {
        "type": due.event.kind,
        "timestamp": due.event.at.isoformat(),
        "data": {
            "rules": list(chain(due.event.rule)),
            "by": due.actor_name,
            "changes": due.event.data.get("changes", []),
            "words": unit.text if unit is not None and public else None,
            "ticket": {
                "number": ticket.id,
                "title": ticket.title,
                "kind": ticket.kind.value,
                "type": ticket.type,
                "status": ticket.status.value,
                "priority": int(ticket.priority),
                "group": due.group.name,
                "queue": due.queue.address,
                "requester": _who(due.requester),
                "owner": due.owner_name,
                "opened_at": ticket.opened_at.isoformat(),
            },
        },
    }


def _who(person: Person) -> dict[str, str]:
    return {"name": person.name, "address": person.address}
