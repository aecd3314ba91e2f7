"""A program of its own: opens one PGP message within bounds of memory and time.

Reads a task as JSON from standard input and writes the answer as JSON. It imports nothing of ours,
so that it starts fast. When it runs out of memory it dies, and nothing else does.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from base64 import b64decode, b64encode
from typing import Any

#: What the interpreter and the library need, whatever the message.
_BASE = 512 * 1024 * 1024
#: The plain text is held this often: as it is read, as it is coded, as it is written.
_TIMES = 6
_SECONDS = 20


def main() -> None:
    """Do the task on standard input."""
    task = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (_BASE + _TIMES * task["limit"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS,) * 2)
    warnings.simplefilter("ignore")
    json.dump(_opened(task), sys.stdout)


def _opened(task: dict[str, Any]) -> dict[str, Any]:
    from pysequoia import Cert, decrypt

    message = b64decode(task["message"])
    files = [b64decode(key) for key in task["keys"]]
    certificates = [c for data in files for c in Cert.split_bytes(data)]
    secrets = [secret for c in certificates if (secret := c.secrets) is not None]
    if not secrets:
        return {"error": "no secret key is configured"}
    for secret in secrets:
        try:
            key = secret.decryptor(task["password"] or None)
            text = decrypt(message, decryptor=key).bytes or b""
        except RuntimeError:
            continue
        if len(text) > task["limit"]:
            return {"error": "it unfolds to more than is read"}
        return {"text": b64encode(text).decode(), **_proof(message, key, certificates)}
    return {"error": "it is encrypted for other keys"}


def _proof(message: bytes, key: Any, certificates: list[Any]) -> dict[str, list[str]]:  # noqa: ANN401 - imported late
    """Which keys should have signed, and which of ours did."""
    from pysequoia import decrypt

    asked: list[str] = []

    def store(ids: list[str]) -> list[Any]:
        asked.extend(ids)
        return certificates

    try:
        proven = [
            sig.certificate for sig in decrypt(message, decryptor=key, store=store).valid_sigs
        ]
    except RuntimeError:
        proven = []
    return {"asked": asked, "proven": proven}


if __name__ == "__main__":
    main()
