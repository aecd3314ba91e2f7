"""What the demo tells in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.cli.rules import explain
from bot.service import Core
from bot.settings import Settings
from storage.held import HELD
from storage.unit_of_work import SqlUnitOfWork

_MILLI = 1000.0


class Talk:
    """Tells each hop of each mail, as the desk has recorded it."""

    def __init__(self, file: Path) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._file = file
        self._events: set[int] = set()

    def begin(self, settings: Settings) -> None:
        """Say what is about to happen."""
        listener, data = settings.listeners[0], _short(settings.desk.data)
        self._say(
            f"[bold]{settings.desk.name}[/] takes mail for {settings.queues[0].address} at "
            f"smtp://{listener.host}:{listener.port}"
        )
        self._say(
            f"Its database and everything it would send are in {data}/. Watch a conversation:"
        )

    def turn(self, story: str) -> None:
        """A new mail."""
        self._say(f"\n[bold cyan]✉ {story}[/]")

    def tell(self, core: Core, *, answer: str, accepted: float, handled: float) -> None:
        """What the three hops made of the mail that was just sent."""
        number = int(answer.rpartition(" ")[2])
        self._hop("accepted", f"inbox {number} in {accepted * _MILLI:.0f} ms: 250 {answer}")
        for line in core.database.read(lambda uow: self._understood(uow, number)):
            self._hop(*line)
        self._hop("", f"[dim]all within {handled * _MILLI:.0f} ms[/]")

    def _understood(self, uow: SqlUnitOfWork, inbox_id: int) -> list[tuple[str, str]]:
        ticket_id = next(
            number
            for number in (ticket.id for ticket in uow.tickets.newest(limit=9, everything=True))
            if any(row["id"] == inbox_id for row in uow.inbox.of_ticket(number))
        )
        row = next(row for row in uow.inbox.of_ticket(ticket_id) if row["id"] == inbox_id)
        verdict = row["verdict"]
        lines = [
            (name, f"[green]{verdict[key]}[/]: {explain(verdict[key])}")
            for name, key in (("understood", "thread rule"), ("allowed", "access rule"))
        ]
        held = f"[bold]held[/]: {row['reason']}" if row["state"] == HELD else ""
        lines.append(("", "→ " + (held or f"[bold]ticket {ticket_id}[/]")))
        new = {e.id for e in uow.tickets.events(ticket_id)} - self._events
        self._events |= new
        for delivery in uow.deliveries.of_ticket(ticket_id):
            if delivery["event_id"] in new:
                path = escape(_short(Path(delivery["reason"].removeprefix("written to "))))
                who, what = delivery["address"], delivery["notification"]
                lines.append(("told", f"{who:<26}{what:<17}[dim]{path}[/]"))
        return lines

    def invite(self, settings: Settings, *, stays: bool) -> None:
        """Say how to look at the result, and how to send mail of one's own."""
        command, listener = _command(self._file), settings.listeners[0]
        self._say("\n[bold]Look at it[/]")
        looks = (
            (f"{command} show 1", "the conversation"),
            (f"{command} show 1 --why", "why everything happened"),
            (f"{command} tickets --all", "the list"),
            (f"{command} held --dropped", "the mail that was not let in"),
            (f"ls {_short(settings.desk.data)}/outbox", "every mail that was sent"),
        )
        width = max(len(typed) for typed, _ in looks)
        for typed, meaning in looks:
            self._say(f"  {typed:<{width}}  [dim]{meaning}[/]")
        if not stays:
            return
        mail = "printf 'From: you@example.net\\nSubject: Hello\\n\\nMy screen stays dark.\\n'"
        self._say("\n[bold]Write to it yourself[/], from another terminal")
        self._say(
            f"  {mail} | curl -sS smtp://{listener.host}:{listener.port} "
            f"--mail-from you@example.net --mail-rcpt {settings.queues[0].address} -T -"
        )
        self._say("  or without curl, through the pipe that mail servers use:")
        self._say(f"  {mail} | {command} accept {settings.queues[0].address}")
        self._say(f"  {command} show 2 --why")
        self._say("\nThe desk stays up. Ctrl-C ends it.")

    def end(self, settings: Settings) -> None:
        """Say that it is over."""
        self._say(f"\nThe desk has ended. {_short(settings.desk.data)}/ stays until the next demo.")

    def _hop(self, name: str, text: str) -> None:
        self._console.print(f"  [dim]{name:<11}[/]{text}")

    def _say(self, text: str) -> None:
        self._console.print(text)


def _short(path: Path) -> str:
    """A path as one would type it here."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)


def _command(file: Path) -> str:
    program = _short(Path(sys.argv[0])) if Path(sys.argv[0]).is_file() else "replydesk"
    return f"{program} --config {_short(file)}"
