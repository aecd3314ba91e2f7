"""Wake-ups between processes: PostgreSQL's LISTEN, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()

_PAUSE_SECONDS = 2.0
#: How long the thread may take to notice that it shall end.
_LISTEN_SECONDS = 0.5


class PostgresWakeups:
    """Calls `wake` with a loop's name whenever some process has committed work for it.

    A lost connection loses wake-ups, never work: every loop looks by itself now and then.
    """

    def __init__(self, url: str, wake: Callable[[str], None]) -> None:
        self._url = url
        self._wake = wake
        self._thread = threading.Thread(target=self._listen, name="wakeups", daemon=True)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Listen from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; the thread ends within a moment, and nobody needs to wait for it."""
        self._stopped.set()

    def _listen(self) -> None:
        import psycopg

        from storage.engines import NOTIFY_CHANNEL, plain_url

        while not self._stopped.is_set():
            try:
                with psycopg.connect(plain_url(self._url), autocommit=True) as connection:
                    connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    while not self._stopped.is_set():
                        for notice in connection.notifies(timeout=_LISTEN_SECONDS):
                            self._wake(notice.payload)
            except psycopg.Error as error:
                if not self._stopped.is_set():
                    log.warning("wake-ups are away", reason=str(error))
                    self._stopped.wait(_PAUSE_SECONDS)
