"""Clues: everything in a mail that may name a ticket, in the order of trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine.clues import Clues, address_token, collect, normal_id, thread_index
from threading_engine.message import Mailbox, Message
from threading_engine.tokens import Keyring, Kind, Token

KEYS = Keyring({"k2": b"x" * 32})
STRANGE = Keyring({"k9": b"y" * 32})


def reply_address(ticket: int, person: int = 7) -> str:
    return f"desk+{KEYS.sign(Kind.TICKET, ticket, person)}@example.org"


def own_id(ticket: int, delivery: int = 9) -> str:
    return f"{KEYS.sign(Kind.MESSAGE, ticket, delivery)}@example.org"


def tickets(tokens: tuple[Token, ...]) -> list[int]:
    return [token.numbers[0] for token in tokens]


def test_a_plain_mail_offers_nothing() -> None:
    assert collect(Message(subject="Help"), recipients=("d@x",), keyring=KEYS) == Clues(
        subject="Help"
    )


def test_addresses_come_from_the_envelope_first_and_each_once() -> None:
    message = Message(
        to=(Mailbox(address=reply_address(2)), Mailbox(address=reply_address(1))),
        cc=(Mailbox(address=reply_address(3)), Mailbox(address="ann@example.com")),
    )
    clues = collect(message, recipients=(reply_address(1), "desk@example.org"), keyring=KEYS)
    assert tickets(clues.addressed) == [1, 2, 3]


def test_what_the_mail_answers_stands_apart_from_what_came_before() -> None:
    message = Message(
        in_reply_to=(own_id(5), "late@example.com"),
        references=("old@example.com", own_id(1), "new@example.com", own_id(5), own_id(2)),
    )
    clues = collect(message, recipients=(), keyring=KEYS)
    assert tickets(clues.own_ids) == [5]
    assert clues.foreign_ids == ("late@example.com",)
    assert tickets(clues.older_own_ids) == [2, 1]
    assert clues.older_ids == ("new@example.com", "old@example.com")
    assert clues.ids() == ("late@example.com", "new@example.com", "old@example.com")
    assert clues.answers


def test_without_in_reply_to_the_newest_reference_is_what_the_mail_answers() -> None:
    message = Message(references=("old@example.com", own_id(1), "new@example.com"))
    clues = collect(message, recipients=(), keyring=KEYS)
    assert clues.foreign_ids == ("new@example.com",)
    assert tickets(clues.older_own_ids) == [1]


def test_an_own_id_that_was_altered_stays_a_clue_of_its_own_kind() -> None:
    altered = own_id(5).replace("m.5.", "m.6.")
    clues = collect(
        Message(in_reply_to=(altered,)),
        recipients=(),
        keyring=KEYS,
        own_domains=frozenset({"example.org"}),
    )
    assert [(t.numbers[0], t.valid) for t in clues.own_ids] == [(6, False)]
    assert clues.foreign_ids == ()


def test_another_desks_tokens_are_foreign_ids_and_foreign_addresses() -> None:
    """Two vendors with this very product write to each other about their own tickets."""
    their_id = f"{STRANGE.sign(Kind.MESSAGE, 5, 9)}@vendor.example"
    their_address = f"help+{STRANGE.sign(Kind.TICKET, 5, 9)}@vendor.example"
    clues = collect(
        Message(in_reply_to=(their_id,), to=(Mailbox(address=their_address),)),
        recipients=("desk@example.org",),
        keyring=KEYS,
        own_domains=frozenset({"example.org"}),
    )
    assert (clues.own_ids, clues.addressed) == ((), ())
    assert clues.foreign_ids == (their_id,)
    assert clues.ticket_numbers() == frozenset()


@pytest.mark.parametrize("left", [5, 8, 12, 20, 28])
def test_a_reply_address_that_was_cut_still_names_its_ticket(left: int) -> None:
    token = KEYS.sign(Kind.TICKET, 77, 7)
    assert len(token) > left
    clues = collect(
        Message(),
        recipients=(f"desk+{token[:left]}@example.org", f"joe+{token[:left]}@elsewhere.example"),
        keyring=KEYS,
        own_domains=frozenset({"example.org"}),
    )
    assert [(t.numbers, t.valid, t.reason) for t in clues.addressed] == [((77,), False, "cut")]


@pytest.mark.parametrize("detail", ["printer", "t", "t.", "t.1", "x.1.7", "t.1.7/../x"])
def test_other_details_of_our_addresses_are_no_tokens(detail: str) -> None:
    clues = collect(Message(), recipients=(f"desk+{detail}@example.org",), keyring=KEYS)
    assert clues.addressed == ()


def test_another_kind_of_token_is_no_message_id() -> None:
    looks = f"{KEYS.sign(Kind.TICKET, 1, 2)}@example.org"
    clues = collect(Message(references=(looks,)), recipients=(), keyring=KEYS)
    assert (clues.own_ids, clues.foreign_ids) == ((), (looks,))


def test_tokens_in_subject_and_text_are_found() -> None:
    message = Message(
        subject=f"Re: {reply_address(3)}",
        text=f"> Reply to {reply_address(4)}\n> or x+{STRANGE.sign(Kind.TICKET, 5, 1)}@x\n",
    )
    clues = collect(message, recipients=(), keyring=KEYS)
    assert [(t.numbers[0], t.valid) for t in clues.quoted] == [(3, True), (4, True), (5, False)]


def test_a_token_far_down_in_the_text_is_not_looked_for() -> None:
    message = Message(text="x " * 20_000 + reply_address(4))
    assert collect(message, recipients=(), keyring=KEYS).quoted == ()


def test_numbers_come_from_the_subject() -> None:
    clues = collect(Message(subject="Re: [#12] Printer"), recipients=(), keyring=KEYS)
    assert clues.numbers == (12,)


@pytest.mark.parametrize(
    ("address", "ticket"),
    [
        (reply_address(3), 3),
        (reply_address(3).upper(), 3),
        (reply_address(3).replace("desk+", "desk+it+"), 3),  # a queue's own address has a plus
        (reply_address(3).replace("desk+", "desk"), None),
        (reply_address(3).replace("desk+", "desk-"), None),
        ("desk@example.org", None),
        ("desk+printer@example.org", None),
        ("+@", None),
        ("", None),
    ],
)
def test_the_token_of_an_address(address: str, ticket: int | None) -> None:
    token = address_token(address, KEYS)
    assert (token.numbers[0] if token else None) == ticket


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        ("a@b", "a@b"),
        ("<a@b>", "a@b"),
        (" <A@b>\t", "a@b"),
        ("<<a@b>>", "a@b"),
        ('"<a@b>"', "a@b"),
        ("<mailto:a@b>", "a@b"),
        ("a b\r\n@c", "ab@c"),
        ("", ""),
        ("x" * 900, "x" * 500),
    ],
)
def test_a_message_id_as_it_is_compared(given_id: str, expected: str) -> None:
    assert normal_id(given_id) == expected


CONVERSATION = "AdGcUzMxvcbVxkQMQjKJR+1ETvXYZA"


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (CONVERSATION, True),
        (CONVERSATION + "AAbcd==", True),
        (CONVERSATION[:20] + "\r\n " + CONVERSATION[20:], True),
        (CONVERSATION[:28], False),
        ("<" + CONVERSATION, False),
        ("", False),
    ],
)
def test_outlooks_conversation_is_one_key(value: str, *, same: bool) -> None:
    message = Message(headers=(("thread-index", value),))
    expected = thread_index(Message(headers=(("thread-index", CONVERSATION),)))
    assert expected
    assert thread_index(message) == (expected if same else "")
    clues = collect(message, recipients=(), keyring=KEYS)
    assert clues.older_ids == ((expected,) if same else ())


def test_ids_are_looked_for_in_their_own_case_too() -> None:
    clues = collect(Message(in_reply_to=("<CAF=x@Mail.example>",)), recipients=(), keyring=KEYS)
    assert clues.foreign_ids == ("caf=x@mail.example", "CAF=x@Mail.example")


@pytest.mark.parametrize(
    ("subject", "topic", "expected"),
    [
        ("Re: [#12] Printer", "", "Printer"),
        ("", "Printer", "Printer"),
        ("Laptop", "Printer", "Laptop"),
    ],
)
def test_what_the_mail_is_about(subject: str, topic: str, expected: str) -> None:
    message = Message(subject=subject, headers=(("thread-topic", topic),))
    assert collect(message, recipients=(), keyring=KEYS).subject == expected


def test_every_ticket_number_is_asked_for_at_once() -> None:
    clues = Clues(
        addressed=(
            Token(kind=Kind.TICKET, numbers=(1, 70), valid=True),
            Token(kind=Kind.BOUNCE, numbers=(90,), valid=True),
            Token(kind=Kind.RATING, numbers=(2, 70, 5), valid=False, reason="altered"),
        ),
        own_ids=(Token(kind=Kind.MESSAGE, numbers=(3, 91), valid=True),),
        quoted=(
            Token(kind=Kind.LOOP, numbers=(0,), valid=True),
            Token(kind=Kind.TICKET, numbers=(36**13 - 1, 1), valid=False, reason="altered"),
        ),
        numbers=(4, 0, 2**53),
    )
    assert clues.ticket_numbers() == {1, 2, 3, 4}


@given(
    st.lists(st.text(max_size=40), max_size=5),
    st.text(max_size=200),
    st.text(max_size=200),
)
def test_any_mail_gives_clues(ids: list[str], subject: str, text: str) -> None:
    message = Message(
        subject=subject,
        text=text,
        in_reply_to=tuple(ids),
        references=tuple(reversed(ids)),
        headers=(("thread-index", text),),
    )
    clues = collect(message, recipients=tuple(ids), keyring=KEYS)
    assert all(0 < number < 2**53 for number in clues.ticket_numbers())
