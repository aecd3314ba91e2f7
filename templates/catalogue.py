"""Languages: which there are, their words, dates and numbers.

English is the source. Every other language is one gettext catalogue, ``languages/<code>.po``,
read when it is first needed; a folder of overrides may add languages or correct single entries.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources.abc import Traversable

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from bot.desk.closing import USUAL_RESOLUTIONS
from bot.desk.ticket import Kind, Status
from bot.errors import ConfigurationError

SOURCE_LANGUAGE = "en"

#: Values from the desk that a template shows in the reader's language, by what they are values of.
VALUES: dict[str, frozenset[str]] = {
    "status": frozenset(status.value for status in Status),
    "visibility": frozenset({"public", "internal", "private"}),
    "resolution": frozenset(USUAL_RESOLUTIONS.names),
    "locked": frozenset({"yes", "no"}),
    "away": frozenset({"no"}),
    "impact": frozenset({"high", "medium", "low"}),
    "urgency": frozenset({"high", "medium", "low"}),
    "kind": frozenset(kind.value for kind in Kind),
    "muted": frozenset({"yes", "no"}),
    "digest": frozenset({"hourly", "daily"}),
    "suggestion": frozenset({"confirmed", "declined"}),
    "held mail": frozenset(
        {
            "accepted",
            "accepted as a request of its own",
            "accepted, its sender is trusted",
            "dropped",
        }
    ),
}
#: Names of what can change.
HEADINGS: frozenset[str] = frozenset(
    {
        "status",
        "visibility",
        "priority",
        "owner",
        "group",
        "title",
        *("type", "kind", "impact", "urgency", "away", "deputy"),
        "requester",
        "copy",
        "held mail",
        "suggestion",
        *("parent", "child", "problem", "incident", "related", "duplicate", "duplicate of"),
        "resolution",
        "epilogue",
        "locked",
        *("tag", "asset", "merged into", "split off"),
        *("incidents", "time", "profile", "done", "shared with", "edited"),
        *("muted", "digest", "quiet hours", "language"),
    }
)
#: Words for the answers to "How did we do?".
RATINGS: dict[str, str] = {"good": "Good", "bad": "Bad"}


class Catalogue:
    """The languages of the shipped folder and, before it, the overrides."""

    def __init__(self, folders: tuple[Traversable, ...]) -> None:
        self._files: dict[str, list[Traversable]] = {}
        for folder in reversed(folders):
            for file in _po_files(folder / "languages"):
                self._files.setdefault(file.name.removesuffix(".po"), []).append(file)
        self.codes: tuple[str, ...] = (
            SOURCE_LANGUAGE,
            *sorted(set(self._files) - {SOURCE_LANGUAGE}),
        )
        # The language comes from mails and profiles, so the memory for answers is bounded.
        self.choose = lru_cache(maxsize=1000)(self._choose)

    def _choose(self, language: str) -> str:
        """The code of the nearest language there is: ``de-AT`` is German, anything else English."""
        code = language.strip().lower().replace("_", "-")
        while code and code not in self.codes:
            code = code.rpartition("-")[0]
        return code or SOURCE_LANGUAGE

    def translations(self, code: str) -> NullTranslations:
        """The words of one language; a later file's entry replaces an earlier one's."""
        merged = NullTranslations()
        for file in self._files.get(code, ()):
            words = _read(file)
            words.add_fallback(merged)
            merged = words
        return merged


def _po_files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted(
        (file for file in folder.iterdir() if file.name.endswith(".po")), key=lambda file: file.name
    )


def _read(file: Traversable) -> Translations:
    binary = io.BytesIO()
    try:
        catalog = read_po(io.BytesIO(file.read_bytes()), abort_invalid=True)
        write_mo(binary, catalog)
    except (PoFileError, ValueError) as error:
        raise ConfigurationError(f"{file}: {error}; a gettext catalogue is expected") from error
    binary.seek(0)
    return Translations(binary)


@cache
def locale(code: str) -> Locale:
    """Babel's data for a language; English for one that babel does not know."""
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE_LANGUAGE)


@lru_cache(maxsize=1000)
def date(at: datetime | str | None, code: str) -> str:
    """A moment as people of that language write it, in the time zone it comes in; or nothing."""
    if not at:
        return ""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    there = locale(code)
    day = format_date(at, "d MMMM y" if code == "en" else "long", locale=there)
    return f"{day}, {format_time(at, 'HH:mm' if code == 'en' else 'short', locale=there)}"


@lru_cache(maxsize=1000)
def size(count: int, code: str) -> str:
    """Bytes as people of that language write them: ``1.2 MB``."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004 - the step from one unit to the next
            break
        amount, unit = amount / 1000, larger
    pattern = "#,##0.#" if unit in {"MB", "GB"} else "#,##0"
    return f"{format_decimal(amount, format=pattern, locale=locale(code))}\u00a0{unit}"


def duration(minutes: int) -> str:
    """Time used, in hours and minutes: ``1:30``."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def money(amount: int, code: str) -> str:
    """An amount in the smallest coin as people of that language write it: ``12.50``."""
    return format_decimal(Decimal(amount) / 100, format="#,##0.00", locale=locale(code))
