"""``replydesk request``: a ticket on behalf of somebody who called or came by."""

from __future__ import annotations

from bot import actions
from bot.actions import Words
from bot.cli.arguments import checked_address
from bot.cli.opening import opened
from bot.cli.output import say
from bot.cli.people_life import find_person
from bot.directory import Directory
from bot.errors import NotPossible
from storage.unit_of_work import SqlUnitOfWork


def request(address: str, title: str, /, *, by: str, text: str = "", name: str = "") -> None:
    """Open a ticket on behalf of somebody; they are acknowledged, its group is told.

    Args:
        address: Mail address of whoever asks.
        title: What it is about, in one line.
        by: The technician who enters it: number, address or name.
        text: What they said; the title when left out.
        name: Their name, where the desk does not know it yet.
    """
    plain = checked_address(address)
    with opened() as storage:
        now = storage.clock()

        def enter(uow: SqlUnitOfWork) -> int:
            directory = Directory(uow.people.queues())
            editor = find_person(uow, by)
            if not editor.technician or editor.deactivated_at is not None:
                raise NotPossible(f"{editor.name or editor.address} is no technician")
            if directory.knows(plain):
                raise NotPossible(f"{plain} is an address of the desk itself")
            requester = uow.people.add(name=name, channel="email", address=plain, at=now)
            if requester.deactivated_at is not None:
                raise NotPossible(f"{plain} belongs to somebody who was deactivated")
            ticket = actions.open_ticket(
                uow,
                title=title,
                queue=directory.default,
                actor=requester,
                editor=editor,
                words=Words(text=text or title, editor_id=editor.id),
                acknowledge=True,
                trusted=True,
                rule="entered_on_behalf",
                now=now,
            )
            return ticket.id

        number = storage.database.run(enter)
    say(f"Ticket {number} is opened.")
