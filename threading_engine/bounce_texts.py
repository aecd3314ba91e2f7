"""Whose delivery failed, read from the prose of mail servers that write no delivery report.

Servers agree on little, but each names the failing address in one of a few ways. The table is
ordered from the form that can hardly mean anything else to "any address in the text".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: Characters of a notice that are read; the original mail stands behind.
MAX_NOTICE = 20_000
MAX_RECIPIENTS = 100


_Rules = tuple[Callable[[str], Iterator[re.Match[str]]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """One failing address and the words about it."""

    #: The address as written.
    address: str
    #: What the notice says about it.
    text: str
    #: What it says before naming the only address.
    before: str = ""


_ORIGINAL = re.compile(
    r"^[ \t>*=-]{0,30}(?:"
    r"(?:begin |start of )?(?:the )?(?:header of the )?(?:original|returned|unsent|undelivered|rejected|offending) (?:message|mail)\b(?! (?:was|could|has))"
    r"|below (?:this line )?is a copy|this is a copy of|copy of the (?:original )?message|included is a copy"
    r"|(?:your )?message (?:text |headers? |header )?follows|message headers follow|message header\b"
    r"|return-path:|received: ?from|-{2,}message|here is (?:a copy|your)|transcript of message|original mail (?:as follows|info)"
    r").*$",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = r"[^\s<>()\[\]:;,\"'|=/\\]{1,64}@[A-Za-z0-9_.-]{1,255}"


def notice(text: str) -> str:
    """The server's own words: ``text`` up to the original mail."""
    text = text[:MAX_NOTICE]
    for found in _ORIGINAL.finditer(text):
        if text[: found.start()].strip():
            return text[: found.start()]
    return text


def mentions(text: str, known: frozenset[str], rules: _Rules) -> tuple[Mention, ...]:
    """Failing addresses by the first of ``rules`` that hits; ``known`` cannot be meant."""
    words = notice(text)
    for rule in rules:
        found = _distinct(rule(words), known, words)
        if found:
            return found
    return ()


def _distinct(
    matches: Iterator[re.Match[str]], known: frozenset[str], words: str
) -> tuple[Mention, ...]:
    """One mention per address; the words about it reach to the next address."""
    places: list[tuple[str, int]] = []
    for match in matches:
        address = match[1].rstrip(".-")
        if _could_fail(address, known):
            places.append((address, match.start()))
    texts: dict[str, str] = {}
    ends = [start for _, start in places[1:]] + [len(words)]
    for (address, start), end in zip(places[:500], ends, strict=False):
        texts[address] = texts.get(address, "") + " " + words[start:end]
    before = words[: places[0][1]] if len(texts) == 1 else ""
    return tuple(
        Mention(address=address, text=text.strip(), before=before)
        for address, text in list(texts.items())[:MAX_RECIPIENTS]
    )


_TRANSCRIPT = re.compile(
    r"^[ \t>-]{0,20}transcript of session follows", re.IGNORECASE | re.MULTILINE
)
_VERDICT = re.compile(rf"^[45]\d\d (?:[45]\.\d\.\d )?<?({_ADDRESS})>?\.\.\. [^\n]*", re.MULTILINE)


def transcript(text: str, known: frozenset[str]) -> tuple[Mention, ...]:
    """Recipients of sendmail's transcript, which ends the dialogue about each with a verdict.

    ``550 <a@b>... User unknown`` stands after the commands and replies that led to it.
    """
    words = notice(text)
    begin = _TRANSCRIPT.search(words)
    if begin is None:
        return ()
    texts: dict[str, str] = {}
    start = begin.end()
    for verdict in _VERDICT.finditer(words, start):
        address = verdict[1].rstrip(".-")
        if _could_fail(address, known):
            texts.setdefault(address, words[start : verdict.end()].strip(" -\n"))
        start = verdict.end()
    return tuple(
        Mention(address=address, text=said)
        for address, said in list(texts.items())[:MAX_RECIPIENTS]
    )


def _could_fail(address: str, known: frozenset[str]) -> bool:
    local, _, domain = address.lower().partition("@")
    daemon = local in {"mailer-daemon", "postmaster", "support", "abuse"}
    return bool(domain.strip(".-")) and address.lower() not in known and not daemon


_BEFORE_COLON = re.compile(
    rf"^[ \t*>\"'-]{{0,8}}<?({_ADDRESS})>?[\"']?(?:[ \t]\([^()\n]{{0,200}}\))?[ \t]*:", re.MULTILINE
)
_ALONE = re.compile(
    rf"^[ \t*>\"'-]{{0,40}}<?({_ADDRESS})>?[\"']?[ \t.,;]{{0,8}}(?:\([^\n]{{0,200}})?$",
    re.MULTILINE,
)
_FIELD = re.compile(
    rf"(?:recipients?|recipient address|rcpt to|rcpt|undeliverable to|failed address|destination|addressee)[ \t]{{0,4}}[:=][ \t]{{0,8}}(?:rfc822; ?)?[\"'<]{{0,2}}({_ADDRESS})",
    re.IGNORECASE,
)
_SAID_OF = re.compile(
    rf"(?:unknown (?:user|recipient|address)|user unknown|no such user|deliver(?:y|ed|ing)?|undeliverable|undelivered|failed|reach|message|mail|sent|account|mailbox|full|rejected|refused|size)\b[^\n@]{{0,60}}?[\s<\"'(:]({_ADDRESS})",
    re.IGNORECASE,
)
_BEGINS_LINE = re.compile(rf"^[ \t*>\"'-]{{0,8}}[0-9]{{0,3}}[ \t]?<?({_ADDRESS})>?", re.MULTILINE)
_ANY = re.compile(rf"({_ADDRESS})")


def before_a_colon(words: str) -> Iterator[re.Match[str]]:
    """``<a@b>: host said ...`` (Postfix, qmail, OpenSMTPD, Yahoo)."""
    return _BEFORE_COLON.finditer(words)


def alone_on_a_line(words: str) -> Iterator[re.Match[str]]:
    """The address has a line to itself (Exim, Gmail, sendmail, Exchange)."""
    return _ALONE.finditer(words)


def named_by_a_field(words: str) -> Iterator[re.Match[str]]:
    """``Recipient: <a@b>``, ``RCPT TO:<a@b>``."""
    return _FIELD.finditer(words)


def beginning_a_line(words: str) -> Iterator[re.Match[str]]:
    """``a@b on 4/29/01: recipient not found`` (Exchange, Notes)."""
    return _BEGINS_LINE.finditer(words)


def object_of_a_phrase(words: str) -> Iterator[re.Match[str]]:
    """``could not be delivered to a@b``, ``unknown user: a@b``."""
    return _SAID_OF.finditer(words)


def any_address(words: str) -> Iterator[re.Match[str]]:
    """The first addresses that the notice mentions at all."""
    return _ANY.finditer(words)


#: Forms that servers use for the failing address only.
SURE: _Rules = (before_a_colon, alone_on_a_line, named_by_a_field, beginning_a_line)
#: Forms in which another address may stand.
LIKELY: _Rules = (object_of_a_phrase, any_address)


def service_notification(text: str) -> tuple[Mention, ...]:
    """The recipients of an Amazon SES notification, which is JSON in a text part."""
    try:
        data, _ = json.JSONDecoder(strict=False).raw_decode(text.lstrip()[:MAX_NOTICE])
        recipients = data["bounce"]["bouncedRecipients"]
        return tuple(
            Mention(
                address=str(recipient["emailAddress"]),
                text=str(recipient.get("diagnosticCode") or recipient.get("status") or ""),
            )
            for recipient in recipients[:MAX_RECIPIENTS]
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()
