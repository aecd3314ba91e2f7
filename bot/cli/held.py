"""``replydesk held``: mails whose author claims rights that nothing proves, and what to do with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from cyclopts import App, Parameter

from bot import actions
from bot.cli.arguments import checked_address, decider
from bot.cli.inspect import inspect_mail
from bot.cli.inspect_words import explain
from bot.cli.mails import read_head
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, age, say, say_columns, say_json, shorten
from bot.cli.why import mail_lines
from bot.desk.holding import Decision, Fate, Wish, describe
from bot.errors import NotFound, Undecidable, UnreadableMail
from bot.ports import HeldMail
from storage.held import DROPPED, HELD
from storage.unit_of_work import SqlUnitOfWork

held = App(name="held", result_action="return_value")

_HEAD = ("inbox", "age", "from", "proven", "ticket", "subject", "why")
_FROM, _SUBJECT, _REASON = 34, 40, 90
#: What is known of the address, in a column.
_PROVEN = {"pass": "yes", "fail": "disowned", "none": "no"}


@held.default
def list_(*, dropped: Flag = False, json: Flag = False, limit: int = 100) -> None:
    """List mails that wait for a decision, newest first.

    ``disowned``: the domain of the address says that it did not send the mail.

    Args:
        dropped: List those that were dropped instead.
        json: Print JSON.
        limit: At most so many.
    """
    with opened() as storage:
        rows = storage.database.read(
            partial(_rows, storage, state=DROPPED if dropped else HELD, limit=limit)
        )
        if json:
            say_json(rows)
            return
        now = storage.clock()
    table = [
        (
            row["id"],
            age(now - row["received_at"]),
            shorten(row["from"] or "-", _FROM),
            _PROVEN.get(row["authentication"], "no"),
            row["ticket_id"] or "-",
            shorten(row["subject"] or "-", _SUBJECT),
            shorten(row["reason"], _REASON),
        )
        for row in rows
    ]
    say_columns(_HEAD, table, none=f"No mail {'was dropped' if dropped else 'is held'}.")
    if rows and not dropped:
        say()
        say("Read one: replydesk held show INBOX")
        say("Decide: replydesk held accept INBOX…    replydesk held drop INBOX… --reason WHY")


def _rows(storage: Storage, uow: SqlUnitOfWork, *, state: str, limit: int) -> list[dict[str, Any]]:
    """The held mails, each with what its head names."""
    rows = []
    for mail in uow.held.listed(state=state, limit=limit):
        author, subject = read_head(uow.inbox.raw(mail.id, storage.blobs))
        rows.append({**asdict(mail), "from": mail.author or author, "subject": subject})
    return rows


@held.command
def show(number: int, /) -> None:
    """Show what a held mail says, what was found out about it, and what was decided.

    Args:
        number: Its inbox number.
    """
    with opened() as storage:
        mail, row, raw = storage.database.read(partial(_one, storage, number))
        try:
            said = explain(f"Inbox {number}", inspect_mail(raw))
        except UnreadableMail as unreadable:
            said = str(unreadable)
        for line in (said.rstrip("\n"), "", *_verdict(mail, row, storage)):
            say(line)


def _one(
    storage: Storage, number: int, uow: SqlUnitOfWork
) -> tuple[HeldMail, dict[str, Any], bytes]:
    mail = uow.held.find(number)
    if mail is None:
        raise NotFound(f"no held mail has the number {number}; 'replydesk held' lists them")
    return mail, uow.held.row(number), uow.inbox.raw(number, storage.blobs)


def _verdict(mail: HeldMail, row: dict[str, Any], storage: Storage) -> Iterator[str]:
    yield "  Held         " + mail.reason
    if mail.decision:
        yield "  Decided      " + describe(mail.decision)
    yield ""
    yield from mail_lines(row, storage)


@held.command
def accept(
    *numbers: int,
    ticket: int | None = None,
    new: Flag = False,
    trust: Flag = False,
    author: Annotated[str, Parameter(name="--from")] = "",
    dropped: Flag = False,
) -> None:
    """Accept held mails as their authors' own: you have made sure who wrote them.

    They go into the ticket that they want, else into new ones. The running service does it at once.

    Args:
        numbers: Inbox numbers. All or none are taken.
        ticket: Put them into this ticket instead.
        new: Open a ticket for each instead.
        trust: From now on take unproven mail from these addresses as their owners'.
        author: Who wrote it, where the mail itself cannot tell.
        dropped: Take mails that were dropped, too.
    """
    if ticket is not None and new:
        raise Undecidable("--ticket and --new contradict each other")
    wishes = [
        Wish(
            number=number,
            fate=Fate.ACCEPTED,
            ticket_id=ticket,
            new=new,
            author=checked_address(author) if author else "",
            trusts=trust,
        )
        for number in numbers
    ]
    for number, decision in _decide(wishes, states=(HELD, DROPPED) if dropped else (HELD,)):
        where = f"into ticket {decision.ticket_id}" if decision.ticket_id else "into a new ticket"
        say(f"inbox message {number} goes {where}" + (", its sender is trusted" if trust else ""))


@held.command
def drop(*numbers: int, reason: str) -> None:
    """Drop held mails: they go nowhere, and nobody is told. The mails themselves are kept.

    Args:
        numbers: Inbox numbers. All or none are taken.
        reason: Why; kept with your name.
    """
    wishes = [Wish(number=number, fate=Fate.DROPPED, reason=reason) for number in numbers]
    for number, _decision in _decide(wishes, states=(HELD,)):
        say(f"inbox message {number} is dropped")


def _decide(wishes: Sequence[Wish], *, states: tuple[str, ...]) -> list[tuple[int, Decision]]:
    if not wishes:
        raise NotFound("name at least one number; 'replydesk held' lists them")
    with opened() as storage:
        now = storage.clock()

        def decide(uow: SqlUnitOfWork) -> list[tuple[int, Decision]]:
            return [
                (
                    wish.number,
                    actions.decide_held(
                        uow,
                        wish,
                        by=decider(),
                        actor=None,
                        states=states,
                        rule="decided_at_the_command_line",
                        now=now,
                    ),
                )
                for wish in wishes
            ]

        return storage.database.run(decide)
