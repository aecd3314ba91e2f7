"""Mail that no human wrote: it opens, reopens, answers and acknowledges nothing."""

from __future__ import annotations

import re

from bot import actions
from bot.desk.ticket import Ticket, Visibility
from bot.reading import is_bounce
from bot.scene import Placed, Scene
from threading_engine.automatic import Automatic
from threading_engine.clues import address_token
from threading_engine.match import Match
from threading_engine.message import Message
from threading_engine.tokens import Kind

_ACTION = re.compile(r"^action:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)


def place_automatic(
    scene: Scene, machine: Automatic, ticket: Ticket | None, match: Match
) -> Placed:
    """Tie it to what it is about, or lay it aside where a person can find it."""
    if is_bounce(machine):
        return _place_bounce(scene)
    sender = scene.reading.message.sender.address
    aside = Placed(state="aside", reason=f"a machine wrote it ({machine.rule})")
    if machine.kind == "loop" or sender is None:
        return aside
    author = scene.uow.people.find("email", sender)
    if ticket is not None and author is not None and scene.roles(ticket, author):
        actions.add_workunit(
            scene.uow,
            ticket,
            actor=author,
            words=scene.words(),
            visibility=Visibility.INTERNAL,
            as_technician=False,
            quiet=True,
            rule=match.rule,
            now=scene.now,
        )
        return Placed(state="done", ticket_id=ticket.id, verdict={"entry": "quiet note"})
    if scene.queue.takes_automatic and machine.kind in {"auto-reply", "list"}:
        return _open_for_machine(scene)
    return aside


def _open_for_machine(scene: Scene) -> Placed:
    """A queue for monitoring takes requests from machines; nobody is acknowledged."""
    ticket = actions.open_ticket(
        scene.uow,
        title=scene.reading.title,
        queue=scene.queue,
        actor=scene.author(),
        words=scene.words(),
        acknowledge=False,
        trusted=scene.trusted,
        rule="queue_takes_automatic",
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket.id, verdict={"entry": "open"})


def _place_bounce(scene: Scene) -> Placed:
    """Tie a bounce to the delivery it reports on."""
    signed = _bounce_address(scene)
    delivery_id = _returned_mail(scene) if signed is None else signed
    if delivery_id is None:
        return Placed(state="aside", reason="a bounce of no mail of ours")
    failure = next(iter(scene.reading.failures), None)
    verdict: dict[str, object] = {"entry": "bounce", "delivery": delivery_id}
    if _only_delayed(scene.reading.message):
        reason = "delayed only" + (f": {failure.told}" if failure else "")
        return Placed(state="done", reason=reason, verdict=verdict)
    ticket_id = actions.record_failure(
        scene.uow,
        delivery_id,
        reason=failure.told if failure else "the mail came back",
        code=failure.status if failure else "",
        # Message-IDs of ours are read by everybody in copy, who could have any address struck off.
        hard=failure is not None and failure.permanent and signed is not None,
        rule="bounce",
        now=scene.now,
    )
    return Placed(state="done", ticket_id=ticket_id, verdict=verdict)


def _only_delayed(message: Message) -> bool:
    """Whether the server still tries: every recipient's action is "delayed" (RFC 3464 2.3.3)."""
    actions_taken = _ACTION.findall(message.delivery_status or "")
    return bool(actions_taken) and all(action.lower() == "delayed" for action in actions_taken)


def _bounce_address(scene: Scene) -> int | None:
    """The delivery by the signed envelope address that the bounce came to."""
    keyring = scene.desk.keyring
    for address in scene.reading.claimed.envelope.recipients:
        token = address_token(address, keyring)
        if token is not None and token.valid and token.kind is Kind.BOUNCE:
            return token.numbers[0]
    return None


def _returned_mail(scene: Scene) -> int | None:
    """The delivery by the Message-ID that the bounce returns."""
    keyring, message = scene.desk.keyring, scene.reading.message
    returned = (message.embedded.message_id or "",) if message.embedded else ()
    for message_id in (*returned, *message.in_reply_to, *message.references):
        token = keyring.read(message_id.partition("@")[0])
        if token is not None and token.valid and token.kind is Kind.MESSAGE:
            return token.numbers[1]
    return None
