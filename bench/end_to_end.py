"""The whole path: SMTP in, a ticket or workunit, its acknowledgement out by SMTP.

    python bench/end_to_end.py [--database sqlite|postgresql|URL] [--mails N] [--rounds N]

prints the desk's CPU time a mail, the rate, the latencies and the memory. With PostgreSQL the
server's own CPU time is told apart, read from its processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from databases import databases, server_seconds

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def peak_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def start(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def line(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().strip()


def ask(process: subprocess.Popen[str]) -> int:
    process.stdin.write("\n")
    process.stdin.flush()
    return int(line(process))


def settled(sink: subprocess.Popen[str], at_least: int) -> int:
    """Wait until no more mails come out."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 1.5:
        now = ask(sink)
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.05)
    if seen < at_least:
        print(f"! only {seen} of {at_least} notifications came out", file=sys.stderr)
    return seen


def measure(database: str, count: int, connections: int, folder: str) -> dict[str, float]:
    sink = start(str(HERE / "sink.py"))
    port = line(sink)
    desk = start(str(HERE / "desk.py"), folder, database, port)
    listener = line(desk)
    client = start(str(HERE / "client.py"), listener, str(connections), str(count))
    line(client)
    outside = server_seconds(database) if "://" in database else 0.0
    before, begun = cpu_seconds(desk.pid), time.perf_counter()
    client.stdin.write("go\n")
    client.stdin.flush()
    sent = json.loads(line(client))
    delivered = settled(sink, int(count * 0.55))
    seconds = time.perf_counter() - begun - 1.5
    spent = cpu_seconds(desk.pid) - before
    peak = peak_megabytes(desk.pid)
    if "://" in database:
        outside = server_seconds(database) - outside
    desk.stdin.close()
    desk.wait(30)
    sink.stdin.close()
    sink.wait(5)
    figures = {
        "cpu_ms": spent / count * 1000,
        "server_cpu_ms": outside / count * 1000,
        "mails_per_s": count / seconds,
        "accepted_per_s": count / sent["seconds"],
        "median_ms": sent["median_ms"],
        "p99_ms": sent["p99_ms"],
        "delivered": delivered,
        "peak_mb": peak,
    }
    return {key: round(value, 2) for key, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    for _ in range(options.rounds):
        with (
            tempfile.TemporaryDirectory() as folder,
            databases(options.database) as (url,),
        ):
            print(json.dumps(measure(url, options.mails, options.connections, folder)), flush=True)


if __name__ == "__main__":
    main()
