"""Where in a text another mail begins and where it ends, whatever the reason that it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from threading_engine import attributions, mail_headers, markers, notes_headers, signatures
from threading_engine.mail_headers import Block
from threading_engine.outline import MOST_LINES, is_quote_next

_BYTE_ORDER_MARK = "\ufeff"
_PADDING = " \t\u00a0>" + _BYTE_ORDER_MARK
#: Outlook for Mac indents what it forwards below an attribution line.
_INDENT = 2
#: A frame of dashes or stars that a client draws below a body is longer than people's own.
_LONG_RULE = 20
#: "Forwarded by" leads, and a name and an address follow.
_START_OF_PHRASE = 24
_MOST_WORDS_OF_A_NAME = 8
#: A header block stands within this many lines.
_FARTHEST = 40
_END = re.compile(
    r"(?:end|ende|fin|fine|fim|einde|slut|slutt|loppu|koniec|konec|vége|sfârșit|конец|кінець|край|son|τέλος|kraj)\s",
    re.IGNORECASE,
)
_QUOTED_NAME = re.compile(r"\"[^\"<>]{1,80}\"\s<")
_SCISSORS = "===8<"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Where another mail stands in a text."""

    #: Which clue: announced, header_block or attribution.
    rule: str
    #: Header fields by role.
    fields: Mapping[str, str]
    #: First line of the announcement; the words before it are the note.
    first: int
    #: First line of the body.
    body: int


#: What a clue found is a mail that was answered, and nothing below it counts.
_ANSWERED = Found(rule="", fields={}, first=-1, body=-1)


def find(lines: Sequence[str]) -> Found | None:
    """The topmost announcement of another mail, or None when it announces one that is answered."""
    for at, line in enumerate(lines[:MOST_LINES]):
        bare = line.lstrip(_PADDING).rstrip()
        if not bare or not (":" in bare or "：" in bare or bare[0] in "-*="):
            continue
        if _is_inside_a_quote(lines, at):
            continue
        if found := next((found for clue in _CLUES if (found := clue(lines, at, bare))), None):
            return found if found.first >= 0 else None
    return None


def _is_inside_a_quote(lines: Sequence[str], at: int) -> bool:
    """Whether quoted words stand above a quoted line: somebody else announced what is there."""
    if lines[at].lstrip()[:1] != ">":
        return False
    above = at - 1
    while above >= 0 and not lines[above].strip(_PADDING):
        above -= 1
    return above >= 0 and lines[above].lstrip()[:1] == ">"


def _announcement(lines: Sequence[str], at: int, bare: str) -> Found | None:
    """The client says "----- Forwarded message -----"; Yahoo adds all fields on the same line."""
    said = markers.dashed(bare) or markers.undashed(bare, next_line(lines, at + 1))
    if said is None:
        return None
    phrase, rest = said
    first = _forwarded_by(lines, at)
    forwarded = first < at or markers.is_forwarded(phrase)
    if not forwarded and not (markers.is_original(phrase) and bare.startswith(("-", "*"))):
        return None
    if forwarded and (inline := mail_headers.inline_fields(rest)):
        return Found(rule="announced", fields=inline, first=first, body=at + 1)
    block = _block_below(lines, at + 1, announced=True) or (
        _attribution_below(lines, at + 1) if forwarded else None
    )
    if block is None:
        return None if forwarded else _ANSWERED
    rule = "announced" if forwarded else "header_block"
    body = _below_frame(lines, block.end, bare)
    return Found(rule=rule, fields=block.fields, first=first, body=body)


def _forwarded_by(lines: Sequence[str], at: int) -> int:
    """The line "Forwarded by Ben Hall <ben@…>" that some clients put above "Original Message"."""
    above = lines[at - 1].strip(_PADDING) if at else ""
    by_whom = "@" in above and markers.is_forwarded(above[:_START_OF_PHRASE])
    return at - 1 if by_whom and len(above.split()) <= _MOST_WORDS_OF_A_NAME else at


def _below_frame(lines: Sequence[str], end: int, announcement: str) -> int:
    """Below the line that some clients draw under the fields, or Zoho's own a second time."""
    line = lines[end].strip(_PADDING) if end < len(lines) else ""
    framed = line and (line == announcement or (line[:3] == "---" and signatures.is_rule(line)))
    return end + 1 if framed else end


def _header_block(lines: Sequence[str], at: int, bare: str) -> Found | None:
    """Outlook's bare "From: … Subject: …", or with a line of plain words above it."""
    if mail_headers.role(bare) is None:
        return None
    block = _block_below(lines, at)
    if block is None:
        return None
    above = at - 1
    while above >= 0 and not lines[above].strip(_PADDING):
        above -= 1
    words = lines[above].strip(_PADDING) if above >= 0 else ""
    if above == at - 1 and markers.is_bare_announcement(words):
        rule = "announced" if markers.is_forwarded(words) else "header_block"
        return Found(rule=rule, fields=block.fields, first=above, body=block.end)
    return Found(rule="header_block", fields=block.fields, first=at, body=block.end)


def _groupwise(lines: Sequence[str], at: int, bare: str) -> Found | None:
    """GroupWise: ">>> Ana Bell <ana@…> 3/3/20 8:15 AM >>>"."""
    if not (bare.endswith(">>>") and "@" in bare and lines[at].lstrip().startswith(">>>")):
        return None
    return Found(rule="header_block", fields={"from": bare}, first=at, body=at + 1)


def _notes_header(lines: Sequence[str], at: int, bare: str) -> Found | None:
    """Lotus Notes' header, known by its date."""
    around = notes_headers.block_around(lines, at, 0) if notes_headers.may_be_date(bare) else None
    if around is None:
        return None
    first, block = around
    return Found(rule="header_block", fields=block.fields, first=first, body=block.end)


def _attribution(lines: Sequence[str], at: int, bare: str) -> Found | None:
    """An attribution line above indented text is how Outlook for Mac forwards."""
    if not attributions.ends_like_one(bare):
        return None
    if lines[at].lstrip()[:1] == ">":
        plain = [unquoted(line) for line in lines[max(at - 3, 0) : at + 1]]
        first = attributions.start_of(plain, len(plain) - 1, 0, quoted_below=False)
        return None if first is None else _ANSWERED
    quoted_below = is_quote_next(lines, at + 1)
    first = attributions.start_of(lines, at, 0, quoted_below=quoted_below)
    if first is None:
        return None
    whole = " ".join(lines[first : at + 1])
    indented = next_line(lines, at + 1)[:_INDENT].isspace()
    marked = whole.lstrip().startswith(_BYTE_ORDER_MARK) or indented
    if quoted_below or not marked or "@" not in whole:
        return _ANSWERED
    return Found(rule="attribution", fields={"from": whole}, first=first, body=at + 1)


_CLUES: tuple[Callable[[Sequence[str], int, str], Found | None], ...] = (
    _announcement,
    _header_block,
    _notes_header,
    _groupwise,
    _attribution,
)


def next_line(lines: Sequence[str], at: int) -> str:
    """The next line that is not blank, a quote mark aside; empty at the end."""
    while at < len(lines):
        if plain := unquoted(lines[at]).rstrip():
            return plain
        at += 1
    return ""


def unquoted(line: str) -> str:
    """A line without its first quote mark."""
    stripped = line.lstrip()
    return stripped[1:].removeprefix(" ") if stripped.startswith(">") else line


def _block_below(lines: Sequence[str], at: int, *, announced: bool = False) -> Block | None:
    """The fields at or below a line, quoted or not, after blank lines or none.

    Below what is ``announced``, two fields of any kind will do, and labels without colons.
    """
    end = min(len(lines), at + _FARTHEST)
    while at < end and not lines[at].strip(_PADDING):
        at += 1
    if at == end:
        return None
    if lines[at].lstrip()[:1] != ">":
        return _block_at(lines, at, announced=announced)
    plain = [unquoted(line) for line in lines[at : at + _FARTHEST]]
    block = _block_at(plain, 0, announced=announced)
    return Block(fields=block.fields, end=at + block.end) if block else None


def _block_at(lines: Sequence[str], at: int, *, announced: bool) -> Block | None:
    if not announced:
        return mail_headers.block_at(lines, at)
    block = mail_headers.fields_at(lines, at, len(lines))
    if block and len(block.fields) > 1:  # one labelled line is a sentence
        return block
    return notes_headers.block_at(lines, at) or mail_headers.block_at(
        lines, at, reads=mail_headers.bare_role
    )


def _attribution_below(lines: Sequence[str], at: int) -> Block | None:
    """Yandex writes an attribution line instead of fields."""
    while at < len(lines) and not lines[at].strip(_PADDING):
        at += 1
    plain = [unquoted(line) for line in lines[at : at + 1]]
    if not plain or "@" not in plain[0] or not attributions.ends_like_one(plain[0].strip()):
        return None
    if attributions.start_of(plain, 0, 0, quoted_below=True) is None:
        return None
    name = _QUOTED_NAME.search(plain[0])
    return Block(fields={"from": plain[0][name.start() if name else 0 :]}, end=at + 1)


def body_and_rest(lines: Sequence[str], found: Found) -> tuple[str, str]:
    """The body, and what the forwarder wrote below its end, where that can be told."""
    rest = list(lines[found.body :])
    if next_line(rest, 0).startswith(_SCISSORS):
        del rest[: next(at for at, line in enumerate(rest) if line.strip()) + 1]
    if found.rule == "announced":
        rest, after = _before_the_end(rest)
    else:
        after = ""
    quoted = next((line.lstrip()[:1] == ">" for line in rest if line.strip()), False)
    if not quoted:
        return "\n".join(rest).strip(), after
    end = max(at for at, line in enumerate(rest, 1) if line.lstrip()[:1] == ">")
    body = "\n".join(unquoted(line) for line in rest[:end]).strip()
    return body, "\n".join([*rest[end:], after]).strip()


def _before_the_end(rest: list[str]) -> tuple[list[str], str]:
    """Lines up to "----- End forwarded message -----" or a closing rule, and the words below it."""
    for at in range(len(rest) - 1, -1, -1):
        line = rest[at].strip(_PADDING)
        if line[:3] in {"---", "==="} and _is_end(line):
            return rest[:at], "\n".join(rest[at + 1 :]).strip()
    while rest and not rest[-1].strip():
        rest.pop()
    if rest and len(last := rest[-1].strip()) >= _LONG_RULE and signatures.is_rule(last):
        rest.pop()
    return rest, ""


def _is_end(line: str) -> bool:
    said = markers.dashed(line)
    return said is not None and (_END.match(said[0]) is not None or said[0].endswith(" Ends"))


def note_above(lines: Sequence[str]) -> str:
    """The words above the announcement without the rule that Outlook draws below them."""
    kept = list(lines)
    while kept and (not (last := kept[-1].strip(_PADDING)) or signatures.is_rule(last)):
        kept.pop()
    return "\n".join(kept).strip()
