"""What a mail holds once its wrappings are off: signatures, encryption, winmail.dat.

Most mails have none, and are only looked at. A wrapping that cannot be taken off stays what it is,
an attachment, and the text says so where the words of the mail are inside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from channels.email import mime_tree
from channels.email.header_fields import HeaderBlock, split
from channels.email.limits import Limits
from channels.email.mime_tree import Leaf
from channels.email.sealed import cms
from channels.email.sealed.signature import Signature
from channels.email.sealed.vault import EMPTY, Vault

#: Signed inside encrypted inside signed, and once more for luck.
_DEEPEST = 4
#: Signatures on one mail that are looked at.
_MOST_SIGNATURES = 5

#: Searching by a regular expression takes a third of the time of ``in`` here.
_ARMOUR = re.compile(rb"BEGIN PGP ")
_TNEF = b"\x78\x9f\x3e\x22"
_DRY = frozenset({"text/plain", "text/html"})


@dataclass(kw_only=True, slots=True)
class Contents:
    """The leaves of a mail without their wrappings, and what was learnt from those."""

    leaves: list[Leaf]
    #: What was wrong, in words.
    defects: list[str]
    signatures: list[Signature] = field(default_factory=list)
    #: True when something in it was encrypted and a key of ours opened it.
    unsealed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrapped:
    """One MIME entity, as the functions see it that take wrappings off."""

    block: HeaderBlock
    limits: Limits
    vault: Vault
    #: How many wrappings are around it.
    depth: int
    #: Its leaves as they came.
    leaves: tuple[Leaf, ...]
    #: What has been found so far.
    found: Contents

    def is_alone(self, leaf: Leaf) -> bool:
        """Whether nothing else in the mail says anything.

        Only then is a part decrypted: around a copied part a stranger could build a mail that
        sends its words to them.
        """
        return all(other is leaf or _says_nothing(other) for other in self.leaves)

    def header(self, name: str) -> str:
        """The first value of a field of the entity, empty when it has none."""
        return next((value for key, value in self.block.fields if key == name), "")

    def sign(self, signature: Signature) -> None:
        """Remember a signature once."""
        known = self.found.signatures
        if signature not in known and len(known) < _MOST_SIGNATURES:
            known.append(signature)

    def entity(self, data: bytes) -> list[Leaf] | None:
        """The leaves of a MIME entity that was inside a wrapping; None when it is none, or empty."""
        block = split(data, self.limits.header_bytes)
        if not any(name == "content-type" for name, _ in block.fields):
            return None
        used = sum(len(leaf.data) for leaf in self.leaves)
        room = max(self.limits.decoded_bytes - used, 0)
        limits = replace(self.limits, decoded_bytes=room)
        inner = read(block, limits, self.vault, depth=self.depth + 1)
        if not any(leaf.data.strip() for leaf in inner.leaves) and not inner.defects:
            return None
        self.found.defects += [d for d in inner.defects if d not in self.found.defects]
        self.found.unsealed = self.found.unsealed or inner.unsealed
        for signature in inner.signatures:
            self.sign(signature)
        return inner.leaves


def _says_nothing(leaf: Leaf) -> bool:
    if leaf.content_type == "application/pgp-encrypted":
        return True
    if leaf.container == "multipart/signed" and leaf.content_type.endswith("-signature"):
        return True
    return leaf.content_type in _DRY and not leaf.data.strip()


#: Takes one leaf out of its wrapping: what takes its place, or None when it is no such wrapping.
Unwrap = Callable[[Wrapped, Leaf], list[Leaf] | None]


def read(block: HeaderBlock, limits: Limits, vault: Vault = EMPTY, *, depth: int = 0) -> Contents:
    """Everything that is in a mail; raises nothing."""
    tree = mime_tree.read(block, limits)
    found = Contents(leaves=tree.leaves, defects=tree.defects)
    if depth < _DEEPEST and any(map(_is_wrapping, tree.leaves)):
        wrapped = Wrapped(
            block=block,
            limits=limits,
            vault=vault,
            depth=depth,
            leaves=tuple(tree.leaves),
            found=found,
        )
        found.leaves = _unwrapped(wrapped)
    return found


def _is_wrapping(leaf: Leaf) -> bool:
    """A cheap look at what a part is and how it begins; it may be wrong, but not with a no."""
    kind, data = leaf.content_type, leaf.data
    if kind == "text/plain":
        return _ARMOUR.search(data) is not None
    if not kind.startswith("application/"):
        return False
    return (
        leaf.container in {"multipart/signed", "multipart/encrypted"}
        or kind == "application/pgp-encrypted"
        or data[:4] == _TNEF
        or cms.looks_like(data)
        or "pkcs7-mime" in kind
    )


def _unwrapped(wrapped: Wrapped) -> list[Leaf]:
    from channels.email.unwrapping import UNWRAPPERS

    leaves: list[Leaf] = []
    for leaf in wrapped.leaves:
        inside = (unwrap(wrapped, leaf) for unwrap in UNWRAPPERS)
        leaves += next((taken for taken in inside if taken is not None), [leaf])
    return leaves
