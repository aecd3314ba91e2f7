"""A signature field, read: DKIM-Signature, ARC-Message-Signature and ARC-Seal have one form."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.email.evidence.dns import is_name
from channels.email.evidence.fields import Field
from channels.email.evidence.tags import read_tags, without_space

#: Bytes of a signature field; with a hundred signed names it has two thousand.
_LONGEST = 16 * 1024
_NUMBER = re.compile(r"[0-9]{1,12}\Z")
_FORMS = {"simple": False, "relaxed": True}


class BadSignature(ValueError):
    """The field makes no sense; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """What the field says."""

    #: The field itself.
    field: Field
    #: ``d=``, lower-cased.
    domain: str
    #: ``s=``.
    selector: str
    #: ``a=``, for example ``rsa-sha256``.
    algorithm: str
    #: ``b=``.
    value: bytes
    #: ``h=``, lower-cased, in order; empty in a seal.
    names: tuple[bytes, ...]
    #: ``bh=``; empty in a seal.
    body_hash: bytes
    #: Whether header and body are signed in relaxed form (``c=``).
    relaxed: tuple[bool, bool]
    #: ``l=``.
    length: int | None
    #: The domain of ``i=`` in a DKIM signature, lower-cased.
    identity: str
    #: ``t=`` and ``x=``.
    made_at: datetime | None
    expires_at: datetime | None
    #: ``i=`` of an ARC field, else 0.
    instance: int
    #: ``cv=`` of a seal, lower-cased, else empty.
    chain: str

    @property
    def key_name(self) -> str:
        """Where its key is kept."""
        return f"{self.selector}._domainkey.{self.domain}"


def read_signature(field: Field) -> Signature:
    """Read a DKIM or ARC signature field. Raises BadSignature."""
    if len(field.raw) > _LONGEST:
        raise BadSignature(f"a signature of {len(field.raw)} bytes")
    try:
        tags = read_tags(field.text)
    except ValueError as error:
        raise BadSignature(str(error)) from None
    arc, seal = field.name.startswith(b"arc-"), field.name == b"arc-seal"
    domain = without_space(_tag(tags, "d")).lower().rstrip(".")
    signature = Signature(
        field=field,
        domain=domain,
        selector=without_space(_tag(tags, "s")),
        algorithm=_tag(tags, "a").lower(),
        value=_bytes(tags, "b"),
        names=() if seal else _names(_tag(tags, "h")),
        body_hash=b"" if seal else _bytes(tags, "bh"),
        relaxed=(True, True) if seal else _forms(tags),
        length=None if arc else _number(tags, "l"),
        identity=domain if arc else tags.get("i", domain).rpartition("@")[2].lower(),
        made_at=_time(tags, "t"),
        expires_at=_time(tags, "x"),
        instance=(_number(tags, "i") or 0) if arc else 0,
        chain=tags.get("cv", "").lower(),
    )
    if "." not in domain or not is_name(signature.key_name):
        raise BadSignature("d= and s= name no key")
    if not arc and tags.get("v") != "1":
        raise BadSignature("v= is not 1")
    if "dns/txt" not in tags.get("q", "dns/txt").lower():
        raise BadSignature("its key is not in the DNS")
    return signature


def _tag(tags: dict[str, str], name: str) -> str:
    if not tags.get(name):
        raise BadSignature(f"{name}= is missing")
    return tags[name]


def _bytes(tags: dict[str, str], name: str) -> bytes:
    try:
        return base64.b64decode(without_space(_tag(tags, name)), validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature(f"{name}= is not base64") from None


def _number(tags: dict[str, str], name: str) -> int | None:
    text = tags.get(name)
    if text is None:
        return None
    if not _NUMBER.match(text):
        raise BadSignature(f"{name}= is not a number")
    return int(text)


def _time(tags: dict[str, str], name: str) -> datetime | None:
    seconds = _number(tags, name)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # beyond the year 9999
        return datetime.max.replace(tzinfo=UTC)


def _names(text: str) -> tuple[bytes, ...]:
    return tuple(name.encode() for name in without_space(text).lower().split(":") if name)


def _forms(tags: dict[str, str]) -> tuple[bool, bool]:
    header, slash, body = tags.get("c", "simple/simple").lower().partition("/")
    try:
        return _FORMS[header.strip()], _FORMS[body.strip() if slash else "simple"]
    except KeyError:
        raise BadSignature("c= names an unknown form") from None
