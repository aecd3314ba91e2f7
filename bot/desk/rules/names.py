"""What the configuration knows by name, and the nearest of it to what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.desk.nearest import suggestion
from bot.desk.ticket import EventKind, Kind, Status, Visibility

#: What rules do themselves is told, and starts no further rules.
OWN_EVENTS = frozenset(
    {
        EventKind.RULE_SUGGESTED,
        EventKind.RULE_DECIDED,
        EventKind.RULE_STOPPED,
        EventKind.RULE_TOLD,
        EventKind.ESCALATION_REQUESTED,
        EventKind.QUESTION_ANSWERED,  # nothing has happened to the ticket
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """Every name that a rule may use; None where anything goes."""

    groups: tuple[str, ...] | None = None
    #: Names and addresses.
    technicians: tuple[str, ...] | None = None
    queues: tuple[str, ...] | None = None
    companies: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    resolutions: tuple[str, ...] | None = None
    custom_fields: tuple[str, ...] | None = None
    #: Ways to tell somebody something.
    channels: tuple[str, ...] = ("email",)
    statuses: tuple[str, ...] = tuple(status.value for status in Status)
    kinds: tuple[str, ...] = tuple(kind.value for kind in Kind)
    events: tuple[str, ...] = tuple(k.value for k in EventKind if k not in OWN_EVENTS)
    visibilities: tuple[str, ...] = tuple(each.value for each in Visibility)
    roles: tuple[str, ...] = ("requester", "technician", "other", "desk")


def knows(known: Iterable[str], name: str) -> bool:
    """Whether a name is among these, in any case."""
    return name.casefold() in {each.casefold() for each in known}


def nearest(name: str, known: Iterable[str]) -> str:
    """In words, what somebody may have meant: ``; did you mean Network?``."""
    return f"; {suggestion(name, dict.fromkeys(known))}"
