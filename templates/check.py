"""Every notification in every language with sample facts: what would go wrong, before it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.desk.notifications import Facts
from bot.errors import ConfigurationError
from bot.ports import Rendered
from bot.ports.pages import PageFacts
from templates import macros, pages
from templates.guard import NOTICES


class Renderer(Protocol):
    """What is checked: a `TemplateRenderer`."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of all languages."""
        ...

    def render(self, notification: str, *, language: str, facts: Facts) -> Rendered:
        """Render one notification."""
        ...

    def render_page(self, page: str, *, language: str, facts: PageFacts) -> str:
        """Render one page."""
        ...

    def files_read(self) -> frozenset[str]:
        """Paths of all files that rendering has read so far."""
        ...


def sample(**changes: object) -> Facts:
    """Facts of a plausible request, with some of them changed."""
    facts = Facts(
        desk_name="Example Service Desk",
        ticket_number=42,
        ticket_title="Printer on the second floor",
        ticket_status="in progress",
        ticket_priority=2,
        group_name="Office",
        requester_name="Maria Lopez",
        owner_name="Sam Taylor",
        recipient_name="Maria Lopez",
        recipient_role="requester",
        author_name="Sam Taylor",
        author_is_technician=True,
        visibility="public",
        text="The new drum is in.\n\nPlease print a page and tell me how it looks.",
        html=None,
        background=(("Maria Lopez", "The printer only makes grey pages.\n\nCan you help?"),),
        attachments=(("test page.pdf", 24_300),),
        at=datetime(2026, 11, 5, 14, 3, tzinfo=UTC),
        changes=(("status", "new", "in progress"), ("owner", "", "Sam Taylor")),
        trusted=True,
        ratings=(
            ("good", "https://desk.example/rate/p.1?choice=good"),
            ("bad", "https://desk.example/rate/p.1?choice=bad"),
        ),
        rating_page="https://desk.example/rate/p.1",
        opinion="bad",
        opinion_comment="It still prints stripes.",
        reason="550 5.1.1 No such user",
        failed_address="maria@example.net",
        sent_to_instead="maria@home.example",
        held_back=12,
        held_number=57,
        held_waiting=3,
        wanted=(("Room", "as it stands on the door", ()), ("Device", "", ("Laptop, PC",))),
        field_problems=("Since needs a date such as 2026-11-21, not 'soon'",),
        limit_kind="open",
        limit_number=5,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # named by the caller


def samples() -> Iterator[Facts]:
    """The turns that a template must be ready for."""
    yield sample()
    yield sample(forwarded_by="Sam Taylor", author_is_technician=False, author_name="Maria Lopez")
    yield sample(trusted=False, author_is_technician=False, author_name="Maria Lopez")
    yield sample(html="<p>The new drum is <b>in</b>.</p>", recipient_role="technician")
    yield sample(
        ticket_title="", owner_name="", requester_name="", recipient_name="", author_name="",
        author_is_technician=False, visibility="", text="", background=(), attachments=(), changes=(),
        ratings=(), reason="", failed_address="", sent_to_instead="", held_back=0, held_number=0,
        held_waiting=0, rating_page="", opinion="", opinion_comment="",
        wanted=(), field_problems=(), limit_kind="", limit_number=0,
    )  # fmt: skip


def problems(renderer: Renderer, overrides: Path | None) -> tuple[str, ...]:
    """Each problem once, in the order of discovery."""
    found = list(_failures(renderer))
    if overrides is not None:
        paths = sorted(path for path in overrides.rglob("*") if path.suffix in {".txt", ".html"})
        found += _unknown_macros(paths)
        if not found:  # A template that fails never comes to what it includes.
            found += _never_read(paths, renderer.files_read())
    return tuple(dict.fromkeys(found))


def _failures(renderer: Renderer) -> Iterator[str]:
    for language in renderer.languages:
        for name in NOTICES:
            for facts in samples():
                try:
                    renderer.render(name, language=language, facts=facts)
                except ConfigurationError as error:
                    yield str(error)
        for page, shown in pages.samples():
            try:
                renderer.render_page(page, language=language, facts=shown)
            except ConfigurationError as error:
                yield str(error)


def _unknown_macros(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for line, name in macros.unknown(path.read_bytes().decode("utf-8", "replace")):
            known = ", ".join(macros.MACROS)
            yield f"{path}, line {line}: {name} is no macro; expected is one of {known}"


def _never_read(paths: list[Path], read: frozenset[str]) -> Iterator[str]:
    for path in paths:
        if str(path) not in read:
            folders = ", ".join(NOTICES)
            yield (
                f"{path}: no notification reads this file; expected is subject.txt, body.txt or "
                f"body.html, with a language as in body.de.txt or without, in one of {folders}"
            )
