"""What rules say in words: the first sentence of the function that bears the rule's name.

A rule is explained where it is written; only the few names that belong to no function of a table
have their words here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot import guards
from bot.desk import access, entry, lifecycle, pace
from bot.desk.rules.rulebook import chain
from channels.email import authenticate
from threading_engine import automatic, match, ties

_OTHERS = {
    authenticate.NOTHING_KNOWN: "Nothing that was verified speaks for the author.",
    match.NOTHING_TIES_IT: "Nothing in it points at a ticket.",
    "also_addressed": "The mail was sent to this ticket's reply address as well.",
    "closed_for_good": "The ticket is locked, was closed too long ago, or its status map ends it for good.",
    "unreadable": "The mail could not be read; its head was enough to open a ticket.",
    "queue_takes_automatic": "The queue takes requests from machines (queues.takes_automatic).",
    "decided_at_the_command_line": "Somebody decided at the command line.",
    "unreadable_author": "Its From field names nobody, or can be read in more than one way.",
    "forwarded_by_technician": "A technician forwarded somebody's mail to the desk.",
    "closed_with_parent": "It was closed together with the ticket above it.",
    "closed_with_problem": "It was closed together with its problem, with the same words.",
    "answered_with_problem": "A public answer to its problem was for all its incidents.",
    "muted": "They want to hear no more of this ticket.",
    "thread_only": "The matrix says that it stands in the ticket's thread, and nothing is sent.",
    "mails_to_one": "They got more mails about this ticket in an hour than people write.",
    "mails_to_all": "More mails about this ticket went out in an hour than people write.",
    "mail_wish": "A participant's mail said how they want to be told.",
    "mail_command": "A technician's mail asked for it by command.",
    "copied_by_technician": "A technician put them in copy.",
    "copied_by_participant": "A participant put them in copy.",
    "rating_address": "The requester answered to one of the satisfaction addresses.",
    "rating_page": "The requester answered on the page of a satisfaction link.",
    "refused_by_next_hop": "The mail server refused it.",
    "summary": "The hour is over in which technicians were not told of everything.",
    "auto-close": "Nobody answered for as long as a ticket waits in this status.",
    "closing-warning": "Nobody has answered for so long that the ticket is about to close.",
    "entered_on_behalf": "A technician entered it on behalf of the requester.",
    "owner_deactivated": "Its owner takes no part any more.",
    "assigned_by_leader": "New tickets of the group go to its leader (groups.assign).",
    "assigned_by_round_robin": "It was their turn in the group (groups.assign).",
    "assigned_by_least_open": "They had the fewest open tickets in the group (groups.assign).",
}


def explain(rule: str) -> str:
    """What a rule says, in one sentence; a rule without words of its own is named by its name."""
    if names := chain(rule):
        return f"The workflow rule {', which led to '.join(map(repr, names))} did it."
    return _WORDS.get(rule) or f"{rule.replace('_', ' ')}."


def _sentences(rules: Iterable[Callable[..., Any]]) -> dict[str, str]:
    return {rule.__name__.lstrip("_"): _first_sentence(rule.__doc__ or "") for rule in rules}


def _first_sentence(text: str) -> str:
    return " ".join(text.strip().partition("\n\n")[0].split())


_WORDS = {
    **_sentences(access.RULES),
    **_sentences(match.RULES),
    **_sentences(entry.RULES),
    **_sentences(lifecycle.WISHES),
    **_sentences(authenticate.RULES),
    **_sentences(rule for _kind, rule in automatic.RULES),
    **_sentences(rule for _proven, rule in ties.RULES),
    **_sentences((*guards.GUARDS, guards.same_request_again, guards.said_the_same_before)),
    **_sentences((*pace.AT_ANY_HOUR, *pace.RULES, pace.quiet_hours)),
    **_OTHERS,
}
