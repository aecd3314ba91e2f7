"""What commands print: safe for a terminal, aligned, or JSON for programs."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

#: A switch without its negative twin.
Flag = Annotated[bool, Parameter(negative=())]

#: What a stranger's words could steer the terminal with.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_AGES = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


def say(text: str = "") -> None:
    """Print one text without anything that steers a terminal."""
    encoding = sys.stdout.encoding or "utf-8"
    print(_STEERING.sub("", text).encode(encoding, "replace").decode(encoding))


def say_json(value: object) -> None:
    """Print a value as JSON: times as ISO 8601, dataclasses as objects."""
    print(json.dumps(value, ensure_ascii=True, indent=2, default=_plain))


def _plain(value: Any) -> object:  # noqa: ANN401 - whatever JSON does not know
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def say_columns(head: Sequence[str], rows: Sequence[Sequence[object]], *, none: str) -> None:
    """Print rows in aligned columns under a head, or the words for none."""
    if not rows:
        say(none)
        return
    texts = [head, *([" ".join(str(cell).split()) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in texts) for n in range(len(head))]
    for row in texts:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def shorten(text: str, width: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def age(span: timedelta) -> str:
    """A span in its largest unit: ``3 d``, ``5 min``."""
    seconds = max(int(span.total_seconds()), 0)
    for unit, length in _AGES:
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return "0 s"


def size(count: int) -> str:
    """Bytes for a person: ``12 kB``."""
    if count < 1000:  # noqa: PLR2004 - the unit
        return f"{count} bytes"
    thousands = float(count)
    for unit in ("kB", "MB", "GB"):
        thousands /= 1000
        if thousands < 1000:  # noqa: PLR2004 - the unit
            return f"{thousands:.3g} {unit}"
    return f"{thousands / 1000:.3g} TB"


@contextmanager
def progress(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give a function that takes how much is done; a bar appears after a second, on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task(words, total=total)
    began = time.monotonic()
    started = False

    def show(done: int) -> None:
        nonlocal started
        if not started and time.monotonic() - began > 1:
            bar.start()
            started = True
        bar.update(task, completed=done)

    try:
        yield show
    finally:
        if started:
            bar.stop()
