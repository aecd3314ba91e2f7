"""Attachments that may run code are known by their ending or their first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.files import is_blocked


@pytest.mark.parametrize(
    "name",
    [
        "setup.exe",
        "SETUP.EXE",
        "invoice.pdf.exe",
        "invoice.pdf                .scr",
        "a.js",
        "run.BAT ",
        "run.bat.",
        "run.bat. . ",
        "run.exe::$DATA",
        "run.exe:stream.txt",
        ".exe",
        "shortcut.lnk",
        "disk.iso",
        "intranet.url",
        "run.mjs",
        "open.settingcontent-ms",
        "bundle.appxbundle",
    ],
)
def test_programs_by_name(name: str) -> None:
    assert is_blocked(name, b"")


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00",
        b"\x7fELF\x02",
        b"\xca\xfe\xba\xbe\x00",
        b"\xcf\xfa\xed\xfe",
        b"L\0\0\0\x01\x14\x02\0",
    ],
)
def test_programs_by_their_first_bytes(data: bytes) -> None:
    assert is_blocked("holiday.jpg", data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("report.pdf", b"%PDF-1.7"),
        ("exe", b""),
        ("my.exe.txt", b"hello"),
        ("notes", b"mz"),
        ("", b""),
        (".", b""),
        ("...", b""),
        ("photo.jpeg", b"\xff\xd8\xff"),
        ("archive.zip", b"PK\x03\x04"),
    ],
)
def test_everything_else_goes_along(name: str, data: bytes) -> None:
    assert not is_blocked(name, data)


@given(st.text(), st.binary(max_size=8))
def test_any_name_and_bytes_are_judged(name: str, data: bytes) -> None:
    is_blocked(name, data)
    assert is_blocked(name + ".exe", data) or ":" in name
