"""The keys that open what is encrypted to the desk, and the authorities it believes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path


class BadKeys(ValueError):
    """A key file cannot be used; the text names it and says why."""


class CannotOpen(Exception):
    """What is encrypted stays closed; the text says why, for people."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Vault:
    """Key material as bytes; the libraries that understand it are loaded when it is needed."""

    #: PEM files, each with a certificate and its private key.
    smime: tuple[bytes, ...] = ()
    smime_password: str = ""
    #: A PEM file of the authorities whose S/MIME certificates are trusted; empty for none.
    authorities: bytes = b""
    #: PGP keys, armoured or not: secret ones open mails, public ones prove signatures.
    pgp: tuple[bytes, ...] = ()
    pgp_password: str = ""
    #: What time it is, for certificates that expire.
    clock: Callable[[], datetime] = _utc_now

    def __repr__(self) -> str:
        """Secrets stay out of logs."""
        return f"Vault({len(self.smime)} S/MIME keys, {len(self.pgp)} PGP keys)"


#: Opens nothing and trusts nobody; signatures are still looked at.
EMPTY = Vault()


def can_pgp() -> bool:
    """Whether the library for PGP is installed."""
    return find_spec("pysequoia") is not None


def load(
    *,
    smime_keys: tuple[Path, ...],
    smime_password: str,
    smime_authorities: Path | None,
    pgp_keys: Path | None,
    pgp_password: str,
    clock: Callable[[], datetime],
) -> Vault:
    """Read every key file and try it; raises BadKeys."""
    vault = Vault(
        smime=tuple(map(_read, smime_keys)),
        smime_password=smime_password,
        authorities=_read(smime_authorities) if smime_authorities else b"",
        pgp=tuple(map(_read, _files_in(pgp_keys))) if pgp_keys else (),
        pgp_password=pgp_password,
        clock=clock,
    )
    if vault.pgp and not can_pgp():
        raise BadKeys("PGP keys need the extra 'crypto': .venv/bin/uv pip install -e '.[crypto]'")
    _try_all(vault, smime_keys, smime_authorities, _files_in(pgp_keys) if pgp_keys else ())
    return vault


def _try_all(
    vault: Vault, smime: tuple[Path, ...], authorities: Path | None, pgp: tuple[Path, ...]
) -> None:
    """A key that cannot be used is better heard of now than with the first mail for it."""
    if vault.smime or vault.authorities:
        from channels.email.sealed import smime_keys

        for path, pem in zip(smime, vault.smime, strict=True):
            with _naming(path):
                smime_keys.key_pair(pem, vault.smime_password)
        if authorities:
            with _naming(authorities):
                smime_keys.authorities(vault.authorities)
    if vault.pgp:
        from channels.email.sealed import pgp_keys

        for path, data in zip(pgp, vault.pgp, strict=True):
            with _naming(path):
                pgp_keys.key_ids(data)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as why:  # noqa: BLE001 - the libraries raise whatever they like
        raise BadKeys(f"{path}: {str(why).partition(chr(10))[0]}") from None


def _files_in(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise BadKeys(f"{folder}: there is no such folder")
    return tuple(sorted(p for p in folder.iterdir() if p.suffix in {".asc", ".pgp", ".gpg"}))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as why:
        raise BadKeys(f"{path}: {why.strerror}") from None
