"""The header of a mail as a signature sees it: every field with its own bytes.

The decoder repairs headers; a signature is about bytes. Where the two could see different fields
there is no second reading here: the header is malformed and nothing is verified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.email.limits import DEFAULT

_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")


class MalformedHeader(ValueError):
    """The header can be read in more than one way; the text says where."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    #: Lower-cased, without the colon.
    name: bytes
    #: Everything from the name to the final CR LF, folds included.
    raw: bytes

    @property
    def text(self) -> str:
        """The value on one line."""
        value = self.raw.partition(b":")[2].replace(b"\r\n", b"")
        return value.decode("utf-8", "replace").strip()


def head_end(raw: bytes) -> int:
    """Where the header ends, before the empty line; the end of the mail when there is none."""
    end = _END.search(raw)
    return end.start() if end else len(raw)


def split(raw: bytes) -> tuple[tuple[Field, ...], int]:
    """The fields in order and where the body begins. Raises MalformedHeader."""
    end = _END.search(raw)
    head, body_start = (raw[: end.start()], end.end()) if end else (raw, len(raw))
    if len(head) > DEFAULT.header_bytes:
        raise MalformedHeader(f"a header of {len(head)} bytes")
    groups: list[list[bytes]] = []
    for line in head.split(b"\n"):
        line = line.removesuffix(b"\r")  # noqa: PLW2901 - the line itself
        if line[:1] in {b" ", b"\t"} and groups:
            groups[-1].append(line)
        else:
            groups.append([line])
    return tuple(_field(lines) for lines in groups), body_start


def _field(lines: list[bytes]) -> Field:
    name = _NAME.match(lines[0])
    if name is None:
        raise MalformedHeader(f"a line that is no header field: {lines[0][:40]!r}")
    return Field(name[1].lower(), b"\r\n".join(lines) + b"\r\n")
