"""What a notification may repeat, decided before any template sees it.

The shipped templates are careful, but an administrator may replace every one of them; so the
promise that nothing leaks cannot rest on their wording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.desk.facts import Entry, Facts, Section
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
    #: True when it tells what its receiver asked, cleared for them alone, whatever it is about.
    answer: bool = False
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
        Notice(name="status", words=True),
        Notice(name="digest", words=True),
        Notice(name="changed", staff=True),
        Notice(name="done"),
        Notice(name="answer", answer=True),
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
    emptied: dict[str, object] = {}
    for rule, cut in RULES:
        if rule(notice, facts):
            emptied |= cut
    # A copy of so many facts costs as much as a short mail's words.
    changed = {name: empty for name, empty in emptied.items() if getattr(facts, name) != empty}
    facts = replace(facts, **changed) if changed else facts  # type: ignore[arg-type]  # of the facts' own types
    if facts.entries or facts.sections:
        return _without_what_others_read(notice, facts)
    return facts


def _without_what_others_read(notice: Notice, facts: Facts) -> Facts:
    """Each of several people's words by itself, and each ticket of a digest."""
    staff = _staff_rules_apply(notice, facts)
    return replace(
        facts,
        entries=tuple(entry for entry in facts.entries if staff or _may_go_out(entry)),
        sections=tuple(map(_section_without, facts.sections)),
    )


def _section_without(section: Section) -> Section:
    if section.staff:
        return section
    return replace(
        section,
        ticket_title=section.ticket_title if section.trusted else "",
        entries=tuple(entry for entry in section.entries if _may_go_out(entry)),
        changes=(),
    )


def _may_go_out(entry: Entry) -> bool:
    return entry.visibility == Visibility.PUBLIC and (entry.trusted or entry.by_technician)


def _staff_rules_apply(notice: Notice, facts: Facts) -> bool:
    own = notice.name == "done" or notice.answer
    return notice.staff or (own and facts.recipient_role == "technician")


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


def _nobody_asked(notice: Notice, _facts: Facts) -> bool:
    return not notice.answer


def _people_outside(notice: Notice, facts: Facts) -> bool:
    return not _staff_rules_apply(notice, facts)


_OPINION: Mapping[str, object] = {"opinion": "", "opinion_comment": ""}
_FOUND: Mapping[str, object] = {"question": "", "found": (), "found_more": False}
_INSIDE: Mapping[str, object] = {
    **dict.fromkeys(("cost", "workunit_number"), 0),
    **dict.fromkeys(("rule_saw", "rule_wants", "assets", "copies"), ()),
}
_WORDS: Mapping[str, object] = {
    **dict.fromkeys(("author_name", "text", "epilogue"), ""),
    "html": None,
    **dict.fromkeys(("background", "attachments", "field_problems", "entries"), ()),
}
_REQUESTER: Mapping[str, object] = {
    **dict.fromkeys(("ticket_title", "requester_name", "requester_address"), ""),
    **dict.fromkeys(("recipient_name", "forwarded_by", "first_words"), ""),
    "fields": (),
}
_CHANGES: Mapping[str, object] = {
    **_WORDS,
    **_FOUND,
    **dict.fromkeys(("reason", "failed_address", "sent_to_instead"), ""),
    "changes": (),
}
_ANYTHING: Mapping[str, object] = {
    **_REQUESTER,
    **_CHANGES,
    **dict.fromkeys(("owner_name", "owner_address", "closed_by_name", "rating_page"), ""),
    **dict.fromkeys(("resolution", "ticket_type", "access_url"), ""),
    **dict.fromkeys(("minutes_used", "follows"), 0),
    **dict.fromkeys(("opened_at", "updated_at", "closes_at"), None),
    "ratings": (),
    "sections": (),
    "told_status": "",
}

#: Every rule that fires empties; a technician's own answer in an unproven request keeps its words
#: and loses the title and the names that the unproven author chose.
RULES: tuple[tuple[Callable[[Notice, Facts], bool], Mapping[str, object]], ...] = (
    (_opinion_is_none_of_theirs, _OPINION),
    (_nobody_asked, _FOUND),
    (_people_outside, _INSIDE),
    (_says_nothing, _ANYTHING),
    (_internal_words_go_out, _WORDS),
    (_unproven_words_go_out, _CHANGES),
    (_unproven_requester, _REQUESTER),
)
