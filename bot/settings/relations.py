"""How tickets go together, and what they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

from bot.desk.relations import USUAL_KINDS, AssetKind, ClosingParent, RelationRules
from bot.settings.values import Section

_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _kind(name: str) -> str:
    kind = name.strip().lower()
    if not _KIND.fullmatch(kind):
        raise ValueError("expected one word of letters, digits and hyphens, for example printer")
    return kind


def _pattern(url: str) -> str:
    if url and (not url.startswith(("https://", "http://")) or "{reference}" not in url):
        raise ValueError("expected an http address with {reference} in it")
    return url


class RelationsSection(Section):
    """How tickets go together."""

    #: What closing a ticket does about its open children and incidents: offer, wait or close.
    closing_parent: ClosingParent = ClosingParent.OFFER
    #: Tell requesters that their ticket was merged into another.
    merge_notes: bool = True

    def build(self, kinds: Iterable[AssetSection]) -> RelationRules:
        """The same as the desk uses it; the usual kinds of things are there in any case."""
        named = {kind.name: kind for kind in USUAL_KINDS}
        named |= {kind.kind: AssetKind(name=kind.kind, url=kind.url) for kind in kinds}
        return RelationRules(
            closing_parent=self.closing_parent,
            merge_notes=self.merge_notes,
            asset_kinds=tuple(named.values()),
        )


class AssetSection(Section):
    """A kind of things that tickets are about and that are kept elsewhere."""

    kind: Annotated[str, AfterValidator(_kind)]
    #: Where each of them stands there, for example ``https://cmdb.example.org/{reference}``.
    url: Annotated[str, AfterValidator(_pattern)] = ""
