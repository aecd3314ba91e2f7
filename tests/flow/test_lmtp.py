"""A mail server that hands its mail over by LMTP, one answer a recipient."""

from __future__ import annotations

import socket
from typing import Self

import pytest

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, RunningDesk
from tests.flow.letters import Letter

ann, tess, tom = "ann@customer.example", "tess@example.org", "tom@example.org"


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    """A desk whose mail comes by LMTP."""
    desk = open_desk()

    def post(letter: Letter) -> None:
        ours = [to for to in letter.recipients if to.endswith("@example.org")]
        desk.hand_over_raw(letter.raw, sender=letter.sender, to=ours, protocol="lmtp")

    desk.post = post
    return desk


class _Dialogue:
    """LMTP by hand: Python's own client hears one answer after the text, and there may be more."""

    def __init__(self, desk: RunningDesk) -> None:
        self._connection = socket.create_connection(("127.0.0.1", desk.thread.ports[1]), timeout=10)
        self._answers = self._connection.makefile("rb")

    def __enter__(self) -> Self:
        self.hear()
        self.say("LHLO mx.example.org")
        return self

    def __exit__(self, *_: object) -> None:
        self._answers.close()
        self._connection.close()

    def send(self, line: str) -> None:
        self._connection.sendall(f"{line}\r\n".encode())

    def hear(self) -> str:
        """The last line of the next answer."""
        while (line := self._answers.readline().decode())[3:4] == "-":
            pass
        return line

    def say(self, line: str) -> str:
        self.send(line)
        return self.hear()


def test_a_conversation(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.reply(told, TESS, "Is it switched on?")
    answer = desk.expect(to=ann)
    desk.reply(answer, ANN, "Yes, it is.")
    assert "Yes, it is." in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert desk.ticket(1).texts == ["It does not print.", "Is it switched on?", "Yes, it is."]


def test_each_recipient_has_an_answer(open_desk: OpenDesk) -> None:
    desk = open_desk(queues=[{"address": DESK}, {"address": "sales@example.org"}])
    letter = desk.letter(ANN, DESK, "Printer", "It does not print.\n")
    with _Dialogue(desk) as dialogue:
        dialogue.say(f"MAIL FROM:<{ann}>")
        to = (DESK, "nobody@example.org", "sales@example.org")
        assert [dialogue.say(f"RCPT TO:<{one}>")[:3] for one in to] == ["250", "550", "250"]
        dialogue.say("DATA")
        answers = [dialogue.say(letter.raw.decode() + "."), dialogue.hear()]
        assert [answer[:3] for answer in answers] == ["250", "250"]
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1


def test_a_server_that_loses_the_answer_hands_over_again(desk: RunningDesk) -> None:
    letter = desk.letter(ANN, DESK, "Printer", "It does not print.\n")
    with _Dialogue(desk) as dialogue:
        for line in (f"MAIL FROM:<{ann}>", f"RCPT TO:<{DESK}>", "DATA"):
            dialogue.say(line)
        dialogue.send(letter.raw.decode() + ".")
        # It goes before it has heard whether the mail was taken.
    desk.hand_over(letter)
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1
