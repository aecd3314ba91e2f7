"""The wrappings that mails come in, an ordered table: the first function that knows one takes it off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from channels.email.contents import Unwrap, Wrapped
from channels.email.header_fields import HeaderBlock, split
from channels.email.mime_tree import Leaf
from channels.email.parameters import parameters
from channels.email.sealed import armour, cms, opening
from channels.email.sealed.signature import Signature
from channels.email.sealed.vault import CannotOpen
from channels.email.winmail import tnef, unpacking
from threading_engine import encoded_words

#: Characters of a hidden subject that are shown.
MAX_SUBJECT = 500
_SMIME_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_SIGNATURE = "application/pgp-signature"
_PGP_CONTROL = "application/pgp-encrypted"


def note(text: str) -> Leaf:
    """Our own words in the place of what cannot be read."""
    fields = {"content-type": "text/plain; charset=utf-8"}
    return Leaf(content_type="text/plain", fields=fields, data=text.encode())


def _closed(wrapped: Wrapped, leaf: Leaf, kind: str, why: str) -> list[Leaf]:
    """The part as it came, with a word to the reader."""
    wrapped.found.defects.append(f"encrypted by {kind}: {why}")
    return [note(f"[This mail is encrypted ({kind}) and cannot be read here: {why}.]\n"), leaf]


# --- signatures -----------------------------------------------------------------------------------


def is_smime_signature(leaf: Leaf) -> bool:
    """Whether the part is a signature of the one before it; gateways forget its type."""
    untyped = leaf.content_type == "application/octet-stream" and cms.looks_like(leaf.data)
    known = leaf.content_type in _SMIME_SIGNATURES or untyped
    return leaf.container == "multipart/signed" and known


def smime_signature_beside(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """``multipart/signed`` with a .p7s part (RFC 8551, section 3.5.3)."""
    if not is_smime_signature(leaf):
        return None
    try:
        signed = cms.read(leaf.data)
    except cms.NotBer:
        signed = None
    if isinstance(signed, cms.Signed):
        wrapped.sign(opening.smime_signature(signed, _signed_part(wrapped), wrapped.vault))
    else:
        wrapped.sign(Signature(kind="S/MIME"))
    return []


def pgp_signature_beside(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """``multipart/signed`` with an armoured signature (RFC 3156, section 5)."""
    if leaf.container != "multipart/signed" or leaf.content_type != _PGP_SIGNATURE:
        return None
    wrapped.sign(opening.pgp_signature(_signed_part(wrapped), leaf.data, wrapped.vault))
    return []


def _signed_part(wrapped: Wrapped) -> bytes | None:
    """The first part byte for byte, line ends as they are signed; None inside another multipart."""
    kind = wrapped.header("content-type")
    boundary = parameters(kind).get("boundary", "")
    if not kind.lower().startswith("multipart/signed") or not boundary:
        return None
    body = b"\n" + wrapped.block.mail[wrapped.block.body_start :]
    line = b"\n--" + boundary.encode("utf-8", "replace")
    start = body.find(b"\n", body.find(line) + len(line)) + 1
    end = body.find(line, start - 1)
    if line not in body or not start or end < start:
        return None
    part = body[start:end].removesuffix(b"\r")
    return part.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


# --- S/MIME ---------------------------------------------------------------------------------------


def smime_body(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """Signed or encrypted as a whole (RFC 8551, sections 3.3 to 3.5.2)."""
    declared = leaf.content_type in _SMIME
    if not declared and not cms.looks_like(leaf.data):
        return None
    try:
        body = cms.read(leaf.data)
    except cms.NotBer:
        damaged = declared and wrapped.is_alone(leaf)
        return _closed(wrapped, leaf, "S/MIME", "it is damaged") if damaged else None
    if isinstance(body, cms.Signed):
        return _signed_inside(wrapped, body)
    return _decrypted(wrapped, leaf, body)


def _signed_inside(wrapped: Wrapped, signed: cms.Signed) -> list[Leaf] | None:
    """The signed mail; None for any other signed thing, a document of Italian PEC for one."""
    leaves = wrapped.entity(signed.content) if signed.content is not None else None
    if leaves is not None:
        wrapped.sign(opening.smime_signature(signed, signed.content, wrapped.vault))
    return leaves


def _decrypted(wrapped: Wrapped, leaf: Leaf, body: cms.Enveloped) -> list[Leaf]:
    if not wrapped.is_alone(leaf):
        return _closed(wrapped, leaf, "S/MIME", "it is only a part of the mail")
    try:
        inside = opening.open_smime(body, wrapped.vault)
    except CannotOpen as why:
        return _closed(wrapped, leaf, "S/MIME", str(why))
    return _opened(wrapped, inside)


def _opened(wrapped: Wrapped, inside: bytes) -> list[Leaf]:
    """What an encrypted mail held; words without a header are taken as they are."""
    wrapped.found.unsealed = True
    leaves = wrapped.entity(inside)
    if leaves is None:
        return [note(inside.decode("utf-8", "replace"))]
    hidden = _protected_subject(split(inside, wrapped.limits.header_bytes))
    return [note(f"Subject: {hidden}\n"), *leaves] if hidden else leaves


def _protected_subject(block: HeaderBlock) -> str:
    """The subject inside an entity that says that it brings one (RFC 9788), else nothing.

    It becomes words: the title of a ticket goes out in the clear, to whoever sent the mail, too.
    """
    fields = dict(reversed(block.fields))
    declared = parameters(fields.get("content-type", ""))
    if "hp" not in declared and "protected-headers" not in declared:
        return ""
    return encoded_words.decode(fields.get("subject", "")[:MAX_SUBJECT]).strip()


# --- PGP ------------------------------------------------------------------------------------------


def pgp_control_part(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """The part of an encrypted mail that holds nothing but a version number."""
    if leaf.content_type != _PGP_CONTROL or leaf.data[:7].lower() != b"version":
        return None
    return [] if any(_is_pgp_message(other) for other in wrapped.leaves) else None


def pgp_body(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """``multipart/encrypted`` (RFC 3156, section 4), also as Exchange rewrites it."""
    control = any(other.content_type == _PGP_CONTROL for other in wrapped.leaves)
    if not control or not _is_pgp_message(leaf):
        return None
    if not wrapped.is_alone(leaf):
        return _closed(wrapped, leaf, "PGP", "it is only a part of the mail")
    try:
        inside, signature = opening.open_pgp(leaf.data, wrapped.vault, wrapped.limits)
    except CannotOpen as why:
        return _closed(wrapped, leaf, "PGP", str(why))
    if signature is not None:
        wrapped.sign(signature)
    return _opened(wrapped, inside)


def _is_pgp_message(leaf: Leaf) -> bool:
    in_its_place = leaf.container == "multipart/encrypted" and leaf.content_type != _PGP_CONTROL
    armoured = leaf.data[:100].lstrip().startswith(b"-----BEGIN PGP MESSAGE-----")
    return in_its_place or (armoured and leaf.content_type.startswith("application/"))


def armoured_text(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """Signed or encrypted words inside a plain text."""
    if leaf.content_type != "text/plain" or armour.MARK not in leaf.data:
        return None
    return [out for block in armour.blocks(leaf.data) for out in _block(wrapped, leaf, block)]


def _block(wrapped: Wrapped, leaf: Leaf, block: armour.Block) -> Iterator[Leaf]:
    if block.kind == "encrypted":
        yield from _encrypted_block(wrapped, block)
        return
    if block.kind == "signed":
        wrapped.sign(opening.pgp_text_signature(block.raw, wrapped.vault))
    if block.words.strip():
        yield replace(leaf, data=block.words)


def _encrypted_block(wrapped: Wrapped, block: armour.Block) -> Iterator[Leaf]:
    fields = {"content-disposition": 'attachment; filename="encrypted.asc"'}
    part = Leaf(content_type="application/octet-stream", fields=fields, data=block.raw)
    if any(o.content_type == "text/html" and armour.MARK not in o.data for o in wrapped.leaves):
        yield from _closed(wrapped, part, "PGP", "it is only a part of the mail")
        return
    try:
        inside, signature = opening.open_pgp(block.raw, wrapped.vault, wrapped.limits)
    except CannotOpen as why:
        yield from _closed(wrapped, part, "PGP", str(why))
        return
    wrapped.found.unsealed = True
    if signature is not None:
        wrapped.sign(signature)
    yield note(inside.decode("utf-8", "replace"))


def page_of_armour(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """The same armour once more as HTML, beside a plain text that is read instead."""
    if leaf.content_type != "text/html" or armour.MARK not in leaf.data:
        return None
    beside = (o for o in wrapped.leaves if o.content_type == "text/plain")
    return [] if any(armour.MARK in other.data for other in beside) else None


# --- Outlook --------------------------------------------------------------------------------------


def winmail(wrapped: Wrapped, leaf: Leaf) -> list[Leaf] | None:
    """A winmail.dat, whatever it is called: its files, and its body where the mail has none."""
    if leaf.data[:4] != tnef.SIGNATURE:
        return None
    body, files, whole = unpacking.unpack(leaf.data)
    if any(
        o.content_type in {"text/plain", "text/html"} and o.data.strip() for o in wrapped.leaves
    ):
        body = []
    if whole:
        return [*body, *files]
    wrapped.found.defects.append("winmail.dat is damaged; what can be read of it is")
    return [*body, *files, leaf]


UNWRAPPERS: tuple[Unwrap, ...] = (
    smime_signature_beside,
    pgp_signature_beside,
    smime_body,
    pgp_control_part,
    pgp_body,
    armoured_text,
    page_of_armour,
    winmail,
)
