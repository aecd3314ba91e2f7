"""``{% trans %}`` blocks, rewritten as calls of ``_`` for the engine that has only those.

``{% pluralize %}`` and message contexts are not known there. Lines keep their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError

_TAG = re.compile(r"\{%([-+]?)\s*(trans|endtrans|pluralize)\b([^%]*?)([-+]?)%\}")
_VALUE = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")
_BOUND = re.compile(r"([^\W\d]\w*)\s*=(?!=)")
_MODIFIER = re.compile(r"\s*(?:not)?trimmed\b,?")


def as_calls(source: str) -> str:
    """The source without blocks; raises TemplateSyntaxError for one that cannot be rewritten."""
    return "".join(_pieces(source)) if "trans" in source else source


def _pieces(source: str) -> Iterator[str]:
    opening, end = None, 0
    for tag in _TAG.finditer(source):
        line = source.count("\n", 0, tag.start()) + 1
        if (tag[2] == "trans") is not (opening is None):
            raise TemplateSyntaxError(f"{tag[0]} cannot stand here", line)
        if opening is None:
            opening = tag
            start = tag.start() if tag[1] == "+" else _indent_starts(source, tag.start())
            yield source[end:start]
        else:
            newline = tag[4] != "+" and source.startswith("\n", tag.end())
            yield _call(source, opening, tag, line) + ("\n" if newline else "") + _close(tag)
            opening, end = None, tag.end() + newline
    if opening is not None:
        raise TemplateSyntaxError(
            "there is no endtrans", source.count("\n", 0, opening.start()) + 1
        )
    yield source[end:]


def _indent_starts(source: str, position: int) -> int:
    """Where the indent of a tag begins that stands first on its line: the engines drop it."""
    start = source.rfind("\n", 0, position) + 1
    return position if source[start:position].strip() else start


def _close(tag: re.Match[str]) -> str:
    return "-}}" if tag[4] == "-" else "}}"


def _call(source: str, opening: re.Match[str], closing: re.Match[str], line: int) -> str:
    body = source[opening.end() : closing.start()]
    lines = source.count("\n", opening.start(), closing.start())
    trimmed = opening[3].lstrip().startswith("trimmed")
    head = _MODIFIER.sub("", opening[3], count=1).strip()
    bound = set(_BOUND.findall(head))
    free = sorted(set(_VALUE.findall(body)) - bound)
    words = _VALUE.sub(r"%(\1)s", _stripped(body, opening, closing, trimmed=trimmed))
    if "{{" in words or "{%" in words:
        raise TemplateSyntaxError("only plain names may stand between trans and endtrans", line)
    values = [*([head] if head else []), *(f"{name}={name}" for name in free)]
    called = ", ".join((_quoted(words), *values))
    return ("{{-" if opening[1] == "-" else "{{") + " _(" + called + ") " + "\n" * lines


def _stripped(body: str, opening: re.Match[str], closing: re.Match[str], *, trimmed: bool) -> str:
    body = body.replace("%", "%%")
    if trimmed:
        return " ".join(part for part in map(str.strip, body.split("\n")) if part)
    body = body.lstrip() if opening[4] == "-" else body.removeprefix("\n")
    if closing[1] == "-":
        return body.rstrip()
    return body[: _indent_starts(body, len(body))] if "\n" in body else body


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
