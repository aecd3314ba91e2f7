"""What may stand in a configuration file, below the sections: addresses, zones, and the base of sections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.desk.nearest import suggestion


def _address(text: str) -> str:
    local, at, domain = text.strip().lower().rpartition("@")
    if not (local and at and domain) or any(c in text for c in " <>\t"):
        raise ValueError("expected a plain mail address such as desk@example.org")
    return f"{local}@{domain}"


def check_zone(text: str) -> str:
    """The name of a time zone; raises ValueError for another word."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("expected a time zone such as Europe/Berlin") from error
    return text


Address = Annotated[str, AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(check_zone)]


class Section(BaseModel):
    """One section of the file; an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such thing, and which it may have meant."""
    return f"there is no {what} {name!r}; {suggestion(name, known)}"


def is_secret(key: str) -> bool:
    """Whether what stands under a key must be shown to nobody."""
    return any(word in key for word in ("password", "secret", "token", "users"))
