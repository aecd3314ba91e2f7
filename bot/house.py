"""What every outgoing message has in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.desk.relations import RelationRules
from bot.desk.satisfaction import Satisfaction
from bot.desk.types import Types
from bot.ports import Blobs, Renderer
from threading_engine.tokens import Keyring


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every outgoing message has in common."""

    #: The desk's name, for example ``Example Service Desk``.
    name: str
    #: BCP 47 language for people who have none of their own.
    language: str
    zone: ZoneInfo
    keyring: Keyring
    renderer: Renderer
    blobs: Blobs
    #: The ticket types and fields as configured now.
    types: Callable[[], Types]
    #: Our own mark against loops.
    loop_mark: str
    #: How tickets go together and what they are about, as configured now.
    relations: Callable[[], RelationRules] = RelationRules
    #: Where people reach our pages, without a slash at the end; empty where nobody does.
    public_url: str = ""
    #: Asked for each mail: the configuration may change meanwhile.
    satisfaction: Callable[[], Satisfaction] = Satisfaction
