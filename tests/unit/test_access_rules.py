"""Who may read and do what: the promises of the access table, and the page that shows it."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import pytest

from bot.cli.access_page import COMMAND, PEOPLE, access_page
from bot.desk.access import CHANGES, OUTSIDE, Deed, Part, Standing, may, may_read, who_may
from bot.desk.people import Rights, Role
from bot.desk.ticket import Visibility

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
OUTSIDERS = ("requester", "collaborator", "third party", "colleague", "stranger", "quality")


def allowed(who: str, deed: Deed) -> bool:
    return may(PEOPLE[who][0], deed).allowed


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text() == access_page(), f"run {COMMAND} to write it anew"


@pytest.mark.parametrize(("who", "deed"), list(product(OUTSIDERS, sorted(set(Deed) - OUTSIDE))))
def test_nobody_outside_reads_inside_or_changes_anything(who: str, deed: Deed) -> None:
    assert not allowed(who, deed)


@pytest.mark.parametrize("visibility", [Visibility.INTERNAL, Visibility.PRIVATE])
@pytest.mark.parametrize(
    "parts", [{Role.COPY}, {Role.OWNER}, {Role.EDITOR, Role.WATCHER}, set(Role)]
)
def test_no_part_whatever_shows_inner_words_to_somebody_outside(
    visibility: Visibility, parts: set[Role]
) -> None:
    vendor = Standing(
        parts=frozenset(parts), author=True, shared=True, colleague=True, quality=True
    )
    assert not may_read(vendor, visibility)


def test_private_words_are_for_author_shared_with_and_administrator() -> None:
    readers = {who for who in PEOPLE if allowed(who, Deed.READ_PRIVATE)}
    assert readers == {"author", "shared with", "administrator"}


def test_the_owner_alone_changes_status_and_closes() -> None:
    for deed in (Deed.CHANGE_STATUS, Deed.CLOSE):
        doers = {who for who in PEOPLE if allowed(who, deed)}
        assert doers == {"owner", "deputy", "edit, unowned", "administrator"}


def test_leads_may_be_allowed_to_close() -> None:
    changes = {**CHANGES, Deed.CLOSE: frozenset({Part.OWNER, Part.LEADER})}
    leader = PEOPLE["leader"][0]
    assert not may(leader, Deed.CLOSE).allowed
    assert may(leader, Deed.CLOSE, changes=changes).allowed
    assert who_may(Deed.CLOSE, changes=changes) == "its owner or the leader of its group"


def test_a_rating_is_hidden_from_its_owner_even_where_they_are_quality_staff() -> None:
    readers = {who for who in PEOPLE if allowed(who, Deed.READ_RATING)}
    assert readers == {"requester", "quality"}
    both = Standing(technician=True, quality=True, parts=frozenset({Role.OWNER}))
    assert may(both, Deed.READ_RATING).rule == "rating_of_ones_own_work"
    assert not may(both, Deed.READ_RATING).allowed


def test_whoever_was_deactivated_may_nothing() -> None:
    assert not any(allowed("deactivated", deed) for deed in Deed)
    boss = Standing(technician=True, administrator=True, deactivated=True)
    assert not any(may(boss, deed).allowed for deed in Deed)


def test_viewing_is_reading_and_noting_and_no_more() -> None:
    everything = {deed for deed in Deed if allowed("view", deed)}
    assert everything == {
        Deed.SEE_TICKET,
        Deed.READ_PUBLIC,
        Deed.READ_INTERNAL,
        Deed.WRITE_INTERNAL,
        Deed.OPEN_FOR_OTHERS,
    }


def test_greater_rights_contain_the_smaller() -> None:
    ladder = (None, Rights.VIEW, Rights.EDIT, Rights.MANAGE)
    powers = [
        {deed for deed in Deed if may(Standing(technician=True, rights=rights), deed).allowed}
        for rights in ladder
    ]
    assert all(less < more for less, more in pairwise(powers))


def test_every_change_is_somebodys() -> None:
    assert all(parts for parts in CHANGES.values())
    assert {deed for deed in CHANGES if who_may(deed) == "administrators"} == set()
