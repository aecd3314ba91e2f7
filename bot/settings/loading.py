"""Reading the configuration; a mistake names the file, the key and what is expected."""

from __future__ import annotations

import os
import typing
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from bot.desk.nearest import suggestion
from bot.errors import ConfigurationError
from bot.settings.values import is_secret
from bot.settings.whole import Settings

#: Looked at in this order when no file is named.
PLACES = (Path("replydesk.toml"), Path("/etc/replydesk/replydesk.toml"))


def find_file(named: Path | None) -> Path | None:
    """The configuration file: the one named, ``REPLYDESK_CONFIG``, or the first of `PLACES`."""
    if named is None and (variable := os.environ.get("REPLYDESK_CONFIG")):
        named = Path(variable)
    if named is not None:
        if not named.is_file():
            raise ConfigurationError(f"{named}: there is no such configuration file")
        return named
    return next((place for place in PLACES if place.is_file()), None)


def load(named: Path | None = None) -> Settings:
    """Read and check the configuration; raises ConfigurationError with every mistake in it."""
    file = find_file(named)

    class FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    _refuse_unknown_variables()
    try:
        settings = FileSettings()
    except ValidationError as error:
        where = file or "the environment"
        raise ConfigurationError(
            "\n".join(f"{where}: {_mistake(mistake)}" for mistake in error.errors())
        ) from None
    except SettingsError as error:  # a variable that is no JSON; the text names its section
        section = str(error).partition('"')[2].partition('"')[0].upper()
        raise ConfigurationError(
            f"REPLYDESK_{section}… in the environment: lists are written as JSON, "
            """for example REPLYDESK_TRUST__RELAYS='["192.0.2.0/24"]'"""
        ) from None
    except ValueError as error:  # TOML that is none; the parser names line and column
        raise ConfigurationError(f"{file}: {error}") from None
    try:
        settings.rulebook()
    except ConfigurationError as mistakes:
        where = file or "the environment"
        lines = str(mistakes).split("\n")
        raise ConfigurationError("\n".join(f"{where}: {line}" for line in lines)) from None
    return settings


def _refuse_unknown_variables() -> None:
    """A mistyped section would otherwise pass in silence, a password in it, too."""
    known = {"config", *Settings.model_fields}
    for variable in os.environ:
        prefix, _, rest = variable.partition("_")
        if prefix == "REPLYDESK" and rest.partition("__")[0].lower() not in known:
            sections = ", ".join(Settings.model_fields)
            raise ConfigurationError(
                f"{variable} in the environment: there is no such section; these are: {sections}"
            )


def _mistake(mistake: Any) -> str:  # noqa: ANN401 - pydantic's error dictionary
    key = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        section, known = _keys_at(mistake["loc"][:-1])
        said = f"; {suggestion(str(mistake['loc'][-1]), known)}" if section else ""
        return f"{key}: there is no such key{said}"
    found = mistake.get("input")
    # A whole section may hold passwords.
    plain = isinstance(found, str | int | float) and mistake["type"] != "missing"
    told = repr(found) in mistake["msg"]
    shown = f", found {found!r}" if plain and not (told or is_secret(key)) else ""
    where = f"{key}: " if key else ""
    return f"{where}{mistake['msg'].removeprefix('Value error, ')}{shown}"


def _keys_at(places: tuple[str | int, ...]) -> tuple[bool, list[str]]:
    """The keys of the section at these places, and whether there is a section."""
    model: type[BaseModel] = Settings
    for place in places:
        if isinstance(place, int):
            continue
        field = model.model_fields.get(place)
        if field is None:
            return False, []
        inner = [field.annotation, *typing.get_args(field.annotation)]
        sections = (t for t in inner if isinstance(t, type) and issubclass(t, BaseModel))
        model = next(sections, model)
    return True, list(model.model_fields)
