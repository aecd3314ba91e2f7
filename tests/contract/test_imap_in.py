"""Reading mailboxes of a real IMAP server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.errors import StorageAway
from channels.email.fingerprint import fingerprint
from channels.email.imap_in import Mailbox
from channels.email.imap_options import Password
from channels.email.imap_reading import Cursor
from tests.servers.dovecot import Dovecot
from tests.servers.imap_wire import ImapWire
from tests.servers.mailbox import Desk, mail, now, until

SEEN = {b"\\Seen"}
FLAGGED = {b"\\Flagged"}


@pytest.fixture
def desk(dovecot: Dovecot) -> Desk:
    return Desk(dovecot, f"desk-{uuid4().hex[:8]}")


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[ImapWire]:
    wire = ImapWire(dovecot.host, dovecot.imap_port).start()
    yield wire
    wire.close()


def wait_until_read(mailbox: Mailbox) -> None:
    begun = now()
    until(lambda: (mailbox.status.last_read_at or begun) > begun)


def test_a_mail_is_taken_the_moment_it_arrives_and_then_marked_seen(desk: Desk) -> None:
    with desk.reading() as mailbox:
        until(lambda: mailbox.status.last_read_at)
        desk.dovecot.deliver(desk.user, mail(1), sender="bounce@customer.example")
        assert until(lambda: desk.inbox.arrivals) < 1
        until(lambda: desk.flags() == [SEEN])
    (arrival,) = desk.inbox.arrivals
    assert arrival.channel == "email"
    assert arrival.envelope.transport == "imap"
    assert arrival.envelope.sender == "bounce@customer.example"
    assert arrival.envelope.recipients == ("desk@help.example",)
    assert arrival.envelope.peer == desk.dovecot.host
    assert arrival.received_at.tzinfo is not None
    assert abs(now() - arrival.received_at) < timedelta(seconds=10)
    assert arrival.external_id == fingerprint(mail(1), received_at=now())
    assert desk.inbox.subjects() == [1]


def test_one_mail_in_two_mailboxes_has_one_fingerprint(desk: Desk) -> None:
    other = Desk(desk.dovecot, desk.user + "-other")
    desk.deliver(1)
    other.dovecot.deliver(other.user, mail(1).replace(b"\r\n", b"\n"), sender="list@example.org")
    with desk.reading(), other.reading():
        until(lambda: desk.inbox.arrivals and other.inbox.arrivals)
    assert desk.inbox.arrivals[0].external_id == other.inbox.arrivals[0].external_id
    assert desk.inbox.arrivals[0].raw != other.inbox.arrivals[0].raw


def test_at_the_first_start_only_unread_mails_count(desk: Desk) -> None:
    desk.deliver(1, 2, 3)
    with desk.person() as client:
        client.add_flags([1, 3], SEEN)
    with desk.reading() as mailbox:
        until(lambda: mailbox.status.last_read_at)
    assert desk.inbox.subjects() == [2]


def test_all_mails_count_at_the_first_start_where_asked(desk: Desk) -> None:
    desk.deliver(1, 2)
    with desk.person() as client:
        client.add_flags([1, 2], SEEN)
    with desk.reading(first_read="all"):
        until(lambda: len(desk.inbox.arrivals) == 2)


def test_a_mail_that_a_person_read_first_is_still_taken(desk: Desk) -> None:
    with desk.reading() as mailbox:
        until(lambda: mailbox.status.last_read_at)
    desk.deliver(1)
    with desk.person() as client:
        client.add_flags([1], SEEN)
    with desk.reading():
        until(lambda: desk.inbox.subjects() == [1])


def test_a_mail_is_not_marked_before_the_inbox_has_it(desk: Desk) -> None:
    desk.inbox.trouble = StorageAway("the disk is full")
    desk.deliver(1)
    with desk.reading() as mailbox:
        until(lambda: "the inbox takes nothing now: the disk is full" in mailbox.status.last_error)
        assert desk.flags() == [set()]
        assert desk.cursors.kept[desk.user].last_uid == 0
        desk.inbox.trouble = None
        until(lambda: desk.flags() == [SEEN])
    assert desk.inbox.subjects() == [1]


def test_the_mails_before_the_trouble_are_marked(desk: Desk) -> None:
    desk.deliver(1, 2)
    desk.inbox.room = 1
    with desk.reading():
        until(lambda: desk.flags() == [SEEN, set()])


def test_a_new_uidvalidity_means_reading_again_but_no_mails_from_before_the_desk(
    desk: Desk,
) -> None:
    year_ago = now() - timedelta(days=365)
    with desk.person("Tickets") as client:
        client.append("Tickets", mail(1), SEEN, year_ago)
        with desk.reading(folder="Tickets") as mailbox:
            until(lambda: mailbox.status.last_read_at)
            client.append("Tickets", mail(2))
            until(lambda: desk.inbox.subjects() == [2])
        before = desk.cursors.kept[desk.user]
        client.select_folder("INBOX")
        client.delete_folder("Tickets")
        client.create_folder("Tickets")
        client.append("Tickets", mail(3))
        client.append("Tickets", mail(1), SEEN, year_ago)
        client.append("Tickets", mail(2), SEEN)
        with desk.reading(folder="Tickets"):
            until(lambda: desk.inbox.subjects() == [2, 3, 2])
            until(lambda: desk.cursors.kept[desk.user].last_uid == 3)
    assert desk.cursors.kept[desk.user].uidvalidity != before.uidvalidity
    assert desk.inbox.arrivals[0].external_id == desk.inbox.arrivals[2].external_id


def test_uids_that_went_backwards_mean_reading_again(desk: Desk) -> None:
    desk.deliver(1)
    with desk.reading():
        until(lambda: desk.flags() == [SEEN])
    cursor = desk.cursors.kept[desk.user]
    desk.cursors.kept[desk.user] = Cursor(uidvalidity=cursor.uidvalidity, last_uid=900)
    with desk.reading():
        until(lambda: desk.inbox.subjects() == [1, 1])


@pytest.mark.parametrize("hidden", [b"", b" MOVE", b" MOVE UIDPLUS"])
def test_taken_mails_move_to_a_folder_that_is_made_when_missing(
    desk: Desk, wire: ImapWire, hidden: bytes
) -> None:
    def alter(data: bytes) -> bytes:
        for capability in hidden.split():
            data = data.replace(b" " + capability, b"")
        return data

    wire.alter = alter
    desk.deliver(1, 2)
    with desk.reading(port=wire.port, afterwards="move", move_to="Érledigt"):
        until(lambda: len(desk.flags("Érledigt")) == 2)
        left = [{b"\\Deleted"}] * 2 if b"UIDPLUS" in hidden else []
        until(lambda: desk.flags() == left)
    assert desk.inbox.subjects() == [1, 2]


def test_taken_mails_are_deleted_and_nothing_else_is(desk: Desk) -> None:
    desk.deliver(1, 2)
    with desk.person() as client:
        client.add_flags([1], [b"\\Seen", b"\\Deleted"])
    with desk.reading(afterwards="delete"):
        until(lambda: len(desk.flags()) == 1)
    assert desk.inbox.subjects() == [2]
    assert desk.flags() == [{b"\\Seen", b"\\Deleted"}]


def test_a_folder_that_vanished_does_not_stop_the_next_mail(desk: Desk) -> None:
    with desk.reading(afterwards="move", move_to="Done") as mailbox:
        until(lambda: mailbox.status.last_read_at)
        with desk.person() as client:
            client.delete_folder("Done")
        desk.deliver(1)
        until(lambda: "Done" in mailbox.status.last_error)
        desk.deliver(2)
        until(lambda: desk.inbox.subjects() == [1, 2])


def test_a_mail_that_is_too_large_is_set_aside_and_starred(desk: Desk) -> None:
    desk.dovecot.deliver(desk.user, mail(1, body="x" * 70 + "\r\n" + "y" * 4000))
    desk.deliver(2)
    with desk.reading(largest_mail=3000):
        until(lambda: desk.inbox.subjects() == [2])
        until(lambda: desk.flags() == [FLAGGED, SEEN])
    (left,) = desk.inbox.left
    assert (left.mailbox, left.uid, left.reason) == (desk.user, 1, "larger than 3000 bytes")
    assert left.size > 4000
    assert b"Message-ID: <1@customer.example>" in left.head
    assert b"yyy" not in left.head
    with desk.reading() as mailbox:
        until(lambda: mailbox.status.last_read_at)
    assert len(desk.inbox.left) == 1


def test_many_mails_come_in_batches_each_once_and_in_order(desk: Desk) -> None:
    desk.deliver(*range(1, 31))
    with desk.reading(batch_mails=7, batch_bytes=1500):
        until(lambda: len(desk.inbox.arrivals) == 30)
        until(lambda: desk.cursors.kept[desk.user].last_uid == 30)
    assert desk.inbox.subjects() == list(range(1, 31))
    assert desk.flags() == [SEEN] * 30


def test_a_server_without_idle_is_polled(desk: Desk, wire: ImapWire) -> None:
    wire.alter = lambda data: data.replace(b" IDLE", b"")
    with desk.reading(port=wire.port, poll_interval=timedelta(milliseconds=50)) as mailbox:
        until(lambda: mailbox.status.last_read_at)
        desk.deliver(1)
        assert until(lambda: desk.inbox.arrivals) < 0.5
    assert mailbox.status.last_error == ""


def test_a_dead_mailbox_stops_no_other_and_raises_the_alarm(desk: Desk) -> None:
    dead = Desk(desk.dovecot, "nobody")
    refused = Desk(desk.dovecot, "locked-out")
    with (
        dead.reading(port=1) as gone,
        refused.reading(auth=Password(password="wrong")) as locked,
        desk.reading() as alive,
    ):
        desk.deliver(1)
        until(lambda: desk.inbox.arrivals)
        until(lambda: gone.status.last_error and locked.status.last_error)
        until(lambda: alive.status.last_read_at)
        later = now() + timedelta(minutes=14)
        assert (gone.overdue(later), alive.overdue(later)) == (None, None)
        alarm = gone.overdue(now() + timedelta(minutes=17, seconds=5))
        assert alarm is not None
        assert alarm.startswith("mailbox nobody was not read for 17 minutes: ConnectionRefused")
        assert "the server refused the login" in str(locked.overdue(later + timedelta(minutes=2)))
        assert "wrong" not in locked.status.last_error
        assert (alive.status.connected, gone.status.connected) == (True, False)
        silent = alive.overdue(later + timedelta(minutes=2))
        assert silent == f"mailbox {desk.user} was not read for 16 minutes: no error was reported"


@pytest.mark.parametrize("idle", [True, False])
def test_it_stops_at_once_while_it_waits(desk: Desk, *, idle: bool) -> None:
    mailbox = desk.mailbox(idle=idle)
    mailbox.start()
    until(lambda: mailbox.status.last_read_at)
    time.sleep(0.05)
    begun = time.monotonic()
    assert mailbox.stop()
    assert time.monotonic() - begun < 1
    assert mailbox.status.connected is False


def test_a_mailbox_that_was_never_started_stops(desk: Desk) -> None:
    assert desk.mailbox().stop()
