"""An inspection told to a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

#: What a mail could steer the terminal with.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: Characters of folded text that are shown, lines of the rest.
PREVIEW = 70


def explain(name: str, found: Mapping[str, Any]) -> str:
    """Tell what was found in the mail ``name``: several lines, safe to print."""
    lines = [f"{label:<12} {text}".rstrip() for label, text in _told(found)]
    return _STEERING.sub("", "\n".join([name, *(f"  {line}" for line in lines)])) + "\n"


def _told(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "error" in found:
        yield "Unreadable", found["error"]
        return
    yield from _who(found)
    if proof := found.get("proof"):
        yield "Proof", f"{proof['authentication']}, {_by(proof['rule'])}"
        for evidence in proof["evidence"]:
            yield "", evidence
    yield from _what_kind(found)
    if found["signed"]:
        yield "Signed", found["signed"]
    yield from _words(found)
    for attached in found["attachments"]:
        where = ", shown inside the text" if attached["inline"] else ""
        yield (
            "Attached",
            f"{attached['name']} ({attached['type']}, {attached['size']} bytes{where})",
        )
    for defect in found["defects"]:
        yield "Defect", defect


def _who(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found["from"]:
        name = found["from_name"]
        yield "Wrote", f"{name} <{found['from']}>" if name else found["from"]
    else:
        yield "Wrote", f"unknown: {found['from_reason']}"
    for label, key in (("To", "to"), ("Copy", "cc")):
        if found[key]:
            yield label, ", ".join(found[key])
    yield "Subject", found["subject"] or "none"
    if found["bare_subject"] != found["subject"]:
        yield "", f"without prefixes: {found['bare_subject']}"
    if found["message_id"]:
        yield "Id", found["message_id"]
    for answered in found["in_reply_to"]:
        yield "Answers", answered
    if found["references"]:
        yield "Thread", f"{len(found['references'])} earlier, the last {found['references'][-1]}"


def _what_kind(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    verdict = found["automatic"]
    if verdict:
        yield "Automatic", f"{verdict['kind']}, {_by(verdict['rule'])}"
    for failure in found["bounce"] or ():
        fate = "dead address" if failure["permanent"] else "may work later"
        why = f"{failure['cause']}: {failure['reason']}"
        yield "Failed", f"{failure['address']} {failure['status']} ({fate}): {why}"
    forwarded = found["forwarded"]
    if forwarded:
        author = forwarded["from"] or forwarded["from_name"] or "somebody"
        yield "Forwarded", f"a mail of {author}: {forwarded['subject']}"


def _by(rule: str) -> str:
    # Half the service is imported for its rules' words, which most mails do not need.
    from bot.cli import rules

    return f"by {rule}: {rules.explain(rule)}"


def _words(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for label, key in (("Shown", "visible"), ("Signature", "signature")):
        for number, line in enumerate(found[key].splitlines()):
            yield "" if number else label, f"| {line}"
    folded = found["elided"].split()
    if folded:
        yield "Folded away", f"{len(folded)} words from: {' '.join(folded)[:PREVIEW]}"
    if found["rules"]:
        yield "Folded by", ", ".join(found["rules"])
