"""A configuration as content: what is kept of it, what differs, what a running service adopts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.settings.values import is_secret
from bot.settings.whole import Settings

#: What a running service does not change: it would have to close doors or change its database.
AFTER_RESTART = frozenset(
    {"desk.data", "desk.database", "listeners", "mailboxes", "smtp_out", "http"}
)
#: By which key members of a list are known to people.
_NAMES = ("name", "address")
_HIDDEN = "…"


def content_of(settings: Settings) -> dict[str, Any]:
    """The sections as JSON-able values; secrets are only marked."""
    shown: dict[str, Any] = _without_secrets("", settings.model_dump(mode="json"))
    return shown


def _without_secrets(key: str, value: Any) -> Any:  # noqa: ANN401 - whatever TOML has
    if value and is_secret(key):
        return _HIDDEN
    if isinstance(value, dict):
        return {name: _without_secrets(name, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_secrets("", one) for one in value]
    return value


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 in hex; equal for equal content, however it was written."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


Difference = tuple[str, Any, Any]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Each key that differs, as (key, before, after); None where there is none."""
    old, new = dict(_flat("", before)), dict(_flat("", after))
    keys = dict.fromkeys([*old, *new])
    return [(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - whatever TOML has
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else name, one)
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        for number, one in enumerate(value, start=1):
            name = next((one[key] for key in _NAMES if one.get(key)), number)
            yield from _flat(f"{prefix}.{name}", one)
    else:
        yield prefix, value


def waits_for_restart(changed: Iterable[str]) -> list[str]:
    """Those of the changed keys that a running service does not adopt."""
    return [
        key for key in changed if key in AFTER_RESTART or key.partition(".")[0] in AFTER_RESTART
    ]
