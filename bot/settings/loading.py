"""Reading the configuration; a mistake names the file, the key and what is expected."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from bot.errors import ConfigurationError
from bot.settings.mistakes import told
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
        where, document = file or "the environment", _document(file)
        raise ConfigurationError(
            "\n".join(f"{where}: {told(mistake, document, Settings)}" for mistake in error.errors())
        ) from None
    except SettingsError as error:  # a variable that is no JSON; the text names its section
        section = str(error).partition('"')[2].partition('"')[0].upper()
        raise ConfigurationError(
            f"REPLYDESK_{section}… in the environment: lists are written as JSON, "
            """for example REPLYDESK_TRUST__RELAYS='["192.0.2.0/24"]'"""
        ) from None
    except ValueError as error:  # TOML that is none; the parser names line and column
        raise ConfigurationError(f"{file}: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file}: lists or tables stand too deep in each other") from None
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


def _document(file: Path | None) -> dict[str, Any]:
    """The sections that the file alone decides: only there a member's number is its place."""
    if file is None:
        return {}
    read = tomllib.loads(file.read_text("utf-8"))
    return {key: read[key] for key in read if f"REPLYDESK_{key.upper()}" not in os.environ}
