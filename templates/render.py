"""Notifications become words: a subject, a plain text and an HTML document.

Each notification is made ready once per group and language and kept; rendering is then one pass
over each of its three templates. The path: `guard` takes out what must not be repeated, the
templates speak (`shipped` in Jinja, a desk's own in `bounded`), `words` wraps the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import structlog

from bot.desk.facts import Facts
from bot.errors import ConfigurationError, NotFound
from bot.ports import Rendered
from bot.ports.pages import PageFacts
from templates import check, pages
from templates.catalogue import Catalogue
from templates.context import DETAILS
from templates.grammar import hint
from templates.guard import NOTICES, Notice, guard
from templates.macros import Vocabulary
from templates.own import OwnTemplates
from templates.shelf import Part, Ready, Shelf

log = structlog.get_logger()


class TemplateRenderer:
    """The `bot.ports.Renderer`; safe to share between threads.

    `overrides` is a folder laid out like this package, with a folder ``groups/<name>`` for each
    group that wants its own; what it holds comes before what is shipped. `fields` are the names of
    the desk's custom fields.
    """

    def __init__(self, overrides: Path | None = None, *, fields: Collection[str] = ()) -> None:
        #: Names of the desk's custom fields.
        self.fields = tuple(fields)
        self._vocabulary = Vocabulary(self.fields)
        #: The desk's own templates, or None.
        self.own = (
            None
            if overrides is None
            else OwnTemplates(overrides, vocabulary=self._vocabulary, fields=self.fields)
        )
        shipped: Traversable = files("templates")
        self._folders = (shipped,) if overrides is None else (overrides, shipped)
        self._catalogue = Catalogue(self._folders)
        self._shipped_catalogue = Catalogue((shipped,))
        self._shelves: dict[tuple[str | None, str], Shelf] = {}
        self._ready: dict[tuple[str, str | None, str], Ready] = {}
        self._pages: dict[tuple[str, str | None, str], Part] = {}
        #: What is taken instead of a template that cannot be used.
        self._instead: dict[tuple[str, str, str], Ready] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are, English first."""
        return self._catalogue.codes

    @property
    def wants_details(self) -> bool:
        """Whether a template of the desk names what storage looks up on demand only."""
        return self.own is not None and not DETAILS.isdisjoint(self.own.used)

    def render(self, notification: str, *, language: str, facts: Facts) -> Rendered:
        """Render one notification; an unknown language falls back to English.

        Where a template of the desk fails, the shipped one speaks and the log says so: no mail is
        lost over it. Raises NotFound for an unknown notification, and ValueError when internal
        words would go to somebody outside.
        """
        safe = guard(notice_of(notification), facts)
        code = self._catalogue.choose(language)
        ready = self._get(notification, self._folder(facts.group_name), code)
        if ready.own:
            try:
                return ready.render(safe, code)
            except ConfigurationError as error:
                log.warning("template failed", notification=notification, reason=str(error))
                ready = self._get_strictly(notification, None, code)
        return ready.render(safe, code)

    def render_strictly(
        self, notification: str, *, language: str, facts: Facts, group: str
    ) -> Rendered:
        """The same as for this group, but a template that fails raises ConfigurationError."""
        safe = guard(notice_of(notification), facts)
        code = self._catalogue.choose(language)
        return self._get_strictly(notification, self._folder(group), code).render(safe, code)

    def faults(self) -> tuple[str, ...]:
        """Why some of the desk's templates are not used, as far as it shows without rendering."""
        found: list[str] = []
        for notification, group, code in self._everything():
            try:
                self._prepare(notification, group, code)
            except ConfigurationError as error:
                found += str(error).splitlines()
        return tuple(dict.fromkeys(found))

    def check(self, *, groups: Collection[str] | None = None) -> tuple[str, ...]:
        """Every problem of the templates, each with file, line and what is expected.

        `groups` are the desk's groups, if known: a folder for another one is a mistake.
        """
        return check.problems(self, self.own, groups)

    def files_of(self, notification: str, *, group: str, language: str) -> tuple[str, ...]:
        """The files that subject, text and HTML begin with."""
        code = self._catalogue.choose(language)
        return self._get(notification, self._folder(group), code).files

    def render_page(self, page: str, *, language: str, facts: PageFacts) -> str:
        """Render a page of the HTTP port as an HTML document; in the shipped form at worst."""
        code = self._catalogue.choose(language)
        try:
            return self._page(page, "", code, facts)
        except ConfigurationError as error:
            log.warning("template failed", notification=f"page {page}", reason=str(error))
            return self._page(page, None, code, facts)

    def render_page_strictly(self, page: str, *, language: str, facts: PageFacts) -> str:
        """The same, but a template that fails raises ConfigurationError."""
        return self._page(page, "", self._catalogue.choose(language), facts)

    def files_read(self) -> frozenset[str]:
        """Paths of all template files that were read so far."""
        return frozenset().union(*(shelf.sources.read for shelf in self._shelves.values()))

    def _everything(self) -> Iterator[tuple[str, str, str]]:
        if self.own is not None:
            for group in ("", *self.own.groups):
                for code in self.languages:
                    yield from ((notification, group, code) for notification in NOTICES)

    def _folder(self, group: str) -> str:
        """The group as its own templates are kept under; empty where it has none."""
        name = group.casefold()
        return name if self.own is not None and name in self.own.groups else ""

    def _get(self, notification: str, group: str, code: str) -> Ready:
        try:
            return self._instead.get((notification, group, code)) or self._get_strictly(
                notification, group, code
            )
        except ConfigurationError as error:
            log.warning("template failed", notification=notification, reason=str(error))
            instead = self._get_strictly(notification, None, code)
            self._instead[notification, group, code] = instead
            return instead

    def _get_strictly(self, notification: str, group: str | None, code: str) -> Ready:
        ready = self._ready.get((notification, group, code))
        if ready is None:
            ready = self._ready[notification, group, code] = self._prepare(
                notification, group, code
            )
        return ready

    def _page(self, page: str, group: str | None, code: str, facts: PageFacts) -> str:
        file = f"pages/{page}.html"
        ready = self._pages.get((file, group, code))
        if ready is None:
            ready = self._shelf(group, code).prepare_file(file, self._faults(group))
            self._pages[file, group, code] = ready
        return ready(pages.context(facts, code))

    def _faults(self, group: str | None) -> dict[str, list[str]]:
        return self.own.faults if self.own is not None and group is not None else {}

    def _prepare(self, notification: str, group: str | None, code: str) -> Ready:
        """Raises ConfigurationError for what cannot be used; None for a group means as shipped."""
        return self._shelf(group, code).prepare(
            notification, fields=self.fields, faults=self._faults(group)
        )

    def _shelf(self, group: str | None, code: str) -> Shelf:
        shelf = self._shelves.get((group, code))
        if shelf is None:
            folders = self._folders[-1:] if group is None else self._folders
            if group and self.own is not None:
                folders = (self.own.groups[group], *folders)
            catalogue = self._shipped_catalogue if group is None else self._catalogue
            shelf = self._shelves[group, code] = Shelf(
                code, folders, catalogue=catalogue, vocabulary=self._vocabulary
            )
        return shelf


def notice_of(notification: str) -> Notice:
    """What is known of a notification; raises NotFound with the nearest name."""
    notice = NOTICES.get(notification)
    if notice is None:
        near = hint(notification, tuple(NOTICES))
        raise NotFound(f"there is no notification «{notification}»; {near}")
    return notice
