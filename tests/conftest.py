"""Fixtures every test may use. Servers start when the first test asks, once a test process.

Property tests try few examples, so that the whole stays quick; ``--hypothesis-profile thorough``
tries twenty times as many.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers.dovecot import Dovecot
from tests.servers.loopback import LoopbackGuard
from tests.servers.postgres import Postgres
from tests.servers.process import ServerUnavailableError
from tests.servers.smtp_sink import SmtpSink

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def loopback_guard() -> Iterator[LoopbackGuard]:
    """The one guard of this test process."""
    guard = LoopbackGuard()
    with pytest.MonkeyPatch.context() as patch:
        guard.install(patch)
        yield guard


@pytest.fixture(autouse=True)
def _only_loopback(loopback_guard: LoopbackGuard) -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where the product shrugged it off."""
    loopback_guard.attempts.clear()
    yield
    attempts, loopback_guard.attempts = loopback_guard.attempts, []
    if attempts:
        pytest.fail(f"The test tried to reach {', '.join(attempts)}.", pytrace=False)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A running IMAP and LMTP server; take a user name of your own for a mailbox of your own."""
    try:
        server = Dovecot().start()
    except ServerUnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    try:
        server = Postgres().start()
    except ServerUnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    yield server
    server.close()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database: every test that asks runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'replydesk.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A running SMTP server that keeps what it gets."""
    sink = SmtpSink().start()
    yield sink
    sink.close()
