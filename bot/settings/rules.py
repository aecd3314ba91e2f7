"""Workflow rules, and how what they post is signed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from bot.desk.rules.deeds import Webhook
from bot.desk.rules.names import Names
from bot.desk.rules.reading import Mistake, read_rules
from bot.desk.rules.rulebook import Rulebook
from bot.errors import ConfigurationError
from bot.settings.desk import QueueSection
from bot.settings.people import TechnicianSection
from bot.settings.types import FieldSection, TypeSection
from bot.settings.values import Section

_SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
#: Bytes of a secret, as the Standard Webhooks specification wants them.
_SHORTEST, _LONGEST = 24, 64


def _secret(text: str) -> str:
    if text and not _SHORTEST <= len(secret_bytes(text)) <= _LONGEST:
        raise ValueError(
            "expected whsec_ and from 24 to 64 bytes in base64; "
            "make one with: echo whsec_$(head -c 32 /dev/urandom | base64)"
        )
    return text


def secret_bytes(text: str) -> bytes:
    """The key behind the written form; empty for what is none."""
    try:
        return base64.b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        return b""


def _network(text: str) -> str:
    ip_network(text)
    return text


class WebhooksSection(Section):
    """How rules post to other programs."""

    #: Key of the signatures.
    secret: Annotated[str, AfterValidator(_secret)] = Field(default="", repr=False)
    #: Networks of our own that may be posted to; others beside the public ones are refused.
    networks: tuple[Annotated[str, AfterValidator(_network)], ...] = ()


def build_rulebook(
    rules: Sequence[dict[str, Any]],
    *,
    queues: Sequence[QueueSection],
    groups: Sequence[str],
    technicians: Sequence[TechnicianSection],
    types: Sequence[TypeSection],
    fields: Sequence[FieldSection],
    webhooks: WebhooksSection,
) -> Rulebook:
    """The rules in order; raises ConfigurationError with every mistake, a line each."""
    names = Names(
        groups=tuple(groups),
        technicians=_unique(*(name for t in technicians for name in (t.name, t.address))),
        queues=_unique(*(queue.address for queue in queues)),
        types=_unique(*(each.name for each in types)),
        custom_fields=_unique(
            *(field.name for field in fields), *(f.name for each in types for f in each.fields)
        ),
    )
    found, mistakes = read_rules(rules, names)
    posts = any(isinstance(deed, Webhook) for rule in found for deed in rule.deeds)
    if posts and not webhooks.secret:
        problem = "rules that post to a webhook need a key for their signatures; "
        problem += "make one with: echo whsec_$(head -c 32 /dev/urandom | base64)"
        mistakes.append(Mistake(key="webhooks.secret", rule="", problem=problem))
    if mistakes:
        raise ConfigurationError("\n".join(mistake.sentence for mistake in mistakes))
    return Rulebook(rules=found)


def _unique(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
