"""How did we do? In a real browser: on a phone, without JavaScript, in German, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.desk.satisfaction import Rating
from tests.flow.browsing import close_a_ticket, links, local
from tests.flow.desk import RunningDesk

pytestmark = pytest.mark.xdist_group("browser")

#: A small phone, upright.
PHONE = {"width": 360, "height": 640}


#: What the console says of a page that is not there, by its status.
_EXPECTED = ("status of 404 (Not Found)", "status of 410 (Gone)")


@contextmanager
def opened(browser: Browser, **how: Any) -> Iterator[Page]:  # noqa: ANN401 - what playwright takes
    """A page on a phone that complains about nothing and asks nobody but the desk."""
    context = browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **how})
    page = context.new_page()
    complaints: list[str] = []
    strangers: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: strangers.append(request.url))
    yield page
    assert [words for words in complaints if not words.endswith(_EXPECTED)] == []
    assert all(url.startswith(("http://127.0.0.1:", "data:")) for url in strangers), strangers
    context.close()


def rating(desk: RunningDesk) -> Rating | None:
    desk.settle()
    found = desk.core.database.read(lambda uow: uow.ratings.of_ticket(1))
    return found[0] if found else None


def given(desk: RunningDesk) -> Rating:
    kept = rating(desk)
    assert kept is not None
    return kept


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways, and what is tapped is large enough for thumbs."""
    taps = [*page.locator(".choice").all(), page.get_by_role("button")]
    boxes = [tap.bounding_box() for tap in taps]
    assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    width = max(box["x"] + box["width"] for box in boxes if box)
    return width <= PHONE["width"]


def test_a_vote_on_a_phone_without_javascript_in_german(
    desk: RunningDesk, browser: Browser
) -> None:
    _good, bad, own = links(close_a_ticket(desk))
    with opened(browser, java_script_enabled=False, locale="de-DE", has_touch=True) as page:
        page.goto(local(desk, own))
        expect(page.get_by_label("Gut")).not_to_be_checked()
        page.goto(local(desk, bad))
        assert rating(desk) is None, "looking is no vote"
        assert fits(page)
        expect(page.get_by_role("heading")).to_have_text("Wie zufrieden sind Sie?")
        expect(page.get_by_label("Schlecht")).to_be_checked()
        page.get_by_label("Ein paar Worte dazu").fill("Zu <langsam>.\nViel zu.")
        page.get_by_role("button", name="Antwort senden").tap()
        expect(page.get_by_role("status")).to_have_text("Danke. Ihre Antwort ist angekommen.")
        kept = given(desk)
        assert (kept.good, kept.comment) == (False, "Zu <langsam>.\nViel zu.")

        page.reload()
        expect(page.get_by_label("Ein paar Worte dazu")).to_have_value(kept.comment)
        page.locator(".good").tap()
        page.get_by_role("button", name="Antwort ändern").tap()
        expect(page.get_by_label("Gut")).to_be_checked()
        changed = given(desk)
        assert (changed.good, changed.comment) == (True, kept.comment)
        assert desk.ticket(1).kinds().count("ticket.rated") == 2

        desk.advance(days=31)
        answer = page.goto(local(desk, bad))
        assert answer is not None
        assert answer.status == 410
        expect(page.get_by_role("heading")).to_have_text("Dieser Link ist abgelaufen")
        expect(page.get_by_role("button")).to_have_count(0)


def test_a_vote_by_keyboard_alone(desk: RunningDesk, browser: Browser) -> None:
    *_, own = links(close_a_ticket(desk))
    with opened(browser) as page:
        page.goto(local(desk, own))
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_label("Bad")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type("Slow.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_be_visible()
    kept = given(desk)
    assert (kept.good, kept.comment) == (False, "Slow.")


def test_a_form_without_a_choice_is_not_sent(desk: RunningDesk, browser: Browser) -> None:
    *_, own = links(close_a_ticket(desk))
    with opened(browser) as page:
        page.goto(local(desk, own))
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_have_count(0)
    assert rating(desk) is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_pages(
    desk: RunningDesk, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    good, bad, own = links(close_a_ticket(desk))
    with opened(browser, color_scheme=scheme) as page:
        page.goto(local(desk, own))
        assert violations(page) == []
        for link in (good, bad):
            page.goto(local(desk, link))
            assert violations(page) == []
        page.get_by_role("button").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert violations(page) == []
        desk.advance(days=31)
        for lost in (local(desk, own), local(desk, own).replace("/rate/", "/rote/")):
            page.goto(lost)
            assert violations(page) == []


def violations(page: Page) -> list[str]:
    """Which rules of accessibility the page breaks, and where."""
    found = Axe().run(page)["violations"]
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]
