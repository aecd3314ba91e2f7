"""An SPF record, parsed whole before anything of it is evaluated (RFC 7208 sections 4.6 and 12)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral", "": "pass"}
_DIRECTIVE = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9_.-]*)(?::(.*)|(?=/)(.*))?\Z", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)\Z", re.DOTALL)
_PREFIXES = re.compile(r"(?:/(0|[1-9][0-9]{0,2}))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_MACRO = re.compile(r"%(?:\{([a-zA-Z])([0-9]{0,3})(r?)([.\-+,/_=]*)\}|([%_-]))|%", re.IGNORECASE)
_LETTERS = "slodiphv"
#: A domain ends with a label that is no number, or with a macro.
_TOP = re.compile(r"\.(?!-)(?=[0-9-]*[a-z])[a-z0-9-]+(?<!-)\.?\Z", re.IGNORECASE)
_LONGEST_NAME = 253


class SpfSyntaxError(ValueError):
    """The record cannot be read; the text says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directive:
    """One mechanism and what it says when it matches."""

    #: As written, for people.
    text: str
    #: ``pass``, ``fail``, ``softfail`` or ``neutral``.
    result: str
    #: ``all``, ``include``, ``a``, ``mx``, ``ptr``, ``ip4``, ``ip6`` or ``exists``.
    kind: str
    #: The domain with its macros; empty for the current one.
    domain: str = ""
    #: Leading bits that count, for IPv4 and IPv6 addresses.
    prefixes: tuple[int, int] = (32, 128)
    #: The network of ``ip4`` and ``ip6``.
    network: Network | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record."""

    directives: tuple[Directive, ...]
    #: The domain of ``redirect=`` with its macros, or empty.
    redirect: str = ""


def is_spf(text: str) -> bool:
    """Whether a TXT record is an SPF record."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def parse_record(text: str) -> Record:
    """Parse a record. Raises SpfSyntaxError."""
    if not text.isascii():
        raise SpfSyntaxError("the record is not ASCII")
    directives: list[Directive] = []
    modifiers: dict[str, str] = {}
    for term in text.split(" ")[1:]:
        if not term:
            continue
        if modifier := _MODIFIER.match(term):
            name = modifier[1].lower()
            if name in modifiers and name in {"redirect", "exp"}:
                raise SpfSyntaxError(f"{name}= stands twice")
            modifiers[name] = modifier[2]
        else:
            directives.append(_directive(term))
    redirect = modifiers.get("redirect", "")
    if "redirect" in modifiers:
        _check_domain(redirect, "redirect=")
    return Record(directives=tuple(directives), redirect=redirect)


def _directive(term: str) -> Directive:
    match = _DIRECTIVE.match(term)
    if match is None or match[2].lower() not in _SHAPES:
        raise SpfSyntaxError(f"no mechanism: {term[:40]}")
    kind = match[2].lower()
    shaped = _SHAPES[kind](kind, match[3], match[4] or "", term)
    return Directive(text=term[:60], result=_RESULTS[match[1]], kind=kind, **shaped)


def _nothing(_kind: str, domain: str | None, rest: str, term: str) -> dict[str, Any]:
    if domain is not None or rest:
        raise SpfSyntaxError(f"nothing may follow: {term[:40]}")
    return {}


def _needs_domain(_kind: str, domain: str | None, rest: str, term: str) -> dict[str, Any]:
    _check_domain(domain or "", term)
    if rest:
        raise SpfSyntaxError(f"no prefix may follow: {term[:40]}")
    return {"domain": domain}


def _may_have_domain(kind: str, domain: str | None, rest: str, term: str) -> dict[str, Any]:
    if domain is None and not rest:
        return {}
    return _needs_domain(kind, domain, rest, term)


def _host(_kind: str, domain: str | None, rest: str, term: str) -> dict[str, Any]:
    """``a`` and ``mx``: a domain, prefixes, both or neither."""
    whole = rest if domain is None else domain
    found = _PREFIXES.search(whole)
    name = whole[: found.start()] if found else whole
    if domain is not None:
        _check_domain(name, term)
    elif name:
        raise SpfSyntaxError(f"not a prefix: {term[:40]}")
    four, six = (found[1], found[2]) if found else (None, None)
    prefixes = (int(four or 32), int(six or 128))
    if prefixes[0] > 32 or prefixes[1] > 128:  # noqa: PLR2004 - bits of addresses
        raise SpfSyntaxError(f"the prefix is too long: {term[:40]}")
    return {"domain": name, "prefixes": prefixes}


def _network(kind: str, domain: str | None, _rest: str, term: str) -> dict[str, Any]:
    of = ipaddress.IPv4Network if kind == "ip4" else ipaddress.IPv6Network
    _, slash, prefix = (domain or "").partition("/")
    if slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", prefix):
        raise SpfSyntaxError(f"not a prefix: {term[:40]}")
    try:
        return {"network": of(domain or "", strict=False)}
    except ValueError:
        raise SpfSyntaxError(f"not an {kind} network: {term[:40]}") from None


_SHAPES: dict[str, Callable[[str, str | None, str, str], dict[str, Any]]] = {
    "all": _nothing,
    "include": _needs_domain,
    "exists": _needs_domain,
    "ptr": _may_have_domain,
    "a": _host,
    "mx": _host,
    "ip4": _network,
    "ip6": _network,
}


def _check_domain(text: str, term: str) -> None:
    """Whether this is a domain once its macros are expanded; every macro has to be one."""
    end = 0
    for macro in _MACRO.finditer(text):
        if macro[0] == "%" or (macro[1] and macro[1].lower() not in _LETTERS):
            raise SpfSyntaxError(f"no macro: {term[:40]}")
        end = macro.end()
    if not text or (end != len(text) and not _TOP.search(text[-80:])):
        raise SpfSyntaxError(f"no domain: {term[:40]}")


# --- macros -----------------------------------------------------------------------------------


def expand(text: str, values: dict[str, str]) -> str:
    """A domain with its macros replaced (RFC 7208 section 7); ``values`` has one for each letter."""

    def one(macro: re.Match[str]) -> str:
        if macro[5]:
            return {"%": "%", "_": " ", "-": "%20"}[macro[5]]
        if not macro[1]:
            return "%"
        value = _transformed(values[macro[1].lower()], macro[2], macro[3], macro[4] or ".")
        return quote(value, safe="-._~") if macro[1].isupper() else value

    name = _MACRO.sub(one, text).rstrip(".")
    while len(name) > _LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _transformed(value: str, number: str, reverse: str, delimiters: str) -> str:
    parts = [value]
    for delimiter in dict.fromkeys(delimiters):
        parts = [piece for part in parts for piece in part.split(delimiter)]
    if reverse:
        parts.reverse()
    if number and int(number):
        parts = parts[-int(number) :]
    return ".".join(parts)


def address_macro(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """``%{i}``: dotted quad, or dotted nibbles for IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return ".".join(address.exploded.replace(":", ""))


def pick(records: Iterable[str]) -> str | None:
    """The one SPF record among TXT records, or None. Raises SpfSyntaxError where there are two."""
    found = [text for text in records if is_spf(text)]
    if len(found) > 1:
        raise SpfSyntaxError("there are two records")
    return found[0] if found else None
