"""Addresses on the SMTP command line: read from a peer, written to a server.

RFC 5321 section 4.1.2 calls ``<address>`` a path. Both directions use one grammar, so nothing that
we would not read is ever written, and no address can carry a second parameter or command.
"""

from __future__ import annotations

import re

#: What aiosmtpd and we call the null reverse-path between MAIL and DATA.
NULL_PATH = "<>"

_MAILBOX = r'(?:"(?:[^"\\]|\\.)*"|[^\s<>"\\@,]+)(?:@[^\s<>"\\@,]+)?'
# A source route (``<@relay:user@host>``) is read over, as RFC 5321 appendix F.2 asks.
_BRACKETED = re.compile(rf"<(?:@[^\s<>:]*:)?({_MAILBOX}|)>(?:\s+(.*))?")
# Some devices forget the brackets; the address is clear all the same.
_BARE = re.compile(rf"({_MAILBOX})(?:\s+(.*))?")
_WHOLE = re.compile(_MAILBOX)
_HOST = re.compile(r"[A-Za-z0-9.-]+")
# Control characters break logs and databases, lone surrogates are bytes that were no UTF-8.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def read_path(argument: str) -> tuple[str, str] | None:
    """The address and the parameters after it, or None when it is malformed.

    ``argument`` is what follows ``MAIL FROM:`` or ``RCPT TO:``. The null path gives `NULL_PATH`.
    """
    if _UNSAFE.search(argument):
        return None
    found = (_BRACKETED if argument.startswith("<") else _BARE).fullmatch(argument)
    if found is None:
        return None
    return found[1] or NULL_PATH, found[2] or ""


def write_path(address: str) -> str:
    """``<address>`` ready for the wire; the empty address gives the null path.

    Raises ValueError when the address cannot stand on a command line.
    """
    if address and (_UNSAFE.search(address) or not _WHOLE.fullmatch(address)):
        raise ValueError(f"{address!r} is not a mail address")
    return f"<{wire_address(address)}>"


def wire_address(address: str) -> str:
    """The address with an international domain written in its ASCII form, where it has one."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return address
    # Normalising can turn one strange letter into a space and another one.
    return local + at + host if _HOST.fullmatch(host) else address
