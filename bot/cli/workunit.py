"""``replydesk workunit``: what somebody wrote is corrected, and what it was before."""

from __future__ import annotations

import sys
from functools import partial

from bot import actions
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, say, say_json
from bot.cli.thread import workunit_lines
from bot.desk.ticket import Ticket, Visibility, Workunit
from bot.desk.workunits import Booking, clock, read_minutes
from bot.errors import NotFound, NotPossible
from storage.unit_of_work import SqlUnitOfWork

RULE = "decided_at_the_command_line"


def edit_(number: int, /, *, text: str | None = None, time: str = "", stdin: Flag = False) -> None:
    """Give words a new text or a new time; what they were is kept, and nobody is told.

    Args:
        number: Their number as 'replydesk show' has it.
        text: The new words; may be empty.
        time: The new time: 0:30, 1.5h or 45m.
        stdin: Take the new words from standard input.
    """
    words = sys.stdin.read().strip() if stdin else text
    if words is None and not time:
        raise NotPossible("say what is new: --text, --stdin or --time")
    with opened() as storage:
        storage.database.run(partial(_edit, storage, number, words, time))
    say(f"words {number} are edited; 'replydesk workunit history {number}' has what they were")


def _edit(storage: Storage, number: int, words: str | None, time: str, uow: SqlUnitOfWork) -> None:
    ticket, unit = _find(uow, number)
    booking = None
    if time:
        try:
            minutes = read_minutes(time)
        except ValueError as why:
            raise NotPossible(str(why)) from None
        booking = Booking(minutes=minutes, profile=unit.profile, hourly_rate=unit.hourly_rate)
    actions.edit_workunit(
        uow,
        ticket,
        unit,
        text=words,
        booking=booking,
        actor=None,
        rule=RULE,
        now=storage.clock(),
    )


def _find(uow: SqlUnitOfWork, number: int) -> tuple[Ticket, Workunit]:
    unit = uow.entries.get(number)
    ticket = uow.tickets.get(unit.ticket_id) if unit else None
    if unit is None or ticket is None:
        raise NotFound(f"no words have the number {number}; 'replydesk show TICKET' has them")
    return ticket, unit


def history_(number: int, /, *, private: Flag = False, json: Flag = False) -> None:
    """Show what words are, and what they were before each edit.

    Args:
        number: Their number as 'replydesk show' has it.
        private: Show private words, too.
        json: Print JSON.
    """
    with opened() as storage:
        (_ticket, unit), rows = storage.database.read(
            lambda uow: (_find(uow, number), uow.entries.revisions(number))
        )
        if unit.visibility is Visibility.PRIVATE and not private:
            raise NotPossible(f"words {number} are private; --private shows them")
        if json:
            say_json({"workunit": unit, "revisions": rows})
            return
        for line in workunit_lines(unit, storage):
            say(line)
        for row in rows:
            time = f", {clock(row['minutes'])} h" if row["minutes"] else ""
            say(f"\nuntil {storage.local(row['at'])}{time}")
            for line in row["text"].splitlines():
                say(f"  | {line}".rstrip())
