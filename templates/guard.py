"""What a notification may repeat, decided before any template sees it.

The shipped templates are careful, but an administrator may replace every one of them; so the
promise that nothing leaks cannot rest on their wording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.desk.notifications import Facts
from bot.desk.ticket import Visibility


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One notification that has a template folder."""

    #: Name of the folder.
    name: str
    #: True when only the desk's own people get it.
    staff: bool = False
    #: True when it carries what somebody wrote to the receiver.
    words: bool = False
    #: True when it would be empty without these words.
    needs_words: bool = False
    #: True when it says nothing about any ticket, whoever wrote.
    silent: bool = False
    #: True when it tells what a requester thought.
    opinion: bool = False


NOTICES: dict[str, Notice] = {
    notice.name: notice
    for notice in (
        Notice(name="acknowledgement"),
        Notice(name="new-ticket", staff=True),
        Notice(name="reply", words=True, needs_words=True),
        Notice(name="copy", words=True, needs_words=True),
        Notice(name="update", staff=True),
        Notice(name="resolved", words=True),
        Notice(name="closing-soon"),
        Notice(name="done"),
        Notice(name="assigned", staff=True),
        Notice(name="undeliverable", staff=True),
        Notice(name="complaint", staff=True),
        Notice(name="summary", staff=True),
        Notice(name="held", staff=True),
        Notice(name="rated", staff=True, opinion=True),
        Notice(name="fields-wanted"),
        Notice(name="limit-reached"),
        Notice(name="merged"),
        Notice(name="split"),
        Notice(name="took-in", staff=True),
        Notice(name="rule-suggestion", staff=True),
        Notice(name="rule-stopped", staff=True),
        Notice(name="rule-notice", words=True),
        Notice(name="not-understood", silent=True),
    )
}


def guard(notice: Notice, facts: Facts) -> Facts:
    """The facts without what this notification must not repeat.

    Raises ValueError when internal words were about to be sent to somebody outside: then the caller
    chose the wrong notification, and no mail at all is better than an empty one.
    """
    for rule, cut in RULES:
        if rule(notice, facts):
            facts = cut(facts)
    return facts


def _staff_rules_apply(notice: Notice, facts: Facts) -> bool:
    return notice.staff or (notice.name == "done" and facts.recipient_role == "technician")


def _says_nothing(notice: Notice, _facts: Facts) -> bool:
    return notice.silent


def _internal_words_go_out(notice: Notice, facts: Facts) -> bool:
    public = facts.visibility in {"", Visibility.PUBLIC}
    if public or _staff_rules_apply(notice, facts):
        return False
    if notice.needs_words:
        raise ValueError(f"{facts.visibility} words must not be sent as «{notice.name}»")
    return True


def _unproven_words_go_out(notice: Notice, facts: Facts) -> bool:
    if facts.trusted or _staff_rules_apply(notice, facts):
        return False
    return not (notice.words and facts.author_is_technician)


def _unproven_requester(notice: Notice, facts: Facts) -> bool:
    return not facts.trusted and not _staff_rules_apply(notice, facts)


def _opinion_is_none_of_theirs(notice: Notice, _facts: Facts) -> bool:
    return not notice.opinion


def _without_opinion(facts: Facts) -> Facts:
    return replace(facts, opinion="", opinion_comment="")


def _people_outside(notice: Notice, facts: Facts) -> bool:
    return not _staff_rules_apply(notice, facts)


def _without_rules(facts: Facts) -> Facts:
    return (
        replace(facts, rule_saw=(), rule_wants=()) if facts.rule_saw or facts.rule_wants else facts
    )


def _without_cost(facts: Facts) -> Facts:
    return replace(facts, cost=0) if facts.cost else facts


def _without_words(facts: Facts) -> Facts:
    return replace(
        facts,
        author_name="",
        text="",
        html=None,
        background=(),
        attachments=(),
        epilogue="",
        field_problems=(),
    )


def _without_requester(facts: Facts) -> Facts:
    return replace(
        facts,
        ticket_title="",
        requester_name="",
        requester_address="",
        recipient_name="",
        forwarded_by="",
        first_words="",
        fields=(),
    )


def _without_changes(facts: Facts) -> Facts:
    return replace(
        _without_words(facts),
        changes=(),
        reason="",
        failed_address="",
        sent_to_instead="",
        field_problems=(),
    )


def _without_anything(facts: Facts) -> Facts:
    return replace(
        _without_requester(_without_changes(facts)),
        ratings=(),
        rating_page="",
        owner_name="",
        owner_address="",
        closed_by_name="",
        resolution="",
        ticket_type="",
        minutes_used=0,
        opened_at=None,
        updated_at=None,
        access_url="",
        closes_at=None,
        follows=0,
    )


#: Every rule that fires cuts; a technician's own answer in an unproven request keeps its words and
#: loses the title and the names that the unproven author chose.
RULES: tuple[tuple[Callable[[Notice, Facts], bool], Callable[[Facts], Facts]], ...] = (
    (_opinion_is_none_of_theirs, _without_opinion),
    (_people_outside, _without_cost),
    (_people_outside, _without_rules),
    (_says_nothing, _without_anything),
    (_internal_words_go_out, _without_words),
    (_unproven_words_go_out, _without_changes),
    (_unproven_requester, _without_requester),
)
