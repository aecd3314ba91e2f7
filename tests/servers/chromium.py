"""A real browser: Debian's Chromium, the system's own or what ``scripts/setup`` has unpacked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import TREE, ServerUnavailableError

#: What ``scripts/setup`` unpacks where it is not root.
PRIVATE = TREE / ".cache" / "root"

#: No window, no graphics card, and no calls home.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chromium:
    """Where the browser lies, and the environment it needs."""

    executable: Path
    environment: dict[str, str]


def find_chromium() -> Chromium:
    """The browser that is here; raises ServerUnavailableError with the way to get one."""
    if (system := Path("/usr/bin/chromium")).is_file():
        return Chromium(executable=system, environment={**os.environ})
    # Not the wrapper beside it, which looks for everything below /usr.
    private = PRIVATE / "usr" / "lib" / "chromium" / "chromium"
    if not private.is_file():
        raise ServerUnavailableError(
            "No Chromium was found: run scripts/setup, or install the package chromium."
        )
    libraries = [*PRIVATE.glob("usr/lib/*-linux-*"), *PRIVATE.glob("lib/*-linux-*")]
    own = {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
    if not Path("/etc/fonts").is_dir():
        own["FONTCONFIG_PATH"] = str(PRIVATE / "etc" / "fonts")
    return Chromium(executable=private, environment={**os.environ, **own})
