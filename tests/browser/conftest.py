"""A browser for a module's tests, and a desk whose pages it opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.flow.browsing import REACHABLE
from tests.flow.desk import RunningDesk
from tests.servers.chromium import FLAGS, find_chromium
from tests.servers.process import ServerUnavailableError
from tests.servers.smtp_sink import SmtpSink


# A module, not a run: while playwright is up, no other test of this process can have an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium with a profile of its own."""
    try:
        found = find_chromium()
    except ServerUnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found.executable, args=list(FLAGS), env={**found.environment}
        )
        yield running
        running.close()


@pytest.fixture
def desk(tmp_path: Path, smtp_sink: SmtpSink) -> Iterator[RunningDesk]:
    """A desk on SQLite whose pages people reach."""
    desk = RunningDesk(
        database_url=f"sqlite:///{tmp_path / 'replydesk.db'}",
        folder=tmp_path,
        sink=smtp_sink,
        sections={"http": REACHABLE},
    ).start()
    yield desk
    desk.close()
