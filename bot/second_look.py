"""Whether a message still makes sense at the moment of sending."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import WEBHOOK
from bot.desk.access import Deed, may
from bot.desk.access import may_read as may_be_shown
from bot.desk.notifications import Audience
from bot.desk.questions import ANSWER
from bot.desk.satisfaction import may_read
from bot.desk.ticket import Visibility
from bot.ports import DueDelivery


def cancelled_because(due: DueDelivery) -> str:
    """Why a delivery makes no sense any more; empty when it does.

    The check for internal words is a second lock: `bot.telling` already asks nobody else.
    """
    workunit, standing = due.workunit, due.standing
    if due.person.channel == WEBHOOK:  # `build_post` takes no internal words along
        return "" if due.person.reachable else "the address refuses posts"
    if due.person.deactivated_at is not None:
        return "they take no part any more"
    if workunit is not None and workunit.visibility is not Visibility.PUBLIC:
        if not (due.person.technician or due.person.administrator):
            return "internal words go to technicians only"
        if standing is not None and not may_be_shown(standing, workunit.visibility):
            return "they may not read these words"
    if not due.person.reachable:
        return "the address refuses mail"
    return _OWN_CHECKS.get(due.notification, _in_other_hands)(due)


def _in_other_hands(due: DueDelivery) -> str:
    """Why a technician needs no mail about a ticket that is no longer theirs; empty when they do."""
    standing = due.standing
    for_owner = due.notification == "assigned" and due.role != Audience.GROUP
    owns = due.ticket.owner_id == due.person.id or (standing is not None and standing.deputy)
    if for_owner and not owns:
        return "somebody else has the ticket by now"
    if due.notification == "new-ticket" and standing and not may(standing, Deed.SEE_TICKET).allowed:
        return "another group works on it by now"
    return ""


def living(due: DueDelivery) -> tuple[DueDelivery | None, dict[int, str]]:
    """The delivery with what still makes sense of its message, and why the rest does not, by number.

    None where the lead itself makes no sense: what went along needs a message of its own.
    """
    reasons = {part.id: cancelled_because(part) for part in (due, *due.companions)}
    left_out = {number: reason for number, reason in reasons.items() if reason}
    if not left_out:
        return due, {}
    if due.id in left_out:
        return None, left_out
    kept = tuple(part for part in due.companions if part.id not in left_out)
    return replace(due, companions=kept), left_out


def _not_to_be_told(due: DueDelivery) -> str:
    """Why quality staff do not hear of a rating; empty when they do."""
    rating = due.rating
    if rating is None or rating.good or not rating.comment:
        return "the requester thinks better of it by now"
    if due.person.id == due.ticket.owner_id or not may_read(rating, due.person):
        return "only quality staff read a rating, and never whom it is about"
    return ""


def _not_to_be_answered(due: DueDelivery) -> str:
    """Why nobody may be told under this ticket what they asked; empty when they may."""
    standing = due.standing
    if due.answer is None or standing is None or not may(standing, Deed.SEE_TICKET).allowed:
        return "they may not see this ticket any more"
    return ""


#: What else some notifications depend on.
_OWN_CHECKS = {"rated": _not_to_be_told, ANSWER: _not_to_be_answered}
