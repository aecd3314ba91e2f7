"""The configuration file is looked at again and again; what is good takes effect, the rest does not.

A mistake never stops the service and never half-applies: the last good configuration stays in force.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import structlog

from bot.errors import ReplydeskError
from bot.settings import Settings, load
from bot.settings.content import content_of, differences, waits_for_restart

log = structlog.get_logger()

#: Brings a configuration into force; raises before anything has changed.
Adopt = Callable[[Settings], int]


class Watch:
    """One configuration file, and what it said last."""

    def __init__(self, file: Path, *, settings: Settings, adopt: Adopt) -> None:
        self._file = file
        self._adopt = adopt
        self._settings = settings
        self._looked_at = self._state()

    def look(self, *, anyway: bool = False) -> bool:
        """Adopt the file when it has changed since the last look; True when something took effect."""
        state = self._state()
        if state == self._looked_at and not anyway:
            return False
        self._looked_at = state
        try:
            settings = load(self._file)
            changed = differences(content_of(self._settings), content_of(settings))
            if settings.model_dump() == self._settings.model_dump():
                return False
            number = self._adopt(settings)
        except (ReplydeskError, OSError) as mistake:
            log.error("configuration refused", file=str(self._file), mistakes=str(mistake))  # noqa: TRY400 - its words are what counts
            return False
        self._settings = settings
        keys = [key for key, _, _ in changed]
        log.info("configuration in force", number=number, changed=", ".join(keys))
        if waiting := waits_for_restart(keys):
            log.warning("configuration waits for a restart", keys=", ".join(waiting))
        return True

    def _state(self) -> tuple[int, int, int]:
        """What tells that the file is another: editors replace it, so its inode counts, too."""
        try:
            found = self._file.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)
