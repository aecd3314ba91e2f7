"""What follows from the events of a job, at its end and in its transaction."""

from __future__ import annotations

import structlog

from bot.errors import StorageAway
from bot.ports import UnitOfWork
from bot.workflow.asking import follow_events
from bot.workflow.timed import arm

log = structlog.get_logger()


def follow(uow: UnitOfWork) -> None:
    """Ask the rules about every event, and compute anew when the timed ones will hit."""
    if not uow.policy.rules.rules:
        uow.recorded.clear()
        return
    for ticket_id, at in follow_events(uow).items():
        try:
            with uow.savepoint():
                arm(uow, ticket_id, now=at)
        except StorageAway:
            raise
        except Exception:
            # Better a timed rule that is late than a message that is lost.
            log.exception("timed workflow rules could not be set", ticket=ticket_id)
