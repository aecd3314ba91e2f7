"""Mail through lists: newsletters and list programs are machines, a person's post is not.

RFC 3834 wants responders to keep away from anything that bears a list's fields. A desk is more than
a responder: many companies publish a group's address (Google Groups, Mailman) and let the group pass
the requests on to the desk. So a post that a person wrote to a list that has a posting address is a
person's mail. Where the list is none of our own addresses, it is not acknowledged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from threading_engine.automatic_facts import Facts
from threading_engine.message import Message

_LIST_FIELDS = frozenset(
    {"list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-mailing-list"}
)
#: Marks of campaigns. A list that people post to has none of them.
_CAMPAIGN_FIELDS = frozenset({"feedback-id", "x-campaign", "x-campaignid", "x-mailgun-tag"})
#: Senders that are programs of a list or write in nobody's name.
_ROBOT = re.compile(
    r"(?:no|do-?not)[-_.]?reply|notifications?$|news(?:letter)?$|listserv|majordomo|mailman|owner-|bounces?$"
    r"|.*(?:-request|-owner|-bounces|\+owners)$",
)
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,255}")
_LIST_ID = re.compile(r"<([^<>\s]{1,255})>\s*$")


def list_field(facts: Facts) -> bool:
    """RFC 2919 and RFC 2369: the mail came through a list, and no person posted it there."""
    return not _LIST_FIELDS.isdisjoint(facts.fields) and not _is_a_persons_post(facts)


def precedence_bulk(facts: Facts) -> bool:
    """It says of itself that it went to many."""
    precedence = facts.fields.get("precedence", "")
    if precedence == "list" and _LIST_FIELDS.isdisjoint(facts.fields):
        # Old lists write no other field; what names us as its addressee was meant for us.
        return not (_is_addressed_to_us(facts) and _has_human_sender(facts))
    return precedence in {"bulk", "junk", "list"} and not _is_a_persons_post(facts)


def came_through_foreign_list(message: Message, own_addresses: frozenset[str]) -> bool:
    """Whether a list that is none of our own addresses passed the mail on."""
    facts = Facts(message=message, envelope_sender=None, own_addresses=own_addresses, loop_mark="")
    by_precedence = facts.fields.get("precedence", "") in {"bulk", "list"}
    listed = by_precedence or not _LIST_FIELDS.isdisjoint(facts.fields)
    return listed and not _is_own_list(facts)


def without_own_author(message: Message, own_addresses: frozenset[str]) -> Message:
    """The mail without an author where a list of ours has put our address in the author's place.

    Lists do so where the author's domain would disown what they pass on (DMARC). Whom they name
    instead, in a field of their own or in Reply-To, anybody can write there.
    """
    facts = Facts(message=message, envelope_sender=None, own_addresses=own_addresses, loop_mark="")
    if message.sender.address not in own_addresses or not _is_own_list(facts):
        return message
    named = [message.header(name) or "" for name in ("x-original-from", "x-original-sender")]
    named += [box.address for box in message.reply_to if box.address not in own_addresses]
    claimed = next((name for name in named if "@" in name), "")
    if not claimed:
        return message
    reason = f"a list put our own address in place of its author's; it names {claimed[:100]}"
    return replace(message, sender=replace(message.sender, address=None, reason=reason))


def _is_a_persons_post(facts: Facts) -> bool:
    """Whether somebody wrote it to a list of ours, or to one that everybody may see is a list."""
    if _is_own_list(facts):
        return _has_human_sender(facts) or facts.message.sender.address is None
    if not _has_human_sender(facts):
        return False
    posting = _posting_addresses(facts)
    addressed = {box.address for box in (*facts.message.to, *facts.message.cc)}
    return (
        bool(posting & (addressed - facts.own_addresses))
        and facts.fields.get("precedence", "") not in {"bulk", "junk"}
        and _CAMPAIGN_FIELDS.isdisjoint(facts.fields)
    )


def _has_human_sender(facts: Facts) -> bool:
    address = facts.message.sender.address or ""
    return bool(address) and _ROBOT.match(address.rpartition("@")[0]) is None


def _is_addressed_to_us(facts: Facts) -> bool:
    addressed = {box.address for box in (*facts.message.to, *facts.message.cc)}
    return bool(addressed & facts.own_addresses)


def _is_own_list(facts: Facts) -> bool:
    """Whether the list's posting address, or its id read as one, is an address of ours."""
    own = facts.own_addresses
    if _posting_addresses(facts) & own:
        return True
    found = _LIST_ID.search(facts.fields.get("list-id", ""))
    return found is not None and found[1] in {address.replace("@", ".") for address in own}


def _posting_addresses(facts: Facts) -> frozenset[str]:
    """Where people write to reach the list, as its program says."""
    return frozenset(address for value in _posting_fields(facts) for address in _addresses(value))


def _posting_fields(facts: Facts) -> Iterator[str]:
    for name in ("list-post", "x-beenthere", "x-mailing-list"):
        yield facts.fields.get(name, "")
    # "list help@example.org; contact help+owners@example.org"
    yield facts.fields.get("mailing-list", "").partition(";")[0]


def _addresses(value: str) -> list[str]:
    return _ADDRESS.findall(value[:1000].replace("mailto:", " "))
