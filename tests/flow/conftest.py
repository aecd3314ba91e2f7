"""A running desk for every flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.flow.desk import RunningDesk
from tests.servers.smtp_sink import SmtpSink

# A failure's report shows the log; rich tracebacks in it would bury everything else.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

OpenDesk = Callable[..., RunningDesk]


@pytest.fixture
def open_desk(database_url: str, tmp_path: Path, smtp_sink: SmtpSink) -> Iterator[OpenDesk]:
    """Open desks whose configuration differs: sections by name."""
    opened: list[RunningDesk] = []

    def open_one(**sections: Any) -> RunningDesk:  # noqa: ANN401 - whatever settings take
        desk = RunningDesk(
            database_url=database_url, folder=tmp_path, sink=smtp_sink, sections=sections
        )
        opened.append(desk.start())
        return desk

    yield open_one
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> RunningDesk:
    """A desk with two technicians, Tess and Tom, on either database."""
    return open_desk()
