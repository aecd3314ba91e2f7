"""Checks of the keys for signed and encrypted mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.cli.checks.finding import Desk, Finding, ok, warning, wrong
from bot.errors import ConfigurationError
from bot.service.core import open_vault

_SOON = timedelta(days=30)


def sealed(desk: Desk) -> Iterator[Finding]:
    """Every key can be used, and no certificate is about to expire."""
    try:
        vault = open_vault(desk.settings)
    except ConfigurationError as error:
        yield wrong("sealed", str(error).removeprefix("sealed: "), "correct the file or the key")
        return
    if not (vault.smime or vault.authorities or vault.pgp):
        return
    counted = f"S/MIME keys: {len(vault.smime)}, files of PGP keys: {len(vault.pgp)}"
    trust = "with" if vault.authorities else "without"
    yield ok("sealed", f"{counted}, {trust} authorities for S/MIME")
    for path, pem in zip(desk.settings.sealed.smime_keys, vault.smime, strict=True):
        from channels.email.sealed.smime_keys import ends_at

        if (end := ends_at(pem)) < datetime.now(UTC) + _SOON:
            text = f"{path} expires on {end:%Y-%m-%d}"
            yield warning("sealed", text, "add the next one; keep the old for old mails")
