"""The machine-readable part of a delivery report (RFC 3464): one group of fields per recipient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Reports are written by strangers: recipients of one, characters of one.
MAX_RECIPIENTS, MAX_TEXT = 500, 500_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one group of a delivery report says."""

    #: The recipient as written, or empty.
    address: str
    #: The Action field, lower-cased: failed, delayed, delivered, relayed, expanded, or empty.
    action: str
    #: The Status field without its comment, or empty.
    status: str
    #: The Diagnostic-Code field without its type, else the comment of the Status field, or empty.
    diagnostic: str


_GROUPS = re.compile(r"\n[ \t]*\n\s*")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{1,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_TYPED = re.compile(r"\A[A-Za-z0-9-]{1,30}\s*;\s*")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?:\s*\(([^()]{0,500})\))?")
_ADDRESS_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")


def read(text: str) -> tuple[Report, ...]:
    """Every group that names a recipient, in order; delivered ones too."""
    reports = [_report(fields) for fields in _groups(text[:MAX_TEXT])]
    return tuple(report for report in reports if report.address)[:MAX_RECIPIENTS]


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Fields per group. Some servers put an empty line inside a group or none between two."""
    for block in _GROUPS.split(text):
        fields: dict[str, str] = {}
        for found in _FIELD.finditer(block):
            name = found[1].lower()
            if name == "final-recipient" and name in fields:
                yield fields
                fields = {}
            fields.setdefault(name, found[2].replace("\n", " ").strip())
        yield fields


def _report(fields: dict[str, str]) -> Report:
    status = _STATUS.match(fields.get("status", ""))
    return Report(
        address=_address(fields),
        action=fields.get("action", "").lower().partition(" ")[0].strip("();"),
        status=status[1] if status else "",
        diagnostic=_TYPED.sub("", fields.get("diagnostic-code", ""))
        or ((status[2] or "") if status else ""),
    )


def _address(fields: dict[str, str]) -> str:
    """Prefer the address that was written to; a forwarded one may be internal to the server."""
    for name in _ADDRESS_FIELDS:
        written = _TYPED.sub("", fields.get(name, "")).strip(" <>\"'")
        if "@" in written:
            return written
    return _TYPED.sub("", fields.get("final-recipient", "")).strip(" <>")
