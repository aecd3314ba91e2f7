"""A technician opens a ticket for somebody who called or came by: ``#for ann@customer.example Ann``."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import actions
from bot.desk.commands import read_orders
from bot.desk.people import Person
from bot.desk.ticket import Ticket
from bot.scene import Scene
from bot.technicians import add_note

#: The rule that stands in the ticket's first event.
ENTERED = "entered_on_behalf"
_FOR = re.compile(r"#for\s+<?([^@\s<>]+@[^@\s<>]+?)>?(?:\s+(\S.*))?", re.IGNORECASE)


def open_on_behalf(scene: Scene, technician: Person) -> Ticket | None:
    """Open the ticket of whom a proven technician's first line names; None where it names nobody.

    The words are the requester's, entered by the technician; command lines among them are obeyed.
    """
    found = _FOR.fullmatch(_first_line(scene)) if technician.technician and scene.trusted else None
    if found is None or scene.desk.directory.knows(found[1].lower()):
        return None
    requester = scene.person(found[1].lower(), (found[2] or "").strip())
    if requester.deactivated_at is not None:
        return None
    orders = read_orders(scene.words().text.strip().partition("\n")[2])
    words = replace(
        scene.words(), text=orders.words, html=None, signature="", editor_id=technician.id
    )
    ticket = actions.open_ticket(
        scene.uow,
        title=scene.reading.title,
        queue=scene.queue,
        actor=requester,
        editor=technician,
        words=words,
        copies=[person for person in scene.copies() if person.id != requester.id],
        addressed=scene.addressed,
        acknowledge=True,
        trusted=True,
        rule=ENTERED,
        now=scene.now,
    )
    if orders.lines:
        commands = replace(words, text="\n".join(orders.lines), files=(), inbox_id=None)
        add_note(scene, ticket, technician, replace(commands, references=()), rule=ENTERED)
    return ticket


def _first_line(scene: Scene) -> str:
    return scene.reading.folded.visible.strip().partition("\n")[0].strip()
