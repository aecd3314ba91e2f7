"""A desk that reads the mailboxes of a real Dovecot."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, TESS, VERA, RunningDesk
from tests.flow.letters import Enclosed, digest
from tests.flow.mailboxes import Postbox
from tests.servers.dovecot import Dovecot

ann, tess, tom, vera = (
    "ann@customer.example",
    "tess@example.org",
    "tom@example.org",
    "vera@printers.example",
)
DRAWING = Enclosed(
    name="Lageplan Büro.pdf",
    content_type="application/pdf",
    data=b"%PDF-1.7\n" + random.Random(7).randbytes(90_000),  # noqa: S311 - any bytes will do
)

NewPostbox = Callable[..., Postbox]


@pytest.fixture
def new_postbox(dovecot: Dovecot) -> NewPostbox:
    """Another mailbox at the server."""

    def new(address: str = DESK) -> Postbox:
        return Postbox(dovecot, address)

    return new


@pytest.fixture
def postbox(new_postbox: NewPostbox) -> Postbox:
    """The mailbox into which all mail to the desk goes."""
    return new_postbox()


@pytest.fixture
def desk(open_desk: OpenDesk, postbox: Postbox) -> RunningDesk:
    """A desk that gets its mail out of the mailbox and nowhere else."""
    desk = open_desk(listeners=[], mailboxes=[postbox.section()])
    desk.post = postbox.take
    return desk


def test_a_conversation(desk: RunningDesk) -> None:
    request = desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    acknowledgement = desk.expect(to=ann)
    told = desk.expect(to=tess)
    desk.expect(to=tom)
    desk.expect_nothing_more()
    assert acknowledgement.in_reply_to == request.message_id

    desk.reply(told, TESS, "Is it switched on?")
    answer = desk.expect(to=ann)
    desk.expect_nothing_more()
    assert answer.words == "Is it switched on?"

    # By the message it answers; the signed address alone; the number in the subject.
    ways: tuple[tuple[str, str, dict[str, Any]], ...] = (
        (DESK, "Re: Printer", {"In_Reply_To": f"<{answer.message_id}>"}),
        (answer.reply_to, "something else", {}),
        (DESK, "Re: [#1] Printer", {}),
    )
    for number, (to, subject, fields) in enumerate(ways):
        desk.mail(ANN, to, subject, f"Words {number}.\n", **fields)
        assert f"Words {number}." in desk.expect(to=tess).text
        desk.expect_nothing_more()
    assert desk.count_tickets() == 1
    assert desk.ticket(1).texts[2:] == ["Words 0.", "Words 1.", "Words 2."]


@pytest.mark.parametrize(
    "results",
    [None, "mx.elsewhere.example; dmarc=pass", "mx.example.org; dmarc=fail"],
    ids=["none", "of a stranger", "failed"],
)
def test_a_number_without_the_word_of_our_own_server_proves_nothing(
    desk: RunningDesk, results: str | None
) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    desk.mail(ANN, DESK, "Re: [#1] Printer", "And now?\n", Authentication_Results=results)
    desk.drain()
    assert desk.ticket(1).texts == ["It does not print."]


def test_files_are_the_same_at_both_ends(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Desk", "Where does it go?\n", files=[DRAWING])
    told = desk.expect(to=tess)
    desk.drain()
    assert digest(told.files[DRAWING.name].data) == digest(DRAWING.data)
    desk.reply(told, TESS, "There.", files=[DRAWING])
    assert digest(desk.expect(to=ann).files[DRAWING.name].data) == digest(DRAWING.data)
    desk.expect_nothing_more()


def test_a_vendor_in_copy_joins(desk: RunningDesk) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    told = desk.expect(to=tess)
    desk.drain()
    desk.reply(told, TESS, "Vera, please look at it.\n\n#cc vera@printers.example")
    copy = desk.expect(to=vera)
    desk.drain()
    desk.reply(copy, VERA, "I come on Friday.")
    assert desk.expect(to=ann).words == "I come on Friday."
    assert "I come on Friday." in desk.expect(to=tess).text
    desk.expect_nothing_more()
    assert desk.ticket(1).copies == {vera}


def test_a_new_mail_is_read_at_once(desk: RunningDesk, postbox: Postbox) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    # The reader waits by IDLE now; looking once a minute would be far too late.
    time.sleep(0.2)
    before = time.monotonic()
    postbox.put(desk.letter(ANN, DESK, "Scanner", "It does not scan.\n"))
    desk.expect(to=ann)
    assert time.monotonic() - before < 2
    desk.drain()


def test_one_mail_in_three_mailboxes_is_one_workunit(
    open_desk: OpenDesk, new_postbox: NewPostbox
) -> None:
    addresses = [DESK, "sales@example.org", "it@example.org"]
    boxes = [new_postbox(address) for address in addresses]
    desk = open_desk(
        queues=[{"address": address} for address in addresses],
        mailboxes=[box.section() for box in boxes],
    )
    letter = desk.letter(ANN, addresses, "Printer", "It does not print.\n")
    for box in boxes:
        box.put(letter)
    for box in boxes:
        box.wait_until_read()
    # And once more through the port, for good measure.
    desk.hand_over_raw(letter.raw, sender=ann, to=[DESK])
    for address in (ann, tess, tom):
        desk.expect(to=address)
    desk.expect_nothing_more()
    assert desk.count_tickets() == 1
    assert desk.ticket(1).texts == ["It does not print."]
    assert desk.ticket(1).inbox[0]["copies"] == 3


def test_a_server_that_goes_and_comes_back_loses_nothing(
    desk: RunningDesk, postbox: Postbox, dovecot: Dovecot
) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    for number in range(20):
        postbox.put(desk.letter(f"p{number}@customer.example", DESK, f"Thing {number}", "?\n"))
    dovecot.stop()
    dovecot.start()
    postbox.put(desk.letter(ANN, DESK, "Scanner", "It does not scan.\n"))
    postbox.wait_until_read()
    mails = desk.drain()
    for address in (ann, *(f"p{number}@customer.example" for number in range(20))):
        assert sum(address in mail.recipients for mail in mails) == 1
    assert desk.count_tickets() == 22


def test_mails_wait_in_the_mailbox_while_the_desk_is_away(
    desk: RunningDesk, postbox: Postbox
) -> None:
    desk.mail(ANN, DESK, "Printer", "It does not print.\n")
    desk.drain()
    desk.close()
    postbox.put(desk.letter(ANN, DESK, "Scanner", "It does not scan.\n"))
    desk.start()
    postbox.wait_until_read()
    assert desk.expect(to=ann).subject == "Re: Scanner"
    desk.drain()
    assert desk.count_tickets() == 2


def test_a_broken_mailbox_hinders_no_other(open_desk: OpenDesk, new_postbox: NewPostbox) -> None:
    with socket.socket() as nobody:  # bound, but nobody listens
        nobody.bind(("127.0.0.1", 0))
        broken, refused, good = (new_postbox() for _ in range(3))
        desk = open_desk(
            listeners=[],
            mailboxes=[
                broken.section(port=nobody.getsockname()[1]),
                refused.section(password="wrong"),
                good.section(),
            ],
        )
        desk.post = good.take
        desk.mail(ANN, DESK, "Printer", "It does not print.\n")
        desk.expect(to=ann)
        desk.drain()
