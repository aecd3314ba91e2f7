"""Notifications become words: a subject, a plain text and an HTML document.

Each notification is compiled once per language and kept; rendering is then one pass over each of
its three templates. The path: `guard` takes out what must not be repeated, the templates speak,
`words` wraps the text.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, fields
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from operator import attrgetter
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.desk.notifications import Facts
from bot.errors import ConfigurationError, NotFound
from bot.ports import Rendered
from bot.ports.pages import PageFacts
from templates import catalogue, check, pages, sources
from templates.catalogue import HEADINGS, RATINGS, VALUES, Catalogue
from templates.guard import NOTICES, guard
from templates.words import Words, clean_line, clean_text, wrap
from threading_engine.subject import one_re

#: What may have several lines.
_TEXTS = ("text", "opinion_comment")
_FIELDS = tuple(field.name for field in fields(Facts))
_LINES = tuple(
    field.name for field in fields(Facts) if field.type == "str" and field.name not in _TEXTS
)
_REST = tuple(name for name in _FIELDS if name not in _LINES)
_lines_of = attrgetter(*_LINES)
_rest_of = attrgetter(*_REST)

#: What a template may use; described in docs/templates.md.
NAMES = (
    *_FIELDS,
    *("language", "words_html", "attachment_list", "subject"),
    *("say", "heading", "value", "rating", "date", "size", "re"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compiled:
    """One notification in one language."""

    subject: Template
    text: Template
    html: Template


class TemplateRenderer:
    """The `bot.ports.Renderer`; safe to share between threads.

    `overrides` is a folder laid out like this package; what it holds comes before what is shipped.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        if overrides is not None and not overrides.is_dir():
            raise ConfigurationError(f"{overrides}: expected is a folder of templates")
        self._overrides = overrides
        shipped: Traversable = files("templates")
        self._folders = (shipped,) if overrides is None else (overrides, shipped)
        self._catalogue = Catalogue(self._folders)
        self._environments: dict[str, _Environment] = {}
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages there are, English first."""
        return self._catalogue.codes

    def render(self, notification: str, *, language: str, facts: Facts) -> Rendered:
        """Render one notification; an unknown language falls back to English.

        Raises NotFound for an unknown notification, ConfigurationError for a broken override, and
        ValueError when internal words would go to somebody outside.
        """
        notice = NOTICES.get(notification)
        if notice is None:
            raise NotFound(f"there is no notification «{notification}»")
        code = self._catalogue.choose(language)
        context = _context(guard(notice, facts), code)
        try:
            return _rendered(self._get(notification, code), context)
        except sources.BROKEN as error:
            raise sources.explain(error, template=notification, names=NAMES) from error

    def render_page(self, page: str, *, language: str, facts: PageFacts) -> str:
        """Render a page of the HTTP port as an HTML document; raises ConfigurationError."""
        code, file = self._catalogue.choose(language), f"pages/{page}.html"
        try:
            return self._environment(code).get_template(file).render(pages.context(facts, code))
        except sources.BROKEN as error:
            raise sources.explain(error, template=file, names=pages.NAMES) from error

    def check(self) -> tuple[str, ...]:
        """Every problem of the templates, each with file, line and what is expected."""
        return check.problems(self, self._overrides)

    def files_read(self) -> frozenset[str]:
        """Paths of all template files that were read so far."""
        loaders = (environment.loader for environment in self._environments.values())
        return frozenset().union(
            *(loader.read for loader in loaders if isinstance(loader, sources.Sources))
        )

    def _get(self, notification: str, code: str) -> _Compiled:
        compiled = self._compiled.get((notification, code))
        if compiled is None:
            environment = self._environment(code)
            compiled = self._compiled[notification, code] = _Compiled(
                subject=environment.get_template(f"{notification}/subject.txt"),
                text=environment.get_template(f"{notification}/body.txt"),
                html=environment.get_template(f"{notification}/body.html"),
            )
        return compiled

    def _environment(self, code: str) -> _Environment:
        environment = self._environments.get(code)
        if environment is None:
            environment = _new_environment(code, self._catalogue, self._folders)
            self._environments[code] = environment
        return environment


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's own, with globals as one plain dictionary: a chained one costs a fifth of a render."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals that a template is compiled with."""
        return {**self.globals, **(d or {})}


def _new_environment(code: str, words: Catalogue, folders: tuple[Traversable, ...]) -> _Environment:
    environment = _Environment(
        loader=sources.Sources(code, folders),
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    translations = words.translations(code)
    translate = translations.gettext
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        translate, translations.ngettext, newstyle=True
    )
    environment.globals.update(
        _=(speak := _speaker(translate)),
        gettext=speak,
        language=code,
        say=lambda word: translate(word) if word else "",
        heading=lambda what: translate(what.capitalize()) if what in HEADINGS else what,
        value=lambda what, word: translate(word) if word in VALUES.get(what, ()) else word,
        rating=lambda choice: translate(RATINGS[choice]),
        date=partial(catalogue.date, code=code),
        size=partial(catalogue.size, code=code),
        re=one_re,
    )
    return environment


def _speaker(translate: Callable[[str], str]) -> Callable[..., str]:
    """What ``_("…", name=value)`` and ``{% trans %}`` call.

    The extension's own goes through the sandbox twice for every phrase; this takes half the time.
    """

    @pass_eval_context
    def speak(context: EvalContext, phrase: str, /, **values: object) -> str:
        if not context.autoescape:
            return translate(phrase) % values
        return Markup(translate(phrase) % {name: escape(word) for name, word in values.items()})  # noqa: S704 - phrases are ours, values escaped

    return speak


def _is_html(template: str | None) -> bool:
    return template is not None and template.endswith(".html")


def _context(facts: Facts, code: str) -> dict[str, Any]:
    context: dict[str, Any] = dict(zip(_REST, _rest_of(facts), strict=True))
    context.update(zip(_LINES, map(clean_line, _lines_of(facts)), strict=True))
    context["text"] = text = clean_text(facts.text)
    context["opinion_comment"] = clean_text(facts.opinion_comment)
    context["words_html"] = Words(text, facts.html)
    attachments = tuple((clean_line(name), count) for name, count in facts.attachments)
    context["attachments"] = attachments
    context["attachment_list"] = ", ".join(
        f"{name} ({catalogue.size(count, code)})" for name, count in attachments
    )
    context["changes"] = tuple(tuple(map(clean_line, change)) for change in facts.changes)
    return context


def _rendered(compiled: _Compiled, context: dict[str, Any]) -> Rendered:
    subject = context["subject"] = clean_line(compiled.subject.render(context).strip())
    text = wrap(compiled.text.render(context).strip("\n"))
    return Rendered(subject=subject, text=f"{text}\n", html=compiled.html.render(context))
