"""What a PGP signature is worth, and what an encrypted PGP message holds (RFC 9580)."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

from pysequoia import Cert, Decrypted, Sig, verify

from channels.email.sealed import pgp_process
from channels.email.sealed.pgp_keys import addresses, certificates, key_ids
from channels.email.sealed.signature import Signature, Verdict
from channels.email.sealed.vault import CannotOpen, Vault

#: Seconds that opening one message may take.
_PATIENCE = 30


def verdict_on_text(armoured: bytes, vault: Vault) -> Signature:
    """What a clear-signed text is worth, from its first armour line to its last."""
    return _verdict(lambda store: verify(bytes=armoured, store=store), vault)


def verdict_on(content: bytes, signature: bytes, vault: Vault) -> Signature:
    """What a signature beside its content is worth."""
    return _verdict(
        lambda store: verify(bytes=content, store=store, signature=Sig.from_bytes(signature)), vault
    )


def _verdict(
    check: Callable[[Callable[[list[str]], list[Cert]]], Decrypted], vault: Vault
) -> Signature:
    asked: list[str] = []

    def store(ids: list[str]) -> list[Cert]:
        asked.extend(ids)
        return [c for data in vault.pgp for c in certificates(data)]

    try:
        checked = check(store)
    except Exception:  # noqa: BLE001 - one error for everything, its text a stack trace
        return _without_proof(asked, vault)
    return _proven([sig.certificate for sig in checked.valid_sigs], vault)


def _proven(fingerprints: list[str], vault: Vault) -> Signature:
    every = (c for data in vault.pgp for c in certificates(data))
    by = [a for c in every if c.fingerprint.lower() in fingerprints for a in addresses(c)]
    return Signature(kind="PGP", signers=tuple(dict.fromkeys(by)), verdict=Verdict.VALID)


def _without_proof(ids: list[str], vault: Vault) -> Signature:
    """A signature by a key that we have and that does not hold is broken; else nothing is known."""
    ours = any(one.lower() in key_ids(data) for one in ids for data in vault.pgp)
    return Signature(kind="PGP", verdict=Verdict.BROKEN if ours else Verdict.UNVERIFIED)


def open_message(message: bytes, vault: Vault, limit: int) -> tuple[bytes, Signature | None]:
    """What is inside, at most ``limit`` bytes, and who signed it; raises CannotOpen.

    A process of its own does it: a message of a megabyte may unfold to many gigabytes, and the
    library neither ends before nor lets any other thread work meanwhile.
    """
    task = {
        "message": b64encode(message).decode(),
        "keys": [b64encode(data).decode() for data in vault.pgp],
        "password": vault.pgp_password,
        "limit": limit,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own file
            [sys.executable, "-I", str(Path(pgp_process.__file__))],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise CannotOpen("opening it takes too long") from None
    if done.returncode:
        raise CannotOpen("it unfolds to more than is read")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise CannotOpen(answer["error"])
    return b64decode(answer["text"]), _inner_signature(answer, vault)


def _inner_signature(answer: dict[str, list[str]], vault: Vault) -> Signature | None:
    if answer["proven"]:
        return _proven(answer["proven"], vault)
    return _without_proof(answer["asked"], vault) if answer["asked"] else None
