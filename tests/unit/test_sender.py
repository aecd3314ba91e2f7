"""Who wrote: every way to write a From field that somebody could take for somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine.sender import parse_mailboxes, parse_sender

CLEAR = [
    ("anna@firm.example", "anna@firm.example", ""),
    ("<anna@firm.example>", "anna@firm.example", ""),
    ("Anna Abel <anna@firm.example>", "anna@firm.example", "Anna Abel"),
    ("  Anna Abel<ANNA@Firm.Example>  ", "anna@firm.example", "Anna Abel"),
    ('"Abel, Anna" <anna@firm.example>', "anna@firm.example", "Abel, Anna"),
    ("Abel, Anna <anna@firm.example>", "anna@firm.example", "Abel, Anna"),
    ('"Anna \\"Ann\\" Abel" <anna@firm.example>', "anna@firm.example", 'Anna "Ann" Abel'),
    ("=?utf-8?Q?J=C3=B6rg?= <joerg@firm.example>", "joerg@firm.example", "Jörg"),
    ("=?utf-8?B?SsO2?= =?utf-8?B?cmc=?= <joerg@firm.example>", "joerg@firm.example", "Jörg"),
    ("Jörg <joerg@firm.example>", "joerg@firm.example", "Jörg"),
    ("anna@firm.example (Anna Abel)", "anna@firm.example", "Anna Abel"),
    ("Anna <anna@firm.example> (on the train)", "anna@firm.example", "Anna"),
    ("anna@firm.example <anna@firm.example>", "anna@firm.example", ""),
    ("Anna <anna@firm.example>,", "anna@firm.example", "Anna"),
    ('"anna.abel"@firm.example', "anna.abel@firm.example", ""),
    ("o'neil+desk@firm.example", "o'neil+desk@firm.example", ""),
    ("a..b@carrier.example", "a..b@carrier.example", ""),
    ("Anna <anna@bücher.example>", "anna@xn--bcher-kva.example", "Anna"),
    ("Anna <anna@xn--bcher-kva.example>", "anna@xn--bcher-kva.example", "Anna"),
    ("用户 <用户@例子.example>", "用户@xn--fsqu00a.example", "用户"),
    ("root@localhost", "root@localhost", ""),
    # The name poses as an address: the address counts and the name is not shown.
    ('"boss@firm.example" <x@evil.test>', "x@evil.test", ""),
    ('"Boss <boss@firm.example>" <x@evil.test>', "x@evil.test", ""),
    ("=?utf-8?Q?boss=40firm.example?= <x@evil.test>", "x@evil.test", ""),
    ("=?utf-8?Q?boss=EF=BC=A0firm.example?= <x@evil.test>", "x@evil.test", ""),
    ('"boss＠firm.example" <x@evil.test>', "x@evil.test", ""),
    ("=?utf-8?Q?Boss_=3Cboss=40firm.example=3E=00?= <x@evil.test>", "x@evil.test", ""),
    # Direction marks and line breaks leave the name.
    ("\u202essoB\u202c <x@evil.test>", "x@evil.test", "ssoB"),
    ("=?utf-8?Q?Boss=0D=0AFrom=3A_me?= <x@evil.test>", "x@evil.test", "Boss From: me"),
    # One script throughout is a name of its own, told apart by its ASCII form.
    ("a@аррӏе.example", "a@xn--80ak6aa92e.example", ""),
]

UNCLEAR = [
    "",
    "   ",
    "Anna Abel",
    "<>",
    "Anna <>",
    "MAILER-DAEMON",
    "Mail System <MAILER-DAEMON>",
    "boss@firm.example <x@evil.test>",
    "boss@firm.example x@evil.test",
    "Boss boss@firm.example <x@evil.test>",
    "boss@firm.example, x@evil.test",
    "boss@firm.example; x@evil.test",
    "Boss <boss@firm.example>, X <x@evil.test>",
    "<boss@firm.example> <x@evil.test>",
    "<boss@firm.example> x@evil.test",
    "<x@evil.test> boss@firm.example",
    '<x@evil.test> "boss"',
    "Boss <boss@firm.example",
    "Boss boss@firm.example>",
    "<<boss@firm.example>>",
    "<<x@evil.test>boss@firm.example>",
    '"Boss <x@evil.test>',
    '"Boss\\" <x@evil.test>',
    "(Boss <x@evil.test>",
    "Boss) <x@evil.test>",
    "x@evil.test (boss@firm.example)",
    "x@evil.test (Boss <boss@firm.example>)",
    "(boss@firm.example) x@evil.test",
    "<x(boss)@evil.test>",
    "<x@evil.test(.firm.example)>",
    "<@firm.example:x@evil.test>",
    "<@a.example,@b.example:x@evil.test>",
    "Friends: boss@firm.example;",
    "Friends: boss@firm.example, x@evil.test;",
    "undisclosed-recipients:;",
    "boss@firm.example@evil.test",
    "<boss@firm.example@evil.test>",
    '"boss@firm.example"@evil.test',
    '"boss@firm.example "@evil.test',
    '<"boss firm"@evil.test>',
    '"boss\\"x"@evil.test',
    "<=?utf-8?Q?boss=40firm.example?=>",
    "=?utf-8?Q?boss=40firm.example?=",
    "=?utf-8?Q?x=40evil.test?=@firm.example",
    "<=?utf-8?Q?boss?=@firm.example>",
    "boss@firm.example\x00.evil.test",
    "boss@firm.example\r\nFrom: x@evil.test",
    "boss@firm.example\rx@evil.test",
    "Boss\x00 <x@evil.test>",
    "boss@firm.example\x85",
    "boss@firm.exаmple",  # a Cyrillic letter
    "bоss@firm.example",
    "boss@xn--exmple-4nf.example",  # the same in ASCII form: Latin and Cyrillic in one label
    "boss\u200b@firm.example",
    "boss@firm\u202e.example",
    "boss＠firm.example",
    "boss@firm .example",
    "boss @firm.example",
    "boss@",
    "@firm.example",
    "boss@-firm.example",
    "boss@firm..example",
    "boss@firm.example.",
    "boss@[192.0.2.1]",
    "boss@firm_example!",
    f"{'a' * 65}@firm.example",
    f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}.example",
    f"{'Boss ' * 500}<x@evil.test>",
]


@pytest.mark.parametrize(("field", "address", "name"), CLEAR)
def test_a_clear_field_names_its_author(field: str, address: str, name: str) -> None:
    sender = parse_sender([field])
    assert (sender.address, sender.name, sender.reason) == (address, name, "")


@pytest.mark.parametrize("field", UNCLEAR)
def test_an_unclear_field_names_nobody_and_says_why(field: str) -> None:
    sender = parse_sender([field])
    assert sender.address is None
    assert sender.reason


def test_no_field_and_two_fields_name_nobody() -> None:
    assert parse_sender([]).reason == "no From field"
    assert parse_sender(["a@firm.example", "a@firm.example"]).reason == "2 From fields"


@given(st.text(alphabet='ab@<>"(),;:\\.= ?-\x00\u202eа＠', max_size=40))
def test_no_text_raises_and_every_answer_is_whole(field: str) -> None:
    sender = parse_sender([field])
    assert (sender.address is None) == bool(sender.reason)
    if sender.address:
        local, _, domain = sender.address.rpartition("@")
        assert local
        assert domain.isascii()
        assert "@" not in local
    parse_mailboxes([field], 10)


@given(st.text())
def test_any_text_is_survived(field: str) -> None:
    parse_sender([field])
    parse_mailboxes([field, field], 3)


def test_lists_of_addressees_are_read_tolerantly() -> None:
    found = parse_mailboxes(
        [
            'Anna <anna@firm.example>, "Abel, Bo" <bo@firm.example>; broken, c@firm.example (Cy), <broken',
            "Team: dee@firm.example, anna@firm.example;",
        ],
        10,
    )
    assert [(box.address, box.name) for box in found] == [
        ("anna@firm.example", "Anna"),
        ("bo@firm.example", "Abel, Bo"),
        ("c@firm.example", "Cy"),
        ("dee@firm.example", ""),
    ]


def test_addressees_stop_at_the_limit() -> None:
    field = ", ".join(f"a{number}@firm.example" for number in range(50))
    assert len(parse_mailboxes([field], 7)) == 7
