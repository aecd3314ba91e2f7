"""``replydesk template``: which templates there are, how they read, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot.cli.arguments import checked_address
from bot.cli.opening import opened
from bot.cli.output import Flag, say, say_columns, say_json
from bot.cli.template_facts import Previewed, made_up, of_ticket
from bot.desk.nearest import suggestion
from bot.desk.notifications import TABLE
from bot.errors import NotFound, Undecidable
from bot.ports import Rendered
from bot.service.words import group_names, renderer_of
from bot.settings import Settings, load
from templates.guard import NOTICES, Notice
from templates.render import TemplateRenderer, notice_of


def list_(*, json: Flag = False) -> None:
    """List the notifications: who gets them, and which files of yours replace what is shipped.

    Args:
        json: Print JSON.
    """
    settings = load()
    renderer = renderer_of(settings)
    rows = [
        {"notification": name, "goes_to": _receivers(notice), "own": list(_own(renderer, name))}
        for name, notice in NOTICES.items()
    ]
    shared = list(_shared(renderer))
    if json:
        say_json({"folder": settings.desk.templates, "notifications": rows, "shared": shared})
        return
    table = [(row["notification"], row["goes_to"], ", ".join(row["own"]) or "-") for row in rows]
    say_columns(("notification", "goes to", "your own files"), table, none="")
    if settings.desk.templates is None:
        say(
            "\nName a folder of your own with desk.templates; docs/templates.md tells what may stand there."
        )
    elif shared:
        say(f"\nOf yours and part of several: {', '.join(shared)}")


def _receivers(notice: Notice) -> str:
    audiences = [row.audience.value for row in TABLE if row.notification == notice.name]
    return ", ".join(dict.fromkeys(audiences)) or ("staff" if notice.staff else "requester")


def _own(renderer: TemplateRenderer, name: str) -> Iterator[str]:
    yield from (path for path, folder in _paths(renderer) if folder == name)


def _shared(renderer: TemplateRenderer) -> Iterator[str]:
    yield from (path for path, folder in _paths(renderer) if folder not in NOTICES)


def _paths(renderer: TemplateRenderer) -> Iterator[tuple[str, str]]:
    """Each file of the desk, relative to its folder, and the folder that it stands in."""
    if renderer.own is not None:
        for path in renderer.own.paths:
            yield str(path.relative_to(renderer.own.folder)), path.parent.name


def check_() -> int:
    """Render every notification for every group in every language; 1 where something is wrong."""
    settings = load()
    renderer = renderer_of(settings)
    problems = renderer.check(groups=group_names(settings))
    for problem in problems:
        say(problem)
    if not problems:
        say(f"All templates render, in {', '.join(renderer.languages)}.")
    return int(bool(problems))


def preview_(
    notification: str,
    /,
    *,
    ticket: int | None = None,
    person: str = "",
    group: str = "",
    language: str = "",
    html: Flag = False,
    text: Flag = False,
    out: Path | None = None,
) -> None:
    """Show how a notification reads. Nothing is sent, and links in it lead nowhere.

    Args:
        notification: Its name; 'replydesk template list' has them.
        ticket: With the words of this ticket, as far as the person may read them. Else all is made up.
        person: Address of whom it is for, with --ticket; else whom it is meant for.
        group: As this group's templates have it.
        language: For example de; else the person's or the desk's own.
        html: Print the HTML document.
        text: Print the plain text without its subject.
        out: Write it into this file instead; the HTML document where it ends in .html.
    """
    if html and text:
        raise Undecidable("--html and --text contradict each other")
    if person and ticket is None:
        raise Undecidable("--person needs a --ticket: made-up facts are for nobody")
    settings, notice = load(), notice_of(notification)
    renderer = renderer_of(settings)
    shown = _facts(settings, renderer, notice, ticket, person)
    facts = replace(shown.facts, group_name=_group(settings, group)) if group else shown.facts
    rendered = renderer.render_strictly(
        notification,
        language=_language(renderer, language) or shown.language or settings.desk.language,
        facts=facts,
        group=facts.group_name,
    )
    as_html = html or (out is not None and out.suffix in {".html", ".htm"} and not text)
    words = _shown(rendered, html=as_html, text=text)
    if out is None:
        say(words)
    else:
        out.write_text(words, "utf-8")


def _facts(
    settings: Settings,
    renderer: TemplateRenderer,
    notice: Notice,
    ticket: int | None,
    person: str,
) -> Previewed:
    if ticket is None:
        return made_up(notice, renderer.fields)
    address = checked_address(person) if person else ""
    with opened(settings) as storage:
        return storage.database.read(partial(of_ticket, storage, renderer, notice, ticket, address))


def _group(settings: Settings, group: str) -> str:
    names = {name.casefold(): name for name in group_names(settings)}
    if group.casefold() not in names:
        raise NotFound(f"there is no group {group}; {suggestion(group, names.values())}")
    return names[group.casefold()]


def _language(renderer: TemplateRenderer, language: str) -> str:
    codes = renderer.languages
    if language and language.lower().replace("_", "-").partition("-")[0] not in codes:
        raise NotFound(f"there is no language {language}; {suggestion(language, codes)}")
    return language


def _shown(rendered: Rendered, *, html: bool, text: bool) -> str:
    if html:
        return rendered.html
    return rendered.text if text else f"Subject: {rendered.subject}\n\n{rendered.text}"
