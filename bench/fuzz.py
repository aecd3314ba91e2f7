"""Throw broken mails at the decoder and the engine until one raises, dawdles or loses a word.

    python bench/fuzz.py [--seconds N] [--seeds DIR ...] [--keep DIR]

Coverage-guided by atheris (``requirements/bench.txt`` brings it): it bends the seeds, and what
reaches new lines of our code is bent further. Without seeds it starts from the mails of the tests.
A mail that raises, that takes longer than a second a megabyte, or of whose words one is in none of
the three parts is written to the folder of ``--keep`` and ends the run with status 1.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import logging
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(include=["threading_engine", "channels.email", "bot.reading"]):
    from reading import read

    from threading_engine import forwards, html

ROOT = Path(__file__).resolve().parents[1]
#: A pause below this is the machine's, whatever the size.
GRACE_SECONDS = 0.5
SECONDS_PER_BYTE = 1e-6
#: Marks our own words among those of the fuzzer.
FOUND = "FOUND"
_WORD = re.compile(r"\w+")


def try_one(raw: bytes) -> str:
    """Read one mail to the end; say what was wrong, or nothing."""
    before = time.thread_time()
    reading = read(raw)
    forwards.find(reading.message)
    if reading.message.html:
        html.sanitise(reading.message.html)
    spent = time.thread_time() - before
    # Coverage counters make every line slower, hence the factor.
    if spent > 10 * (GRACE_SECONDS + len(raw) * SECONDS_PER_BYTE):
        return f"took {spent:.1f} s for {len(raw)} bytes"
    folded = reading.folded
    whole = collections.Counter(_WORD.findall(folded.text))
    parts = collections.Counter(
        _WORD.findall(f"{folded.visible} {folded.elided} {folded.signature}")
    )
    lost = whole - parts
    return f"lost {list(lost)[:5]}" if lost else ""


def seeds(folders: list[Path]) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return [path for path in found if path.suffix in {".eml", ".txt", ".html", ".msg", ".mail"}]


def fuzz(corpus: Path, seconds: int) -> None:
    """Never returns: the fuzzer ends its process by itself."""

    def target(raw: bytes) -> None:
        try:
            wrong = try_one(raw)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a find
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            kept = corpus.parent / f"{hashlib.sha256(raw).hexdigest()[:16]}.eml"
            kept.write_bytes(raw)
            print(f"{FOUND} {kept}: {wrong}", file=sys.stderr, flush=True)
            os._exit(1)

    flags = [f"-max_total_time={seconds}", "-max_len=65536", "-timeout=60", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], target)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seeds", type=Path, nargs="*", default=[ROOT / "tests"])
    parser.add_argument("--keep", type=Path, default=ROOT / ".cache" / "fuzz")
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if options.within:
        fuzz(options.within, options.seconds)
    corpus = options.keep / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds(options.seeds):
        raw = seed.read_bytes()
        (corpus / hashlib.sha256(raw).hexdigest()).write_bytes(raw)
    print(f"{len(list(corpus.iterdir()))} seeds, {options.seconds} s", flush=True)
    # The fuzzer talks a lot and never comes back, so it gets a process of its own.
    command = [sys.executable, __file__, "--within", corpus, "--seconds", str(options.seconds)]
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    told = re.findall(
        rf"^(?:{FOUND}|stat::number_of_executed_units:) *(.*)$", run.stderr, re.MULTILINE
    )
    if run.returncode:
        print(*(told or [run.stderr[-3000:]]), sep="\n")
        sys.exit(1)
    print(f"{told[-1] if told else '?'} mails read: none raised, dawdled or lost a word")


if __name__ == "__main__":
    main()
