"""The access table as a page: ``python -m bot.cli.access_page > docs/access.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.cli.rules import explain
from bot.desk.access import CHANGES, OUTSIDE, RULES, Deed, Standing, may
from bot.desk.people import Rights, Role

#: How one writes the page anew.
COMMAND = "python -m bot.cli.access_page > docs/access.md"


def _staff(*parts: Role, **facts: bool | Rights) -> Standing:
    return Standing(technician=True, parts=frozenset(parts), **facts)  # type: ignore[arg-type]  # its own fields


#: Everybody the tables speak of, with what that means.
PEOPLE: dict[str, tuple[Standing, str]] = {
    "requester": (
        Standing(parts=frozenset({Role.REQUESTER})),
        "whoever asked; the rating of the ticket is theirs",
    ),
    "collaborator": (
        Standing(parts=frozenset({Role.COLLABORATOR})),
        "somebody outside who takes part beside the requester",
    ),
    "third party": (
        Standing(parts=frozenset({Role.COPY})),
        "a vendor or anybody else in copy, known by an address alone",
    ),
    "colleague": (
        Standing(colleague=True),
        "a grouped requester of the company that asks, without a part in the ticket",
    ),
    "stranger": (Standing(), "anybody else outside the desk"),
    "owner": (_staff(Role.OWNER), "who has the ticket, whatever their group"),
    "deputy": (_staff(deputy=True), "who stands in for an owner that is away"),
    "editor": (_staff(Role.EDITOR), "the technician who entered it on behalf of the requester"),
    "watcher": (_staff(Role.WATCHER), "a technician who follows the ticket"),
    "leader": (_staff(leader=True, rights=Rights.EDIT), "who leads the ticket's group"),
    "view": (_staff(rights=Rights.VIEW), "a technician who may view the group's tickets"),
    "edit": (_staff(rights=Rights.EDIT), "a technician who may edit the group's tickets"),
    "manage": (_staff(rights=Rights.MANAGE), "a technician who may manage the group's tickets"),
    "edit, unowned": (
        _staff(rights=Rights.EDIT, unowned=True),
        "a technician who may edit, while nobody has the ticket",
    ),
    "other group": (_staff(), "a technician with neither rights in the group nor a part"),
    "author": (_staff(author=True), "the same, before a workunit that they wrote"),
    "shared with": (_staff(shared=True), "the same, before one that was shared with them"),
    "administrator": (
        _staff(administrator=True),
        "who runs the desk",
    ),
    "quality": (Standing(quality=True), "quality staff, who belong to no group"),
    "deactivated": (
        _staff(Role.OWNER, rights=Rights.MANAGE, deactivated=True),
        "anybody who takes no part any more, an owner for example",
    ),
}

_MEANINGS = {
    Deed.SEE_TICKET: "know that it exists, with title and status",
    Deed.READ_PUBLIC: "read public words and files",
    Deed.READ_INTERNAL: "read internal words and files",
    Deed.READ_PRIVATE: "read private words and files",
    Deed.READ_RATING: "read what the requester thought of it",
    Deed.READ_COSTS: "read time used and costs",
    Deed.WRITE_PUBLIC: "write to everybody who takes part",
    Deed.WRITE_INTERNAL: "leave a note for colleagues",
    Deed.CHANGE_STATUS: "change its status",
    Deed.CLOSE: "resolve, close or cancel it",
    Deed.REOPEN: "open it again",
    Deed.UNLOCK: "lock it, or take the lock off",
    Deed.ASSIGN: "take it, or give it to somebody",
    Deed.CHANGE_GROUP: "move it to another group",
    Deed.CHANGE_PRIORITY: "change priority, impact and urgency",
    Deed.CHANGE_FIELDS: "change title, kind, type, fields and tags",
    Deed.EDIT_WORKUNIT: "edit words; everybody edits their own",
    Deed.MERGE: "merge it or split it",
    Deed.LINK: "link it to other tickets and to assets",
    Deed.BOOK_TIME: "book time",
    Deed.ADD_PEOPLE: "let people take part",
    Deed.DECIDE_HELD: "decide about mail that is held for it",
    Deed.OPEN_FOR_OTHERS: "open a ticket on behalf of somebody",
    Deed.MANAGE_PEOPLE: "change other people's powers",
}

_OUTSIDE_PEOPLE = ("requester", "collaborator", "third party", "colleague", "stranger", "quality")

_INTRODUCTION = f"""\
# Who may read and do what

Whether a mail may come in at all stands in [identity.md](identity.md). What its author may do then, and what anybody may
be shown, is decided by one ordered table, `bot/desk/access.py`: for every notification before it is queued and again
before it is sent, for every command, and for every list. This page is written by the code itself (`{COMMAND}`).

Whoever sits at the machine's own command line is not asked: they hold the database in their hands.

## Everybody

| who | which means |
| --- | --- |
"""

_LAST = """\

## Changing the table

Rows of the table of changes are keys of the section `[access]`; the others are fixed, so that no configuration can show
internal words to anybody outside. The owner alone changes status and closes, unless it says otherwise:

```toml
[access]
close = ["owner", "leader"]
change_status = ["owner", "leader", "manage"]
```

While nobody has a ticket, whoever may edit in its group acts as its owner. A command that takes the ticket counts for
those behind it in the same mail.
"""


def access_page() -> str:
    """The whole page in Markdown."""
    lines = [f"| {name} | {words} |" for name, (_, words) in PEOPLE.items()]
    outside = [name for name in PEOPLE if name in _OUTSIDE_PEOPLE]
    inside = [name for name in PEOPLE if name not in _OUTSIDE_PEOPLE]
    fixed = [deed for deed in Deed if deed not in CHANGES]
    lines += ["", "## Outside the desk", "", "What is not in this table is not for them.", ""]
    lines += _table([deed for deed in Deed if deed in OUTSIDE], outside)
    lines += ["", "## Reading and writing at the desk", "", *_table(fixed, inside)]
    lines += ["", "## Changing", "", *_table(list(CHANGES), inside)]
    lines += ["", "## The rules", "", "The first that speaks decides.", ""]
    lines += [f"* `{rule.__name__}`: {explain(rule.__name__)}" for rule in RULES]
    return _INTRODUCTION + "\n".join(lines) + "\n" + _LAST


def _table(deeds: list[Deed], people: list[str]) -> Iterator[str]:
    yield f"| | {' | '.join(people)} |"
    yield f"| --- |{' --- |' * len(people)}"
    for deed in deeds:
        cells = (_cell(may(PEOPLE[name][0], deed).allowed) for name in people)
        yield f"| `{deed}`: {_MEANINGS[deed]} | {' | '.join(cells)} |"


def _cell(allowed: bool) -> str:  # noqa: FBT001 - the value of the cell
    return "yes" if allowed else "-"


if __name__ == "__main__":
    sys.stdout.write(access_page())
