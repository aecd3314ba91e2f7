"""Deeds from the form that administrators write: one table each, the first key says which."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.desk.people import Role
from bot.desk.rules.deeds import (
    Deed,
    Escalate,
    Join,
    Note,
    Notify,
    Set,
    Settable,
    Tag,
    Webhook,
    Whom,
)
from bot.desk.rules.names import Names, knows, nearest

_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
#: Characters of a note or a notice, of a tag, of a URL.
_LONGEST_TEXT, _LONGEST_TAG, _LONGEST_URL = 10_000, 60, 1_000
_ROLES = (Role.COPY, Role.COLLABORATOR, Role.WATCHER)

_Given = Mapping[str, object]


def read_deed(given: object, names: Names) -> Deed:
    """One deed; raises ValueError with the right form in words."""
    if not isinstance(given, Mapping):
        raise ValueError(f'{given!r} is no deed such as {{tag = "vip"}}')  # noqa: TRY004 - an administrator's mistake
    key = next((key for key in FORMS if key in given), None)
    if key is None:
        first = next(iter(given), "")
        raise ValueError(f"{first!r} is no deed{nearest(str(first), FORMS)}")
    form = FORMS[key]
    for other in given:
        if other not in form.keys:
            raise ValueError(f"{other!r} does not belong to {key}{nearest(other, form.keys)}")
    return form.read(given, names)


def _text(given: _Given, key: str, longest: int, default: str = "") -> str:
    value = given.get(key, default)
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or len(text) > longest:
        raise ValueError(f"{key} needs a text of up to {longest} characters")
    return text.strip()


def _one(what: str, name: str, known: tuple[str, ...] | None) -> str:
    """The name as the configuration writes it."""
    if known is None:
        return name
    if not knows(known, name):
        raise ValueError(f"there is no {what} {name!r}{nearest(name, known)}")
    return next(each for each in known if each.casefold() == name.casefold())


def _address(address: str) -> str:
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{address!r} is no mail address")
    return address.lower()


def _read_set(given: _Given, names: Names) -> Deed:
    what = _text(given, "set", _LONGEST_TAG)
    if what not in set(Settable):
        raise ValueError(f"{what!r} cannot be set by a rule{nearest(what, Settable)}")
    to = _text(given, "to", _LONGEST_TEXT)
    match Settable(what):
        case Settable.GROUP:
            to = _one("group", to, names.groups)
        case Settable.OWNER if to not in {"nobody", "leader"}:
            to = _one("technician", to, names.technicians)
        case Settable.STATUS:
            to = _one("status", to, names.statuses)
        case Settable.TYPE:
            to = _one("ticket type", to, names.types)
        case Settable.PRIORITY:
            to = to.upper().removeprefix("P")
            if to not in {"1", "2", "3", "4"}:
                raise ValueError("a priority is a number from 1 (highest) to 4")
    return Set(what=Settable(what), to=to)


def _read_tag(given: _Given, _names: Names) -> Deed:
    return Tag(name=_text(given, "tag", _LONGEST_TAG).lower())


def _read_untag(given: _Given, _names: Names) -> Deed:
    return Tag(name=_text(given, "untag", _LONGEST_TAG).lower(), off=True)


def _read_join(given: _Given, _names: Names) -> Deed:
    role = _text(given, "as", _LONGEST_TAG, default=Role.COPY.value)
    if role not in _ROLES:
        raise ValueError(f"{role!r} is no part that a rule gives{nearest(role, _ROLES)}")
    return Join(address=_address(_text(given, "add", _LONGEST_TEXT)), role=Role(role))


def _read_note(given: _Given, _names: Names) -> Deed:
    return Note(text=_text(given, "note", _LONGEST_TEXT))


def _read_notify(given: _Given, names: Names) -> Deed:
    whom = _text(given, "notify", _LONGEST_TEXT)
    if whom not in set(Whom) and not _ADDRESS.fullmatch(whom):
        raise ValueError(f"{whom!r} is nobody who can be told{nearest(whom, Whom)}")
    channel = _text(given, "channel", _LONGEST_TAG, default="email")
    channel = _one("channel", "email" if channel == "mail" else channel, names.channels)
    text = _text(given, "text", _LONGEST_TEXT)
    return Notify(whom=whom.lower(), channel=channel, text=text)


def _read_webhook(given: _Given, _names: Names) -> Deed:
    url = _text(given, "webhook", _LONGEST_URL)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or not url.isascii() or any(c.isspace() for c in url):
        raise ValueError(f"{url!r} is no URL such as https://hooks.example.org/desk")
    return Webhook(url=url)


def _read_escalate(given: _Given, _names: Names) -> Deed:
    return Escalate(policy=_text(given, "escalate", _LONGEST_TAG))


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One deed as it is written."""

    keys: tuple[str, ...]
    read: Callable[[_Given, Names], Deed]


#: Every deed by its first key.
FORMS: dict[str, Form] = {
    "set": Form(keys=("set", "to"), read=_read_set),
    "tag": Form(keys=("tag",), read=_read_tag),
    "untag": Form(keys=("untag",), read=_read_untag),
    "add": Form(keys=("add", "as"), read=_read_join),
    "note": Form(keys=("note",), read=_read_note),
    "notify": Form(keys=("notify", "channel", "text"), read=_read_notify),
    "webhook": Form(keys=("webhook",), read=_read_webhook),
    "escalate": Form(keys=("escalate",), read=_read_escalate),
}
