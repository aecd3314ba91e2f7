"""The mails that the benchmarks send: 60 % new, 40 % replies, in three sizes.

Where the shared generator lies beside the project (``../shared/bench/mail_mix.py``) its mix is
used, so that figures compare with those of other desks; else a smaller mix of the same
proportions is made here, and every benchmark says which.
"""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bench" / "mail_mix.py"


def mails(count: int) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the mix's name and (envelope sender, mail with CR LF) in order."""
    if not SHARED.exists():
        return "own mix", [_own(number) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(SHARED), folder, "--n", str(count)]
        subprocess.run(command, check=True, capture_output=True)
        plan = json.loads((Path(folder) / "plan.json").read_text())
        found = [
            (entry["from"], _crlf((Path(folder) / f"{entry['i']:05d}.eml").read_bytes()))
            for entry in plan
        ]
    return "shared mix", found


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _own(number: int) -> tuple[str, bytes]:
    chance = random.Random(number)
    sender = f"user{number % 60:02d}@example.com"
    answers = number - chance.randint(8, 40) if number > 50 and chance.random() < 0.4 else None
    words = " ".join(
        chance.choices(
            ["printer", "door", "login", "backup", "invoice", "mail", "slow", "please"], k=150
        )
    )
    lines = [
        f"From: User {number % 60} <{sender}>",
        "To: desk@example.org",
        f"Subject: {'Re: ' if answers is not None else ''}Request {number if answers is None else answers}",
        f"Message-ID: <own.{number}@example.com>",
        "MIME-Version: 1.0",
    ]
    if answers is not None:
        lines.append(f"In-Reply-To: <own.{answers}@example.com>")
    size = chance.random()
    if size < 0.6:
        lines += ["Content-Type: text/plain", "", words, "", "-- ", "User"]
    else:
        html = f"<html><body><p>{words}</p><blockquote>{words * (12 if size < 0.9 else 4)}</blockquote></body></html>"
        lines += [
            'Content-Type: multipart/mixed; boundary="b"',
            "",
            "--b",
            "Content-Type: text/html",
            "",
            html,
        ]
        if size >= 0.9:
            pdf = base64.encodebytes(b"%PDF-1.5\n" + chance.randbytes(130_000)).decode()
            lines += [
                "--b",
                'Content-Type: application/pdf; name="r.pdf"',
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment",
                "",
                pdf,
            ]
        lines += ["--b--"]
    return sender, _crlf("\n".join(lines).encode() + b"\n")
