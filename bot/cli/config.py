"""``replydesk config``: what is in force, what was, and changes by command."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from bot.cli.config_file import change, take_out
from bot.cli.opening import Storage, has_desk, opened
from bot.cli.output import Flag, say, say_columns, say_json
from bot.errors import ConfigurationError, NotFound
from bot.settings import find_file, load
from bot.settings.content import (
    Difference,
    content_of,
    differences,
    fingerprint,
    waits_for_restart,
)
from storage.configurations import Configuration

_MOST = 50


def status_() -> int:
    """Say which configuration is in force, and whether the file says the same.

    Exit status 1 when it does not.
    """
    with opened(_last_good()) as storage:
        force = _in_force(storage)
        say(f"configuration {force.id} is in force since {storage.local(force.since)}")
        try:
            content = content_of(load())
        except ConfigurationError as mistake:
            say(f"the file is not in force, because of its mistakes:\n{mistake}")
            return 1
        if fingerprint(content) == force.sha256:
            return 0
        say("the file says something else, which no running service has adopted yet:")
        _print_differences(differences(force.content, content))
        return 1


def _last_good() -> Any:  # noqa: ANN401 - Settings, or None for what is configured
    """Settings to open the desk with although the file may be wrong: where it is must be right."""
    try:
        return load()
    except ConfigurationError:
        from bot.cli.config_file import only_desk

        return only_desk()


def _in_force(storage: Storage) -> Configuration:
    newest = storage.database.read(lambda uow: uow.configurations.newest())
    if newest is None:
        raise NotFound("no service has started on this desk yet, so nothing is in force")
    return newest


def history_(*, limit: int = _MOST) -> None:
    """List every configuration that was in force, newest first.

    Args:
        limit: How many.
    """
    with opened() as storage:
        found = storage.database.read(lambda uow: uow.configurations.all(limit=limit + 1))
        rows = []
        for number, one in enumerate(found[:limit]):
            before = found[number + 1].content if number + 1 < len(found) else {}
            keys = [key for key, _, _ in differences(before, one.content)] if before else ["all"]
            rows.append((str(one.id), storage.local(one.since), one.brought_by, _few(keys)))
        say_columns(("number", "since", "by", "changed"), rows, none="nothing was ever in force")


def _few(keys: list[str]) -> str:
    more = f" and {len(keys) - 4} more" if len(keys) > 4 else ""  # noqa: PLR2004 - what fits a line
    return ", ".join(keys[:4]) + more


def show_(
    number: int | None = None, *, as_json: Annotated[Flag, Parameter("--json")] = False
) -> None:
    """Print the configuration in force, or an earlier one; secrets are left out.

    Args:
        number: Which one, as ``replydesk config history`` and ``show --why`` name it.
        as_json: As JSON instead of lines.
    """
    with opened() as storage:
        found = _numbered(storage, number) if number else _in_force(storage)
        if as_json:
            say_json(dict(found.content))
            return
        for key, _, value in differences({}, found.content):
            say(f"{key} = {_written(value)}")


def _numbered(storage: Storage, number: int) -> Configuration:
    found = storage.database.read(lambda uow: uow.configurations.get(number))
    if found is None:
        raise NotFound(f"there was never a configuration {number}")
    return found


def diff_(first: int, second: int | None = None) -> None:
    """Say what changed between two configurations, or between one and the file.

    Args:
        first: The number of the earlier one.
        second: The number of the later one; without it the file.
    """
    with opened() as storage:
        before = _numbered(storage, first).content
        after = _numbered(storage, second).content if second else content_of(load())
        _print_differences(differences(before, after))


def check_(file: Path | None = None) -> int:
    """Read another file, and say what it would change; nothing takes effect.

    Args:
        file: The file; without it the one in use.
    """
    settings = load(file)
    if not has_desk(settings):
        say("no mistakes; there is no desk yet, and 'replydesk serve' makes one")
        return 0
    with opened(settings) as storage:
        newest = storage.database.read(lambda uow: uow.configurations.newest())
    found = differences(newest.content if newest else {}, content_of(settings))
    _print_differences(found)
    if waiting := waits_for_restart(key for key, _, _ in found):
        say(f"only after a restart: {', '.join(waiting)}")
    return 0


def set_(key: str, value: str) -> None:
    """Change one key in the file, checked before it is written.

    A running service adopts it within seconds.

    Args:
        key: For example ``limits.copies_per_ticket``, or ``groups.Support.open_tickets`` for a member of a
            list by its name or address.
        value: As in TOML: ``5``, ``true``, ``["a", "b"]``; anything else is a text.
    """
    file = _file()
    before = content_of(load(file))
    change(file, key, value)
    _print_differences(differences(before, content_of(load(file))))


def unset_(key: str) -> None:
    """Take one key or section out of the file, checked before it is written.

    Args:
        key: As for ``set``; ``groups.Support`` takes the whole member out.
    """
    file = _file()
    before = content_of(load(file))
    take_out(file, key)
    _print_differences(differences(before, content_of(load(file))))


def _file() -> Path:
    file = find_file(None)
    if file is None:
        raise ConfigurationError("there is no configuration file; name one with --config")
    return file


def _print_differences(found: Iterable[Difference]) -> None:
    lines = [f"{key}: {_written(before)} → {_written(after)}" for key, before, after in found]
    say("\n".join(lines) if lines else "nothing is different")


def _written(value: object) -> str:
    return "(nothing)" if value is None else json.dumps(value, ensure_ascii=False)
