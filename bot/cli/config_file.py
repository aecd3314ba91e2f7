"""Changing a configuration file by command: comments stay, and a mistake is never written."""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array

from bot.desk.nearest import suggestion
from bot.errors import ConfigurationError
from bot.settings import Settings, find_file, load

#: By which key the members of a list are known.
_NAMES = ("name", "address")


def change(file: Path, key: str, value: str) -> None:
    """Set one key; raises ConfigurationError, and then the file is as it was."""

    def edit(document: tomlkit.TOMLDocument) -> None:
        place, name = _find(document, key, make=True)
        place[name] = _read(value)

    _rewrite(file, edit)


def take_out(file: Path, key: str) -> None:
    """Take one key, section or member out; raises ConfigurationError where it does not stand."""

    def edit(document: tomlkit.TOMLDocument) -> None:
        place, name = _find(document, key, make=False)
        if isinstance(place, list):
            del place[int(name)]
        elif name in place:
            del place[name]
        else:
            raise ConfigurationError(f"{file}: {key} does not stand there")

    _rewrite(file, edit)


def only_desk() -> Settings:
    """The desk's own section of a file whose other sections may be wrong."""
    file = find_file(None)
    section = tomllib.loads(file.read_text("utf-8")).get("desk", {}) if file else {}
    return Settings.model_validate({"desk": section})


def _read(value: str) -> Any:  # noqa: ANN401 - whatever TOML has
    try:
        return tomlkit.value(value)
    except (TOMLKitError, ValueError):
        return value


def _find(document: Any, key: str, *, make: bool) -> tuple[Any, str]:  # noqa: ANN401 - tomlkit's containers
    """The container and the name in it at which a key stands."""
    place, rest = document, key
    while True:
        if isinstance(place, AoT | Array):
            number, rest = _member(place, rest, key)
            if not rest:
                return place, str(number)
            place = place[number]
            continue
        name, dot, rest = rest.partition(".")
        if not name:
            raise ConfigurationError(f"{key!r} is no key such as limits.copies_per_ticket")
        if not dot:
            return place, name
        if name not in place:
            if not make:
                raise ConfigurationError(f"{key}: there is no {name}")
            place[name] = tomlkit.table()
        place = place[name]


def _member(members: Any, rest: str, key: str) -> tuple[int, str]:  # noqa: ANN401 - tomlkit's containers
    """Which member of a list is meant, and what of the key is left; names may have dots."""
    names: list[str] = []
    for number, member in enumerate(members):
        for one in _NAMES:
            name = str(member.get(one, "")) if hasattr(member, "get") else ""
            if name and (rest == name or rest.startswith(f"{name}.")):
                return number, rest[len(name) + 1 :]
            names += [name] if name else []
    raise ConfigurationError(
        f"{key}: there is no {rest.partition('.')[0]!r}; {suggestion(rest.partition('.')[0], names)}"
    )


def _rewrite(file: Path, edit: Callable[[tomlkit.TOMLDocument], None]) -> None:
    """Edit a copy, read it as a service would, and put it in the place of the file at once."""
    try:
        document = tomlkit.parse(file.read_text("utf-8"))
    except TOMLKitError as error:
        raise ConfigurationError(f"{file}: {error}") from None
    edit(document)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    copy = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(tomlkit.dumps(document))
            out.flush()
            os.fsync(out.fileno())
        _as_before(file, copy)
        _check(file, copy)
        copy.replace(file)
    finally:
        copy.unlink(missing_ok=True)


def _as_before(file: Path, copy: Path) -> None:
    """The service must still be able to read it, and nobody else who was not."""
    found = file.stat()
    copy.chmod(found.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(copy, found.st_uid, found.st_gid)


def _check(file: Path, copy: Path) -> None:
    try:
        load(copy)
    except ConfigurationError as mistakes:
        text = str(mistakes).replace(str(copy), str(file))
        raise ConfigurationError(f"{text}\nnothing was changed") from None
