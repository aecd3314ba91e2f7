"""The HTTP port, and the question how it went."""

from __future__ import annotations

import ipaddress
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.desk.satisfaction import Satisfaction
from bot.settings.values import Section


def _public_url(text: str) -> str:
    parts = urlsplit(text.strip())
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query):
        raise ValueError("expected an address such as https://desk.example.org")
    return text.strip().rstrip("/")


class HttpSection(Section):
    """The port that serves our pages."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8025, ge=0, le=65535)
    #: What stands before the path in links; needed where a proxy is in front.
    public_url: Annotated[str, AfterValidator(_public_url)] = ""

    @property
    def reachable_url(self) -> str:
        """Where other people's browsers find us; empty where they cannot, as far as we know."""
        if not self.enabled:
            return ""
        if self.public_url or self.port == 0 or not _is_elsewhere(self.host):
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def _is_elsewhere(host: str) -> bool:
    """Whether a host is one that other machines can ask for."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host != "localhost"
    return not (address.is_loopback or address.is_unspecified)


class SatisfactionSection(Section):
    """The question how it went."""

    enabled: bool = True
    #: How long an answer counts and can be changed.
    days: int = Field(default=30, ge=1, le=3650)
    #: Groups whose requesters are not asked.
    groups_off: tuple[str, ...] = ()
    #: Tell quality staff of bad ratings with a comment.
    tell_quality: bool = True

    def build(self) -> Satisfaction:
        """The same as the desk uses it."""
        return Satisfaction(
            enabled=self.enabled,
            days=self.days,
            groups_off=frozenset(self.groups_off),
            tell_quality=self.tell_quality,
        )
