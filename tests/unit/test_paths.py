from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.paths import NULL_PATH, read_path, wire_address, write_path


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("<anna@client.example>", ("anna@client.example", "")),
        (
            "<anna@client.example> SIZE=1 BODY=8BITMIME",
            ("anna@client.example", "SIZE=1 BODY=8BITMIME"),
        ),
        ("<>", (NULL_PATH, "")),
        ("<> SIZE=1", (NULL_PATH, "SIZE=1")),
        ("anna@client.example", ("anna@client.example", "")),
        ("<postmaster>", ("postmaster", "")),
        ('<"a b>c"@client.example>', ('"a b>c"@client.example', "")),
        ("<@relay.example:anna@client.example>", ("anna@client.example", "")),
        ("<anna@[192.0.2.1]>", ("anna@[192.0.2.1]", "")),
        ("<anna@client.example>SIZE=1", None),
        ("<anna@client.example", None),
        ("<anna@a@b>", None),
        ("<a,b@c>", None),
        ("<a b@c>", None),
        ("<a\0@c>", None),
        ("<a\udcff@c>", None),
        ("", None),
    ],
)
def test_read_path(argument: str, found: tuple[str, str] | None) -> None:
    assert read_path(argument) == found


@given(st.text())
def test_what_is_written_reads_back_as_one_address(address: str) -> None:
    try:
        path = write_path(address)
    except ValueError:
        return
    assert read_path(path) == (wire_address(address) or NULL_PATH, "")


@pytest.mark.parametrize(
    "address", ["a b@c", "a>@c", "a@b\r\nRCPT TO:<x@y>", "a@b SIZE=1", "<a@b>"]
)
def test_no_address_carries_a_second_word(address: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        write_path(address)


def test_international_domains_travel_in_ascii() -> None:
    assert wire_address("anna@bücher.example") == "anna@xn--bcher-kva.example"
    assert wire_address("änna@bücher.example") == "änna@xn--bcher-kva.example"
    assert wire_address("anna@" + "ü" * 80 + ".example") == "anna@" + "ü" * 80 + ".example"
