"""Keys that cannot be used are heard of at the start, by name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.email.sealed.vault import BadKeys, Vault, load
from tests.secrecy import authority, key, person, public, secret


def _load(
    smime: tuple[Path, ...] = (), authorities: Path | None = None, pgp: Path | None = None
) -> Vault:
    return load(
        smime_keys=smime,
        smime_password="",
        smime_authorities=authorities,
        pgp_keys=pgp,
        pgp_password="",
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_all_keys_are_read(tmp_path: Path) -> None:
    (tmp_path / "desk.pem").write_bytes(person("desk@example.org").pem)
    (tmp_path / "ca.pem").write_bytes(authority().certificate_pem)
    (tmp_path / "desk.asc").write_bytes(secret(key("Desk <desk@example.org>")))
    (tmp_path / "ann.asc").write_bytes(public(key("Ann <ann@customer.example>")))
    (tmp_path / "README.txt").write_text("not a key")
    vault = _load((tmp_path / "desk.pem",), tmp_path / "ca.pem", tmp_path)
    assert (len(vault.smime), len(vault.pgp), bool(vault.authorities)) == (1, 2, True)
    assert "PRIVATE" not in repr(vault)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        (b"", ""),
        (b"nothing", ""),
        (person("desk@example.org").certificate_pem, ""),
        (person("desk@example.org", elliptic=True).pem, "only RSA keys"),
        (
            person("desk@example.org").pem.replace(
                person("desk@example.org").certificate_pem,
                person("ann@customer.example").certificate_pem,
            ),
            "no certificate of its private key",
        ),
    ],
)
def test_a_bad_smime_key_is_named(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    path = tmp_path / "desk.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadKeys, match=f"desk.pem: .*{complaint}"):
        _load((path,))


def test_bad_authorities_and_pgp_keys_are_named(tmp_path: Path) -> None:
    (tmp_path / "ann.asc").write_bytes(b"nothing")
    with pytest.raises(BadKeys, match=r"ann\.asc: "):
        _load(authorities=tmp_path / "ann.asc")
    with pytest.raises(BadKeys, match=r"ann\.asc: "):
        _load(pgp=tmp_path)
    with pytest.raises(BadKeys, match="no such folder"):
        _load(pgp=tmp_path / "elsewhere")
