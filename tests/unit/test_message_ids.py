"""Message-IDs as mail programs and gateways mangle them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.message_ids import KEEP, MAX_ID, parse
from tests.cost import within


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@x> <b@y>", ["a@x", "b@y"]),
        ("<a@x>,<b@y>, <c@z>", ["a@x", "b@y", "c@z"]),
        ("<a@x><b@y>", ["a@x", "b@y"]),
        ("<a@x>;\t<b@y>", ["a@x", "b@y"]),
        ("<a@\r\n x> <b\r\n @y>", ["a@x", "b@y"]),
        ("a@x b@y", ["a@x", "b@y"]),
        ("a@x,b@y", ["a@x", "b@y"]),
        ('"<a@x>" "<b@y>"', ["a@x", "b@y"]),
        ("<\"a@x\"> <'b@y'>", ["a@x", "b@y"]),
        ('<"a b"@x>', ['"ab"@x']),
        ("'a@x'", ["a@x"]),
        ("<<a@x>>", ["a@x"]),
        ("&lt;a@x&gt;", ["a@x"]),
        ("%3Ca@x%3E", ["a@x"]),
        ("<a@x> <b@y> <a@x>", ["a@x", "b@y"]),
        ("<a@x> <b@y> <m.1.9.k2abc@exam", ["a@x", "b@y", "m.1.9.k2abc@exam"]),
        ("<a@x> <cut-before-the-at", ["a@x"]),
        ("@y> <a@x>", ["a@x"]),
        ('Your message of "Mon, 2 Mar 2026" <a@x>', ["a@x"]),
        ("Your message of Monday", []),
        ("<>", []),
        ("< >", []),
        ("", []),
        ("@", []),
        (f"<{'a' * MAX_ID}@x> <b@y>", ["b@y"]),
    ],
)
def test_ids(value: str, ids: list[str]) -> None:
    assert parse(value) == tuple(ids)


def test_of_a_long_thread_both_ends_stay() -> None:
    ids = [f"{n}@x" for n in range(500)]
    assert parse(" ".join(f"<{i}>" for i in ids)) == tuple(ids[:KEEP] + ids[-KEEP:])


@given(st.text("<>@ ,\"'ab\r\n&lt;%3CE"))
def test_any_field_gives_ids_without_space(value: str) -> None:
    for ident in parse(value):
        assert ident
        assert not set(ident) & set("<> \r\n")


@pytest.mark.parametrize(
    "value",
    [
        "<" * 500_000,
        "<a@" * 200_000,
        "a@" * 300_000,
        "&lt;" * 200_000,
        "<" + "a@" * 500_000,
        "<" + "a@" * 500_000 + " x",
    ],
)
def test_a_megabyte_of_it_is_read_at_once(value: str) -> None:
    within(1, lambda: parse(value))
