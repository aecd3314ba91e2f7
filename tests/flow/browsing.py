"""Links in mails, as a browser on this machine opens them."""

from __future__ import annotations

import re

import httpx

from tests.flow.desk import ANN, TESS, RunningDesk
from tests.flow.letters import Received

#: What stands before the path in links; a proxy would lead from there to the desk.
OUTSIDE = "https://desk.example.org/help"
REACHABLE = {"port": 0, "public_url": OUTSIDE}


def links(mail: Received) -> list[str]:
    """The links for good, bad and own words, as text and HTML offer them."""
    found = re.findall(rf"{OUTSIDE}/rate/\S+", mail.text)
    assert all(link.replace("&", "&amp;") in mail.html for link in found)
    return found


def local(desk: RunningDesk, link: str) -> str:
    """Where such a link leads behind the proxy."""
    return link.replace(OUTSIDE, f"http://127.0.0.1:{desk.thread.service.http_port}")


def browser(**headers: str) -> httpx.Client:
    """A browser without JavaScript that follows no redirection by itself."""
    return httpx.Client(headers=headers, timeout=10)


def close_a_ticket(desk: RunningDesk, *, words: str = "The drum is new.") -> Received:
    """Ann asks, Tess answers and closes; the mail that asks Ann how it went."""
    desk.mail(ANN, desk.address, "Printer", "It does not print.")
    asked = desk.expect(to="tess@example.org")
    desk.reply(asked, TESS, words)
    desk.drain()
    desk.reply(asked, TESS, "#close")
    closing = desk.expect(to="ann@customer.example")
    desk.drain()
    return closing
