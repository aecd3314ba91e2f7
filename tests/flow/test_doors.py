"""A desk that cannot open says why, and ends."""

from __future__ import annotations

import socket

import pytest

from bot.errors import ConfigurationError
from tests.flow.conftest import OpenDesk


def test_a_port_in_use_ends_the_service_with_its_reason(open_desk: OpenDesk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}"):
            open_desk(listeners=[{"port": port}])


def test_one_folder_has_one_service(open_desk: OpenDesk) -> None:
    desk = open_desk()
    if desk.core.database.shared:
        return  # on PostgreSQL any number of processes share the work
    with pytest.raises(ConfigurationError, match="another service works on"):
        open_desk()
    desk.expect_nothing_more()
