"""Whole notices of seventy mail systems: recognised, and read as written beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.email.decode import decode
from threading_engine import automatic
from threading_engine.bounces import read_failures

NOTICES = Path(__file__).parent / "bounces/notices.txt"


def notices() -> list[tuple[str, list[str], str]]:
    """Each notice's system, what is expected per recipient, and its mail."""
    found, lines = [], NOTICES.read_text("utf-8").splitlines()
    starts = [
        number
        for number, line in enumerate(lines)
        if line.startswith("== ") and not lines[number - 1].startswith("== ")
    ]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        block = lines[start:end]
        expected = [line[3:].split(" | ", 1) for line in block if line.startswith("== ")]
        mail = "\n".join(line for line in block if not line.startswith("== "))
        found.append((expected[0][0], [each[1] for each in expected], mail))
    return found


def mail_of(written: str) -> bytes:
    """The notice as a mail to the desk, in the parts of RFC 3464 if it has a report."""
    header, _, body = written.partition("\n\n")
    prose, _, fields = body.partition("-- report\n")
    header = f"{header}\nTo: desk@help.example\nMIME-Version: 1.0\n"
    plain = "Content-Type: text/plain; charset=utf-8\n\n"
    if not fields:
        return f"{header}{plain}{body}".encode()
    return (
        f'{header}Content-Type: multipart/report; report-type=delivery-status; boundary="="\n\n'
        f"--=\n{plain}{prose}\n"
        f"--=\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{fields}\n--=--\n"
    ).encode()


@pytest.mark.parametrize(
    ("expected", "written"), [pytest.param(*rest, id=system) for system, *rest in notices()]
)
def test_notices(expected: list[str], written: str) -> None:
    message = decode(mail_of(written))
    verdict = automatic.judge(message)
    assert verdict is not None
    assert verdict.kind == automatic.BOUNCE
    assert [
        f"{found.address} {found.status} {'yes' if found.permanent else 'no'} | {found.cause}"
        for found in read_failures(message)
    ] == expected
