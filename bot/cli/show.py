"""``replydesk show``: one ticket as a thread, or with the reason of everything that happened."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from bot.cli.dossier import read_dossier, without_private
from bot.cli.opening import opened
from bot.cli.output import Flag, say, say_json
from bot.cli.ratings import rating_lines
from bot.cli.thread import head, thread
from bot.cli.why import story

_KEYS = (
    "ticket",
    "queue",
    "group",
    "participants",
    "links",
    "tags",
    "assets",
    "workunits",
    "minutes_used",
    "cost",
    "events",
    "deliveries",
    "reports",
    "mails",
)


def show(
    ticket: int,
    /,
    *,
    why: Flag = False,
    everything: Annotated[bool, Parameter(name="--all", negative=())] = False,
    ratings: Flag = False,
    private: Flag = False,
    json: Flag = False,
) -> None:
    """Show a ticket as a thread.

    Args:
        ticket: Number of the ticket.
        why: Explain every mail, every event and every delivery: which rule, which proof, which
            answer.
        everything: Show the logos of signatures and other decoration among the files, too.
        ratings: Show what the requester thought of it, too. Its owner must not read that.
        private: Show private words, too.
        json: Print everything that is stored as JSON, private words only where asked.
    """
    with opened() as storage:
        dossier = read_dossier(storage, ticket, ratings=ratings)
        if not private:
            dossier = without_private(dossier)
        if json:
            keys = (*_KEYS, "ratings") if ratings else _KEYS
            say_json({name: getattr(dossier, name) for name in keys})
            return
        told = story(dossier, storage) if why else thread(dossier, storage, decoration=everything)
        for line in (*head(dossier, storage), *told, *rating_lines(dossier, storage)):
            say(line)
