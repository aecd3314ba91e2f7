"""Every notification in every language with sample facts: what would go wrong, before it does."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.desk.facts import Entry, Facts, Section
from bot.errors import ConfigurationError
from bot.ports import Rendered
from bot.ports.pages import PageFacts
from templates import pages
from templates.grammar import hint
from templates.guard import NOTICES
from templates.own import OwnTemplates


class Renderer(Protocol):
    """What is checked: a `TemplateRenderer`."""

    #: Names of the desk's custom fields.
    fields: tuple[str, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of all languages."""
        ...

    def render_strictly(
        self, notification: str, *, language: str, facts: Facts, group: str
    ) -> Rendered:
        """Render one notification; raises ConfigurationError where a template fails."""
        ...

    def render_page_strictly(self, page: str, *, language: str, facts: PageFacts) -> str:
        """Render one page; raises ConfigurationError where a template fails."""
        ...

    def files_read(self) -> frozenset[str]:
        """Paths of all files that rendering has read so far."""
        ...


_NOON = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)


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
        opened_at=datetime(2026, 11, 4, 9, 20, tzinfo=UTC),
        updated_at=datetime(2026, 11, 5, 14, 3, tzinfo=UTC),
        ticket_kind="incident",
        ticket_type="Hardware",
        resolution="solved",
        epilogue="The drum was worn out.",
        closed_by_name="Sam Taylor",
        owner_address="sam@desk.example",
        requester_address="maria@example.net",
        recipient_address="maria@example.net",
        group_address="desk@desk.example",
        group_id=3,
        minutes_used=90,
        cost=12_050,
        workunit_number=17,
        copies=("Vera Vance", "support@carrier.example"),
        assets=(
            ("asset PC-1234 (Ann's laptop)", "https://cmdb.example.org/PC-1234"),
            ("room 2.17", ""),
        ),
        open_below=2,
        first_words="The printer only makes grey pages.\n\nCan you help?",
        access_url="https://desk.example/tickets/42",
        closes_at=datetime(2026, 11, 6, 14, 3, tzinfo=UTC),
        follows=12,
        rule_name="VPN to network",
        rule_hit=12,
        rule_saw=("title is VPN is down (matches (?i)vpn)",),
        rule_wants=("set group to Network",),
        question="#tickets printer",
        found=(
            (42, "Printer", "in progress", 2, "Sam Taylor", _NOON),
            (43, "", "new", 3, "", _NOON),
        ),
        found_more=True,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # named by the caller


def entry(**changes: object) -> Entry:
    """One of several messages in a mail, with some of it changed."""
    words = Entry(
        author_name="Sam Taylor",
        by_technician=True,
        at=datetime(2026, 11, 5, 14, 3, tzinfo=UTC),
        visibility="public",
        text="The new drum is in.",
        html=None,
        attachments=(("test page.pdf", 24_300),),
        trusted=True,
    )
    return replace(words, **changes)  # type: ignore[arg-type]  # named by the caller


def section(**changes: object) -> Section:
    """What a digest says of one ticket, with some of it changed."""
    part = Section(
        ticket_number=42,
        ticket_title="Printer on the second floor",
        told_status="pending user",
        reply_to="desk+t.16.9.k2abc@desk.example",
        staff=False,
        trusted=True,
        entries=(entry(),),
        changes=(("status", "in progress", "pending user"),),
    )
    return replace(part, **changes)  # type: ignore[arg-type]  # named by the caller


def several() -> Facts:
    """Facts of a mail that carries more than one message, and of a digest."""
    question = entry(author_name="Maria Lopez", by_technician=False, text="Is it the <drum>?")
    note = entry(text="She has called twice.", visibility="internal")
    return sample(
        entries=(question, entry(html="<p>The new drum is <b>in</b>.</p>", trusted=False)),
        told_status="pending user",
        sections=(
            section(entries=(question, entry())),
            section(ticket_number=43, ticket_title="", told_status="", entries=()),
            section(ticket_number=44, staff=True, entries=(note,)),
        ),
    )


def samples(fields: Collection[str] = ()) -> Iterator[Facts]:
    """The turns that a template must be ready for."""
    yield sample(fields=tuple((name, "17") for name in fields))
    yield several()
    yield sample(forwarded_by="Sam Taylor", author_is_technician=False, author_name="Maria Lopez")
    yield sample(trusted=False, author_is_technician=False, author_name="Maria Lopez")
    yield sample(html="<p>The new drum is <b>in</b>.</p>", recipient_role="technician")
    yield sample(
        ticket_title="", owner_name="", requester_name="", recipient_name="", author_name="",
        author_is_technician=False, visibility="", text="", background=(), attachments=(), changes=(),
        ratings=(), reason="", failed_address="", sent_to_instead="", held_back=0, held_number=0,
        held_waiting=0, opened_at=None, updated_at=None, ticket_kind="", ticket_type="",
        resolution="", epilogue="", closed_by_name="", owner_address="", requester_address="",
        group_address="", first_words="", access_url="", minutes_used=0, cost=0, rating_page="",
        opinion="", opinion_comment="",
        wanted=(), field_problems=(), limit_kind="", limit_number=0,
        closes_at=None, follows=0,
        rule_name="", rule_hit=0, rule_saw=(), rule_wants=(), question="", found=(), found_more=False,
    )  # fmt: skip
    yield sample(ticket_status="cancelled", resolution="withdrawn", text="")
    yield sample(ticket_status="pending closure", resolution="expired", text="", epilogue="")
    # No mail should be as long as this one; a template that gets along with it is sparing.
    yield sample(
        text="A long story, told line by line.\n" * 5000,
        background=(("Maria Lopez", "The printer only makes grey pages.\n" * 500),) * 20,
        attachments=(("test page.pdf", 24_300),) * 100,
        changes=(("status", "new", "in progress"),) * 100,
    )


def problems(
    renderer: Renderer, own: OwnTemplates | None, groups: Collection[str] | None
) -> tuple[str, ...]:
    """Each problem once, in the order of discovery."""
    found = list(_failures(renderer, own))
    if own is not None:
        # A file that nothing reads is looked at, too.
        found += [fault for faults in own.faults.values() for fault in faults]
        found += own.macros_unknown()
        found += _unknown_groups(own, groups)
        if not found:  # A template that fails never comes to what it includes.
            found += _never_read(own.paths, renderer.files_read())
    return tuple(dict.fromkeys(found))


def _failures(renderer: Renderer, own: OwnTemplates | None) -> Iterator[str]:
    for group in ("", *(own.groups if own is not None else ())):
        for language in renderer.languages:
            for name in NOTICES:
                for facts in samples(renderer.fields):
                    try:
                        renderer.render_strictly(name, language=language, facts=facts, group=group)
                    except ConfigurationError as error:
                        yield from str(error).splitlines()
    for language in renderer.languages:
        for page, shown in pages.samples():
            try:
                renderer.render_page_strictly(page, language=language, facts=shown)
            except ConfigurationError as error:
                yield from str(error).splitlines()


def _unknown_groups(own: OwnTemplates, groups: Collection[str] | None) -> Iterator[str]:
    known = None if groups is None else {name.casefold() for name in groups}
    for name, path in own.groups.items():
        if known is not None and groups is not None and name not in known:
            yield f"{path}: «{path.name}» is no group of the desk; {hint(path.name, groups)}"


def _never_read(paths: list[Path], read: frozenset[str]) -> Iterator[str]:
    for path in paths:
        if str(path) not in read:
            folders = ", ".join(NOTICES)
            yield (
                f"{path}: no notification reads this file; expected is subject.txt, body.txt or "
                f"body.html, with a language as in body.de.txt or without, in one of {folders}"
            )
