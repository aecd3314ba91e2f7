"""``replydesk demo``: a desk made for the purpose, a conversation played on it by mail."""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
from contextlib import suppress
from pathlib import Path

from bot.cli.demo_scene import play
from bot.cli.demo_talk import Talk
from bot.cli.logs import set_up_logs
from bot.cli.output import Flag
from bot.errors import ConfigurationError
from bot.service import Core, Service
from bot.settings import Settings, load

#: The first line of a configuration that this command wrote, and so may delete again.
_MARK = "# Made by 'replydesk demo', and deleted by its next run."
_PREFERRED_PORT, _PREFERRED_HTTP_PORT = 2525, 8025

_CONFIGURATION = """\
{mark}
[desk]
name = "Example Desk"
data = "{folder}"

[[queues]]
address = "desk@example.org"

[[technicians]]
name = "Tess Tanner"
address = "tess@example.org"

[[technicians]]
name = "Tom Turner"
address = "tom@example.org"

[[listeners]]
port = {port}

# The pages that satisfaction links open, for browsers on this machine.
[http]
port = {http_port}
public_url = "http://127.0.0.1:{http_port}"

# Nothing waits for more of its kind: whoever watches wants to see it now.
[notify]
burst_minutes = 0

# Mails are written into this folder instead of being sent.
[smtp_out]
outbox = "{folder}/outbox"

# Whoever connects from this machine is taken for whoever they say they are. Good for a demo only.
[trust]
senders = ["127.0.0.1/32"]
verify = false                    # a demo asks no name servers
"""


def demo(
    *, scene_only: Flag = False, port: int | None = None, folder: Path = Path("demo-data")
) -> None:
    """Make a desk, play a conversation on it through its real SMTP port, then stay up for yours.

    Args:
        scene_only: End after the conversation.
        port: Take mail on this port; 2525 or else a free one when left out.
        folder: Where the desk lives; one of an earlier demo is deleted.
    """
    set_up_logs(level=logging.WARNING)
    folder = folder.absolute()
    file = _make_folder(folder, _choose_port(port))
    settings = load(file)
    core = Core(settings)
    try:
        core.prepare()
        asyncio.run(_run(core, settings, scene_only=scene_only, file=file))
    finally:
        core.close()


def _choose_port(wanted: int | None) -> int:
    if wanted is not None:
        if not _is_free(wanted):
            raise ConfigurationError(
                f"port {wanted} is taken by another program; leave --port out to have a free one"
            )
        return wanted
    return _free_port(_PREFERRED_PORT)


def _free_port(preferred: int) -> int:
    if _is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As asyncio does: a port that an earlier demo has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _make_folder(folder: Path, port: int) -> Path:
    """A new folder with a configuration; an earlier demo's goes, anybody else's stays."""
    file = folder / "replydesk.toml"
    if folder.exists():
        _require_own(folder, file)
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True)
    escaped = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    http_port = _free_port(_PREFERRED_HTTP_PORT)
    file.write_text(
        _CONFIGURATION.format(mark=_MARK, folder=escaped, port=port, http_port=http_port)
    )
    return file


def _require_own(folder: Path, file: Path) -> None:
    if not file.is_file() or not file.read_text(errors="replace").startswith(_MARK):
        raise ConfigurationError(
            f"{folder} is there already and was not made by a demo; name another with --folder"
        )
    with suppress(FileNotFoundError), (folder / "service.lock").open("a") as lock:
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"another demo is running in {folder}; end it, or name another with --folder"
            ) from None


async def _run(core: Core, settings: Settings, *, scene_only: bool, file: Path) -> None:
    service = Service(core)
    service.watch(file)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    running = asyncio.create_task(service.run())
    ready = asyncio.create_task(service.ready.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    talk = Talk(file)
    talk.begin(settings)
    scene = asyncio.create_task(play(core, settings, talk))
    stop = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait({scene, stop, running}, return_when=asyncio.FIRST_COMPLETED)
        if scene.done():
            scene.result()
            talk.invite(settings, stays=not scene_only)
            if not scene_only:
                await asyncio.wait({stop, running}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        scene.cancel()
        stop.cancel()
        service.stop()
        await running
    talk.end(settings)
