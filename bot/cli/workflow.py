"""``replydesk workflow``: the rules, what they did, whether one would hit, and answers to suggestions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

from bot.cli.arguments import decider
from bot.cli.opening import Storage, opened
from bot.cli.output import Flag, age, say, say_columns, say_json, shorten
from bot.desk.nearest import suggestion
from bot.desk.rules.judge import judge
from bot.desk.rules.rulebook import Moment, Rule, Rulebook
from bot.desk.rules.timing import look_ahead
from bot.desk.ticket import Event
from bot.errors import NotFound
from bot.ports import Hit, Tally
from bot.workflow import TicketView, answer
from storage.unit_of_work import SqlUnitOfWork

_RULES = ("rule", "when", "mode", "hits", "last", "what became of them")
_HITS = ("number", "age", "ticket", "rule", "mode", "state", "why")
_NAME, _REASON = 40, 60


def list_(*, json: Flag = False) -> None:
    """List the workflow rules in the order in which they are asked, with what they did.

    A rule that the configuration has no more stays listed while there are hits of it.

    Args:
        json: Print JSON.
    """
    with opened() as storage:
        tallies = storage.database.read(lambda uow: uow.rules.tallies())
        rules = storage.settings.rulebook()
        entries = list(_entries(rules, tallies, storage))
    if json:
        say_json(entries)
        return
    rows = [tuple(entry.values()) for entry in entries]
    say_columns(_RULES, rows, none="There are no workflow rules; docs/rules.md has examples.")


def _entries(
    book: Rulebook, tallies: Sequence[Tally], storage: Storage
) -> Sequence[dict[str, object]]:
    by_rule: dict[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_rule[tally.rule].append(tally)
    known = [(rule.name, rule) for rule in book.rules]
    names: list[tuple[str, Rule | None]] = [*known]
    names += [(name, None) for name in sorted(set(by_rule) - {name for name, _ in known})]
    return [_entry(name, rule, by_rule[name], storage) for name, rule in names]


def _entry(
    name: str, rule: Rule | None, found: Sequence[Tally], storage: Storage
) -> dict[str, object]:
    last = max((tally.last_at for tally in found), default=None)
    return {
        "rule": name,
        "when": _when(rule),
        "mode": rule.mode.value if rule else "-",
        "hits": sum(tally.count for tally in found),
        "last": storage.local(last) if last else "-",
        "states": ", ".join(f"{tally.count} {tally.state}" for tally in found) or "-",
    }


def _when(rule: Rule | None) -> str:
    if rule is None:
        return "not configured"
    if not rule.enabled:
        return "switched off"
    return "timed" if rule.moment is Moment.TIMED else "event"


def hits_(
    *, ticket: int | None = None, rule: str = "", json: Flag = False, limit: int = 50
) -> None:
    """List what rules did, newest first.

    Args:
        ticket: Only in this ticket, with everything that the rules saw.
        rule: Only of this rule.
        json: Print JSON.
        limit: At most so many.
    """
    with opened() as storage:
        found = storage.database.read(
            lambda uow: uow.rules.hits(ticket_id=ticket, rule=rule, limit=limit)
        )
        now = storage.clock()
    if json:
        say_json([asdict(hit) for hit in found])
        return
    rows = [
        (
            hit.id,
            age(now - hit.at),
            hit.ticket_id,
            shorten(hit.rule, _NAME),
            hit.mode,
            hit.state,
            shorten(hit.reason or "-", _REASON),
        )
        for hit in found
    ]
    say_columns(_HITS, rows, none="No rule has hit.")
    if ticket is not None:
        _say_seen(found)


def _say_seen(found: Sequence[Hit]) -> None:
    for hit in found:
        say()
        say(f"{hit.id}  {hit.rule} saw:")
        for line in hit.saw or ("nothing: it has no condition",):
            say(f"    {line}")


def try_(name: str, /, *, ticket: int) -> int:
    """Say whether a rule would hit, and why; nothing is done. The exit status is 1 where it would not.

    Args:
        name: The rule.
        ticket: The ticket to look at, with its last event that the rule waits for.
    """
    with opened() as storage:
        book = storage.settings.rulebook()
        rule = book.find(name)
        if rule is None:
            known = [each.name for each in book.rules]
            raise NotFound(f"there is no workflow rule {name!r}; {suggestion(name, known)}")
        return storage.database.read(partial(_try, storage, rule, ticket))


def _try(storage: Storage, rule: Rule, number: int, uow: SqlUnitOfWork) -> int:
    ticket = uow.tickets.get(number)
    if ticket is None:
        raise NotFound(f"there is no ticket {number}")
    event = _last_event(uow, rule, number)
    if rule.moment is Moment.EVENT and event is None:
        say(f"No: ticket {number} has had none of its events: {', '.join(rule.events)}.")
        return 1
    view = TicketView(uow, ticket, event=event, now=storage.clock())
    verdict = judge(rule.condition, view)
    about = f" for its last event {event.kind}" if event else ""
    say(f"{'Yes' if verdict.holds else 'No'}: {rule.name}, {rule.mode.value}{about}.")
    for sighting in verdict.saw:
        say(f"    {'+' if sighting.holds else '-'} {sighting.sentence}")
    if rule.moment is Moment.TIMED and not verdict.holds:
        due = look_ahead(rule.condition, view).changes_at
        say(f"It will hit at {storage.local(due)}." if due else "Time alone will not make it hit.")
    say("It wants to:" if verdict.holds else "It would:")
    for deed in rule.deeds:
        say(f"    {deed.sentence}")
    return 0 if verdict.holds else 1


def _last_event(uow: SqlUnitOfWork, rule: Rule, number: int) -> Event | None:
    events = uow.tickets.events(number)
    return next((event for event in reversed(events) if event.kind in rule.events), None)


def yes_(number: int, /) -> None:
    """Let a rule do what it suggested.

    Args:
        number: Number of the suggestion.
    """
    _answer(number, yes=True, reason="")


def no_(number: int, /, *, reason: str = "") -> None:
    """Decline what a rule suggested; it does not ask again for that ticket.

    Args:
        number: Number of the suggestion.
        reason: Why, for the record.
    """
    _answer(number, yes=False, reason=reason)


def _answer(number: int, *, yes: bool, reason: str) -> None:
    by = f"by {decider()}"
    with opened() as storage:
        hit = storage.database.run(
            lambda uow: answer(
                uow,
                number,
                yes=yes,
                actor=None,
                reason=f"{reason}, {by}" if reason else by,
                rule="decided_at_the_command_line",
                now=storage.clock(),
            )
        )
    say(f"{hit.rule}, ticket {hit.ticket_id}: {hit.state}.")
