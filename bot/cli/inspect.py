"""``replydesk inspect``: show what we make of a mail.

For people when a mail went to the wrong place, and with ``--jsonl`` for programs: one object a
line per file, in order. A file that cannot be read says so on its own line; the others go on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from bot.cli.inspect_words import explain
from channels.email.decode import UnreadableMail, decode
from threading_engine import automatic, bounces, forwards, invitations, quotes, subject
from threading_engine.message import Mailbox, Message

Body = Literal["plain", "html"]
#: What one inspection tells, ready for JSON.
Inspection = dict[str, object]
Look = Callable[[bytes], Inspection]


def inspect(
    *files: Path,
    from_file: Path | None = None,
    body: Body | None = None,
    jsonl: Annotated[bool, Parameter(negative=())] = False,
    verify: Annotated[bool, Parameter(negative=())] = False,
    peer: str = "",
    sender: str = "",
) -> int:
    """Show what Replydesk makes of a mail: who wrote, which words are new, which rules hit.

    Args:
        files: Mails as raw RFC 5322 files; none and no list reads one mail from standard input.
        from_file: A file that names one mail a line.
        body: The files are bare bodies of this kind instead of whole mails.
        jsonl: Print one JSON object a line instead of an explanation.
        verify: Verify DKIM, DMARC and ARC as if the mail arrived now; asks the DNS.
        peer: With --verify: the IP address that brought the mail, for SPF.
        sender: With --verify: its envelope sender, for SPF.
    """
    look: Look = inspect_mail
    if body:
        look = partial(inspect_body, kind=body)
    elif verify:
        look = _proving(peer, sender)
    return run_inspect(files, from_file=from_file, look=look, jsonl=jsonl)


def run_inspect(
    files: Sequence[Path], *, from_file: Path | None = None, look: Look, jsonl: bool
) -> int:
    """Print the inspection of every file; the exit status, 1 when any could not be read."""
    failed = False
    for name, found in _inspections(files, from_file=from_file, look=look):
        failed = failed or "error" in found
        text = json.dumps(found, ensure_ascii=False) if jsonl else explain(name, found)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    # A program reads the error from the object; a person's shell wants the status.
    return int(failed and not jsonl)


def _inspections(
    files: Sequence[Path], *, from_file: Path | None, look: Look
) -> Iterator[tuple[str, Inspection]]:
    for path in _paths(files, from_file):
        try:
            raw = sys.stdin.buffer.read() if path is None else path.read_bytes()
            found = look(raw)
        except (OSError, UnreadableMail) as why:
            found = {"error": str(why)}
        except Exception as why:  # noqa: BLE001 - one mail must not end the list
            found = {"error": f"{type(why).__name__}: {why}"}
        yield "standard input" if path is None else str(path), found


def _paths(files: Sequence[Path], from_file: Path | None) -> Iterable[Path | None]:
    named: list[Path] = list(files)
    if from_file is not None:
        named += [Path(line) for line in from_file.read_text().splitlines() if line.strip()]
    return named if named or from_file is not None else [None]


def _proving(peer: str, sender: str) -> Look:
    from bot.cli.inspect_proof import prover

    prove = prover(peer=peer, sender=sender)
    return lambda raw: {**inspect_mail(raw), "proof": prove(raw)}


# ---- what is told ----------------------------------------------------------------------------


def inspect_mail(raw: bytes) -> Inspection:
    """Everything that the engine finds in one mail. Raises UnreadableMail."""
    message = decode(raw)
    return {
        **_header_keys(message),
        **_body_keys(invitations.add_to_words(quotes.fold(message), invitations.find(message))),
        "forwarded": _forwarded(forwards.find(message)),
        **_automatic_keys(message),
        "signed": message.signed,
        "attachments": _attachments(message),
        "defects": list(message.defects),
    }


def inspect_body(raw: bytes, kind: Body) -> Inspection:
    """The same of a bare body, which has no header."""
    from threading_engine import charsets

    text = charsets.guess(raw)[0].replace("\r\n", "\n")
    folded = quotes.fold_html(text) if kind == "html" else quotes.fold_plain(text)
    return {
        **_header_keys(Message()),
        **_body_keys(folded),
        "forwarded": _forwarded(forwards.find_in_text(folded.text)),
        "automatic": None,
        "bounce": None,
        "signed": "",
        "attachments": [],
        "defects": [],
    }


def _header_keys(message: Message) -> Inspection:
    return {
        "from": message.sender.address,
        "from_name": message.sender.name,
        "from_reason": message.sender.reason,
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "subject": message.subject,
        "bare_subject": subject.bare(message.subject),
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
    }


def _addresses(mailboxes: Iterable[Mailbox]) -> list[str]:
    return [mailbox.address for mailbox in mailboxes]


def _body_keys(folded: quotes.Folded) -> Inspection:
    return {
        "text": folded.text,
        "visible": folded.visible,
        "elided": folded.elided,
        "signature": folded.signature,
        "rules": list(folded.rules),
    }


def _forwarded(found: forwards.Forwarded | None) -> Inspection | None:
    if found is None:
        return None
    return {
        "from": found.sender.address if found.sender else None,
        "from_name": found.name,
        "to": _addresses(found.to),
        "cc": _addresses(found.cc),
        "subject": found.subject,
        "date": found.date,
        "body": found.body,
        "note": found.note,
    }


def _automatic_keys(message: Message) -> Inspection:
    verdict = automatic.judge(message)
    is_bounce = verdict is not None and verdict.kind == automatic.BOUNCE
    return {
        "automatic": verdict and {"kind": verdict.kind, "rule": verdict.rule},
        "bounce": [_failure(failure) for failure in bounces.read_failures(message)]
        if is_bounce
        else None,
    }


def _failure(failure: bounces.Failure) -> Inspection:
    return {
        "address": failure.address,
        "status": failure.status,
        "code": failure.code,
        "cause": failure.cause,
        "reason": failure.reason,
        "permanent": failure.permanent,
    }


def _attachments(message: Message) -> list[Inspection]:
    return [
        {
            "name": attachment.name,
            "type": attachment.content_type,
            "size": len(attachment.data),
            "inline": attachment.inline,
            "sha256": sha256(attachment.data).hexdigest(),
        }
        for attachment in message.attachments
    ]
