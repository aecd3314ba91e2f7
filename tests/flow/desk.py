"""A whole desk at work for a test: real ports, a real database, a server that takes its mail.

A flow reads like the promise: `mail` something, `expect` exactly these mails, and
`expect_nothing_more`.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select

from bot import actions
from bot.desk.holding import Decision, Fate, Wish
from bot.service import Core
from bot.settings import Settings
from storage.inbox import WAITING
from storage.tables import inbox, tickets
from tests.flow.clock import TurnedClock
from tests.flow.inside import TicketView, is_busy, look_at
from tests.flow.letters import Enclosed, Letter, Received, answer, write
from tests.flow.service_thread import ServiceThread
from tests.servers.smtp_sink import CapturedMail, SmtpSink

DESK = "desk@example.org"
TESS = "Tess Tech <tess@example.org>"
TOM = "Tom Tool <tom@example.org>"
ANN = "Ann Asker <ann@customer.example>"
VERA = "Vera Vendor <vera@printers.example>"
MALLORY = "Mallory <mallory@elsewhere.example>"

#: The relay in front of the desk; the desk believes what it says about senders.
RELAY = "mx.example.org"

Proof = Literal["pass", "fail", "none"]

#: Seconds until something that does not come fails a test.
PATIENCE = 6.0


@dataclass(kw_only=True)
class RunningDesk:
    """One service in a thread and loop of its own."""

    database_url: str
    folder: Path
    sink: SmtpSink
    clock: TurnedClock = field(default_factory=TurnedClock)
    #: Sections that replace those of `_settings`.
    sections: Mapping[str, Any] = field(default_factory=dict)
    address: str = DESK
    #: Takes the mails instead of the desk's own port, when set.
    post: Callable[[Letter], None] | None = None

    def __post_init__(self) -> None:
        self._seen: set[int] = set()

    # --- running -----------------------------------------------------------------------------------

    def start(self) -> RunningDesk:
        """Open the doors."""
        self.core = Core(self._settings(), clock=self.clock)
        self.thread = ServiceThread(self.core)
        try:
            self.core.prepare()
            self.thread.start(within=PATIENCE)
        except BaseException:
            self.core.close()
            raise
        return self

    def close(self) -> None:
        """End in good order; nothing happens when it has ended."""
        try:
            self.thread.end()
        finally:
            self.core.close()

    def restart(self) -> None:
        """End and begin again on the same data."""
        self.close()
        self.start()

    def _settings(self) -> Settings:
        sections: dict[str, Any] = {
            "desk": {"name": "Example Desk", "data": self.folder, "database": self.database_url},
            "queues": [{"address": self.address}],
            "technicians": [_technician(TESS), _technician(TOM)],
            "listeners": [{"port": 0}, {"port": 0, "protocol": "lmtp"}],
            "http": {"enabled": False},
            "smtp_out": {"host": self.sink.host, "port": self.sink.port, "tls": "none"},
            # People do not write within milliseconds of each other; test_bursts says what then happens.
            "notify": {"burst_minutes": 0},
            "trust": {"relays": ["127.0.0.1/32"], "authserv_ids": [RELAY]},
        }
        return Settings(**{**sections, **self.sections})

    # --- writing to the desk -----------------------------------------------------------------------

    def mail(
        self,
        frm: str,
        to: str | Iterable[str],
        subject: str,
        text: str,
        *,
        proof: Proof = "pass",
        html: str = "",
        files: Iterable[Enclosed] = (),
        **headers: str | None,
    ) -> Letter:
        """Send a mail through the relay, which says what it knows of the sender."""
        letter = self.letter(frm, to, subject, text, proof=proof, html=html, files=files, **headers)
        self.hand_over(letter)
        return letter

    def letter(
        self,
        frm: str,
        to: str | Iterable[str],
        subject: str,
        text: str,
        *,
        proof: Proof = "pass",
        html: str = "",
        files: Iterable[Enclosed] = (),
        **headers: str | None,
    ) -> Letter:
        """Write the same mail without sending it."""
        fields: dict[str, str | None] = {}
        if proof != "none":
            fields["Authentication-Results"] = f"{RELAY}; dmarc={proof}"
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        return write(
            frm, to, subject, text, at=self.clock(), html=html, files=files, headers=fields
        )

    def reply(
        self,
        to_mail: Received,
        frm: str,
        text: str,
        *,
        quoting: str | None = None,
        proof: Proof = "pass",
        files: Iterable[Enclosed] = (),
        **headers: str | None,
    ) -> Letter:
        """Answer as a mail program does: threaded, to Reply-To, with the other mail quoted below."""
        subject, body, fields = answer(to_mail, text, quoting=quoting)
        letter = self.letter(
            frm,
            to_mail.reply_to,
            subject,
            body,
            proof=proof,
            files=files,
            html="",
            **{**fields, **headers},
        )
        self.hand_over(letter)
        return letter

    def hand_over(self, letter: Letter, *, protocol: Literal["smtp", "lmtp"] = "smtp") -> None:
        """Hand a mail to the port, to those of its recipients that are ours."""
        if self.post is not None:
            self.post(letter)
            return
        ours = [to for to in letter.recipients if self._is_ours(to)]
        self.hand_over_raw(letter.raw, sender=letter.sender, to=ours, protocol=protocol)

    def _is_ours(self, address: str) -> bool:
        plain = f"{address.partition('@')[0].partition('+')[0]}@{address.rpartition('@')[2]}"
        return plain in {queue.address for queue in self.core.settings.queues}

    def hand_over_raw(
        self,
        raw: bytes,
        *,
        sender: str = "somebody@elsewhere.example",
        to: Iterable[str] | None = None,
        protocol: Literal["smtp", "lmtp"] = "smtp",
    ) -> None:
        """Hand any bytes to the port; raises what `smtplib` raises when they are not taken."""
        client_class, port = {
            "smtp": (smtplib.SMTP, self.thread.ports[0]),
            "lmtp": (smtplib.LMTP, self.thread.ports[1]),
        }[protocol]
        with client_class("127.0.0.1", port, timeout=30) as client:
            client.sendmail(sender, list(to or [self.address]), raw)

    # --- what the desk sends -------------------------------------------------------------------------

    def expect(self, to: str, *, containing: str = "", within: float = PATIENCE) -> Received:
        """The next mail to this address that no `expect` has had, fails when none comes."""
        found: Received | None = self._wait_for(lambda: self._next(to, containing), within)
        assert found is not None, f"no mail to {to} {containing!r} came; {self._explain()}"
        return found

    def expect_nothing_more(self) -> None:
        """Wait until the desk has nothing left to do; every mail it sent must have been expected."""
        self.settle()
        unexpected = [_received(mail) for _, mail in self._unseen()]
        assert not unexpected, f"mails that nobody expects: {unexpected}"

    def settle(self, within: float = PATIENCE) -> None:
        """Wait until nothing is due."""
        idle = self._wait_for(lambda: self._is_idle() or None, within)
        assert idle, f"the desk is still busy; {self._explain()}"

    def drain(self) -> list[Received]:
        """Wait until the desk has nothing left to do; everything it sent that nobody expected yet."""
        self.settle()
        found = self._unseen()
        self._seen.update(number for number, _ in found)
        return [_received(mail) for _, mail in found]

    def advance(self, **by: float) -> None:
        """Turn the clock forward and let the loops look at it."""
        self.clock.advance(timedelta(**by))
        self.core.database.wake("inbox")
        self.core.database.wake("deliveries")

    def _next(self, to: str, containing: str) -> Received | None:
        for number, mail in self._unseen():
            if to in mail.recipients and containing in (received := _received(mail)).text:
                self._seen.add(number)
                return received
        return None

    def _unseen(self) -> list[tuple[int, CapturedMail]]:
        return [
            (n, mail)
            for n, mail in enumerate(self.sink.attempts)
            if mail.accepted and n not in self._seen and self._sent(mail)
        ]

    def _sent(self, mail: CapturedMail) -> bool:
        """Two desks may share one server."""
        return mail.sender.rpartition("@")[2] == self.address.rpartition("@")[2]

    # --- looking inside ------------------------------------------------------------------------------

    def ticket(self, number: int) -> TicketView:
        """One ticket as it stands once the desk has nothing left to do."""
        self.settle()

        return self.core.database.read(lambda uow: look_at(uow, number))

    def count_tickets(self) -> int:
        """How many there are once the desk has nothing left to do."""
        self.settle()
        query = select(func.count()).select_from(tickets)
        return self.core.database.read(lambda uow: uow.connection.execute(query).scalar_one())

    def waiting(self, state: str = "") -> list[dict[str, Any]]:
        """Inbox rows that wait for a person, newest first."""
        self.settle()
        rows = self.core.database.read(lambda uow: uow.inbox.waiting())
        assert state in {*WAITING, ""}
        return [row for row in rows if state in {"", row["state"]}]

    def replay(self, inbox_id: int) -> None:
        """What ``replydesk replay`` does."""
        now = self.clock()
        done = self.core.database.run(lambda uow: uow.inbox.replay(inbox_id, now=now))
        assert done, f"inbox row {inbox_id} does not wait"

    def decide(self, inbox_id: int, fate: Fate = Fate.ACCEPTED, **wish: Any) -> Decision:  # noqa: ANN401 - a wish's fields
        """What ``replydesk held accept`` and ``drop`` do; raises Undecidable."""
        now = self.clock()
        return self.core.database.run(
            lambda uow: actions.decide_held(
                uow,
                Wish(number=inbox_id, fate=fate, **wish),
                by="root at the command line",
                actor=None,
                rule="decided_at_the_command_line",
                now=now,
            )
        )

    def _is_idle(self) -> bool:
        now = self.clock()
        return not self.core.database.read(lambda uow: is_busy(uow, now=now))

    def _wait_for(self, found: Callable[[], Any], within: float) -> Any:  # noqa: ANN401 - whatever is found
        deadline = time.monotonic() + within
        while (result := found()) is None and time.monotonic() < deadline:
            time.sleep(0.005)
        return result

    def _explain(self) -> str:
        rows = self.core.database.read(
            lambda uow: uow.connection.execute(
                select(inbox.c.id, inbox.c.state, inbox.c.reason, inbox.c.verdict)
                .order_by(inbox.c.id.desc())
                .limit(5)
            ).all()
        )
        mails = [_received(mail) for _, mail in self._unseen()]
        return f"unexpected: {mails}; newest inbox rows: {rows}"


def _received(mail: CapturedMail) -> Received:
    return Received(mail.sender, mail.recipients, mail.data)


def _technician(mailbox: str) -> dict[str, str]:
    name, _, address = mailbox.rpartition(" ")
    return {"name": name, "address": address.strip("<>")}
