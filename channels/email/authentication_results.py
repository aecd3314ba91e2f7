"""What an Authentication-Results field (RFC 8601) says, read so that no sender can write into it.

The relay that writes the field repeats words of the sender: the MAIL FROM address may be a quoted
string such as ``"; dmarc=pass"@example.net``, and comments hold more of the same. So comments are
dropped and quoted strings are defused before anything is looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENT_PARTS = re.compile(r"\\.|[()]", re.DOTALL)
#: A quoted string, ended by its quote or by the end of the field; or whatever lies between.
_PART = re.compile(r'"((?:[^"\\]|\\.)*+)(?:"|\\?\Z)|[^"(]+', re.DOTALL)
_HAS_MEANING = re.compile(r'[\s;=()"\\]')
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)(?!\S)", re.IGNORECASE)
_PROPERTY = re.compile(r"(?<!\S)([a-z]+\.[a-z-]+)\s*=\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """One method's verdict."""

    #: Lower-cased, for example ``dkim``.
    method: str
    #: Lower-cased, for example ``pass``.
    value: str
    #: Name and value in order, names lower-cased: ``("header.d", "example.org")``.
    properties: tuple[tuple[str, str], ...]


def read_results(field: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id, lower-cased (empty when there is none), and the results in order."""
    head, *statements = _defused(field).split(";")
    words = head.split()
    found = (_read(statement) for statement in statements)
    return words[0].lower() if words else "", tuple(result for result in found if result)


def _read(statement: str) -> Result | None:
    method = _METHOD.match(statement)
    if method is None:
        return None
    properties = _PROPERTY.findall(statement, method.end())
    return Result(
        method=method[1].lower(),
        value=method[2].lower(),
        properties=tuple((name.lower(), value) for name, value in properties),
    )


def _defused(field: str) -> str:
    """The field with a space for each comment, and nothing in quoted strings that has a meaning."""
    parts: list[str] = []
    at = 0
    while at < len(field):
        if field[at] == "(":
            at = _comment_end(field, at)
            parts.append(" ")
            continue
        part = _PART.match(field, at)
        if part is None:  # cannot happen: a quote always matches
            break
        quoted = part[1]
        parts.append(part[0] if quoted is None else _HAS_MEANING.sub("_", quoted))
        at = part.end()
    return "".join(parts)


def _comment_end(field: str, start: int) -> int:
    """Where the comment ends that begins here; the end of the field when it never does."""
    depth = 0
    for part in _COMMENT_PARTS.finditer(field, start):
        depth += {"(": 1, ")": -1}.get(part[0], 0)
        if depth == 0:
            return part.end()
    return len(field)
