"""Header fields as they are written: one field in, its folded lines out, ended by CR LF.

Every value passes one of the filters here, so no value of any origin can begin a second field.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable
from urllib.parse import quote

from channels.email.paths import wire_address

#: RFC 5322 section 2.1.1 asks for 78 where it can be had; 998 is the hard end.
_WISHED, _LONGEST_WORD = 78, 900
#: UTF-8 bytes of one encoded word: with the longest field name the line stays under 76 characters.
_WORD_BYTES = 39

#: The bytes that no UTF-8 character begins with.
_CONTINUATION = range(0x80, 0xC0)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PHRASE_LENGTH = 60
_LOCAL_PLAIN = re.compile(r"[^\s()<>\[\]:;@\\,.\"]+(?:\.[^\s()<>\[\]:;@\\,.\"]+)*")
_LOCAL_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOT_DOMAIN = re.compile(r"[\s()<>@,;\\\"]")
#: RFC 5321 section 4.5.3.1.3.
_ADDRESS_BYTES = 254
_ID = re.compile(r"[!-;=?-~]{1,900}")
_NOT_ID = re.compile(r"[^!-;=?-~]")
#: Characters of a file name, and of one piece of it on the wire.
_NAME_HEAD, _NAME_TAIL, _SECTION = 110, 40, 60


def field(name: str, value: str) -> str:
    """A field whose value is known to be clean: ours, or from one of the functions below."""
    return f"{name}: {value}\r\n"


def text_field(name: str, text: str) -> str:
    """A field of free words, such as Subject (RFC 2047 where they are not ASCII)."""
    line = one_line(text)
    if not line.isascii() or "=?" in line:
        return field(name, _encoded_words(line))
    if len(name) + 2 + len(line) <= _WISHED:
        return field(name, line)
    words = line.split(" ")
    if max(map(len, words)) > _LONGEST_WORD:
        return field(name, _encoded_words(line))
    return field(name, _folded(words, len(name) + 2))


def mailbox_field(name: str, display_name: str, address: str) -> str:
    """A field of one mailbox; nothing when there is no address.

    A non-ASCII local part is written as it is: such a mail needs SMTPUTF8 (RFC 6532).
    """
    path = header_address(address)
    if not path:
        return ""
    phrase = _phrase(one_line(display_name))
    if not phrase:
        return field(name, f"<{path}>")
    break_ = " " if len(name) + len(phrase) + len(path) + 5 <= _WISHED else "\r\n "
    return field(name, f"{phrase}{break_}<{path}>")


def ids_field(name: str, ids: Iterable[str]) -> str:
    """A field of message ids without brackets; one that is no id is left out, so is an empty field."""
    written = [f"<{one}>" for one in ids if _ID.fullmatch(one)]
    return field(name, "\r\n ".join(written)) if written else ""


def token_field(name: str, value: str, form: str = "{}") -> str:
    """A field of one visible ASCII word inside ``form``; nothing when no such word is left."""
    word = _NOT_ID.sub("", value)[:_LONGEST_WORD]
    return field(name, form.format(word)) if word else ""


def file_name_parameter(name: str) -> str:
    """``; filename=…``, by RFC 2231 where the name is long or not ASCII."""
    clean = one_line(name).replace("/", "_").replace("\\", "_") or "attachment"
    if clean.isascii() and len(clean) <= _SECTION:
        return f";\r\n filename={_quoted(clean)}"
    if len(clean) > _NAME_HEAD + _NAME_TAIL:
        clean = clean[:_NAME_HEAD] + clean[-_NAME_TAIL:]
    sections = _sections(clean)
    if len(sections) == 1:
        return f";\r\n filename*=utf-8''{sections[0]}"
    sections[0] = f"utf-8''{sections[0]}"
    return "".join(f";\r\n filename*{at}*={text}" for at, text in enumerate(sections))


def header_address(address: str) -> str:
    """The address as it may stand between angle brackets; what cannot stand there is left out."""
    address = _CONTROL.sub("", address)
    address = address.encode()[:_ADDRESS_BYTES].decode(errors="ignore")
    local, at, domain = wire_address(address).rpartition("@")
    if not at:
        local, domain = domain, ""
    domain = _NOT_DOMAIN.sub("", domain)
    if not (local or domain):
        return ""
    if not (_LOCAL_PLAIN.fullmatch(local) or _LOCAL_QUOTED.fullmatch(local)):
        local = _quoted(local)
    return f"{local}@{domain}" if domain else local


def one_line(text: str) -> str:
    """The text on one line: every run of white space is one space, controls are gone."""
    return _CONTROL.sub("", " ".join(text.split()))


def _phrase(name: str) -> str:
    if name.isascii() and len(name) <= _PHRASE_LENGTH and "=?" not in name:
        return name if not name or _ATOMS.fullmatch(name) else _quoted(name)
    return _encoded_words(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folded(words: list[str], used: int) -> str:
    lines = [words[0]]
    used += len(words[0])
    for word in words[1:]:
        if used + 1 + len(word) > _WISHED:
            lines.append(word)
            used = 1 + len(word)
        else:
            lines[-1] += f" {word}"
            used += 1 + len(word)
    return "\r\n ".join(lines)


def _encoded_words(text: str) -> str:
    data = text.encode()
    words = []
    start = 0
    while start < len(data):
        stop = min(start + _WORD_BYTES, len(data))
        # RFC 2047 section 5: a word holds whole characters.
        while stop < len(data) and data[stop] in _CONTINUATION:
            stop -= 1
        words.append(f"=?utf-8?b?{b2a_base64(data[start:stop], newline=False).decode()}?=")
        start = stop
    return "\r\n ".join(words)


def _sections(name: str) -> list[str]:
    sections = [""]
    for character in name:
        piece = quote(character, safe="")
        if len(sections[-1]) + len(piece) > _SECTION:
            sections.append("")
        sections[-1] += piece
    return sections
