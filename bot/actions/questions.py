"""Somebody asked something: nothing changes, and they alone hear of it."""

from __future__ import annotations

from datetime import datetime

from bot.actions.recording import record
from bot.desk.people import Person
from bot.desk.questions import Question
from bot.desk.ticket import EventKind, Ticket
from bot.ports import UnitOfWork


def answer_question(
    uow: UnitOfWork,
    ticket: Ticket,
    question: Question,
    *,
    actor: Person,
    message_id: str = "",
    rule: str,
    now: datetime,
) -> None:
    """Queue the answer, which is found out when it is sent: the event holds the question alone."""
    record(
        uow,
        ticket,
        EventKind.QUESTION_ANSWERED,
        actor=actor,
        workunit_id=None,
        visibility=None,
        data={"question": question.line, "message_id": message_id},
        rule=rule,
        now=now,
    )
