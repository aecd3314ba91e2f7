"""A technician forwards a customer's mail to the desk: it becomes the customer's ticket.

The technician is authenticated and trusted, so their word is enough that the mail is the
customer's. Nobody else's is: a forward of anybody else is a request of their own.
"""

from __future__ import annotations

from dataclasses import replace

from bot import actions
from bot.actions import Words
from bot.desk.people import Person
from bot.desk.ticket import File, Ticket
from bot.enclosed import find_enclosed, note_of
from bot.guards import GUARDS_OF_FORWARDS, Request, silenced_by
from bot.reading import shown_html
from bot.scene import Scene
from bot.technicians import add_note
from threading_engine import automatic, quotes, subject
from threading_engine.clues import as_written, normal_id, thread_index
from threading_engine.forwards import Forwarded
from threading_engine.message import Message, Sender

#: The rule that stands in the ticket's first event.
FORWARDED = "forwarded_by_technician"
_TITLE_LENGTH = 200


def open_for_customer(scene: Scene, technician: Person) -> Ticket | None:
    """Open the ticket of whoever wrote what an authenticated technician forwards.

    None where that is nobody, or cannot be told: then the mail is a request of the technician's.
    """
    enclosed = find_enclosed(scene) if technician.technician and scene.trusted else None
    customer = _customer(scene, enclosed) if enclosed else None
    if enclosed is None or customer is None:
        return None
    note, silence = _note(scene, enclosed), _silence(scene, enclosed, customer)
    ticket = actions.open_ticket(
        scene.uow,
        title=_title(scene, enclosed),
        queue=scene.queue,
        actor=customer,
        forwarder=technician,
        words=_words(scene, enclosed, alone=not (note.text or note.files)),
        copies=[person for person in scene.copies() if person.id != customer.id],
        addressed=scene.addressed,
        acknowledge=not silence,
        silence=silence,
        trusted=True,
        rule=FORWARDED,
        now=scene.now,
    )
    add_note(scene, ticket, technician, note, rule=FORWARDED)
    return ticket


def _customer(scene: Scene, enclosed: Forwarded) -> Person | None:
    """The author of the enclosed mail: one plain address, neither ours nor a technician's."""
    sender = enclosed.sender
    if sender is None or enclosed.ambiguous or scene.desk.directory.knows(sender.address):
        return None
    known = scene.uow.people.find("email", sender.address)
    if known is not None and known.technician:
        return None
    return scene.person(sender.address, sender.name)


def _title(scene: Scene, enclosed: Forwarded) -> str:
    return subject.bare(enclosed.subject)[:_TITLE_LENGTH] or scene.reading.title


def _original(scene: Scene, enclosed: Forwarded) -> Message | None:
    """The enclosed mail itself, where it is attached and not repeated in the text."""
    return scene.reading.message.embedded if enclosed.rule == "attached" else None


def _words(scene: Scene, enclosed: Forwarded, *, alone: bool) -> Words:
    """The customer's words, files and ids; those of the forwarding mail as well when `alone`."""
    original = _original(scene, enclosed)
    folded = quotes.fold_plain(enclosed.body) if original is None else quotes.fold(original)
    own = scene.words()
    answered = scene.reading.message.in_reply_to
    # A forward answers what it forwards, as far as most mail programs are concerned.
    known = original.message_id if original else (answered[0] if len(answered) == 1 else None)
    keys = (
        normal_id(known or ""),
        thread_index(original) if original else "",
        *(own.references * alone),
    )
    return Words(
        text=folded.visible,
        html=shown_html(original, folded) if original else None,
        elided=folded.elided,
        signature=folded.signature,
        files=scene.files if original is None else scene.enclosed_files,
        message_id=as_written(original.message_id) if original and original.message_id else None,
        inbox_id=own.inbox_id,
        references=tuple(dict.fromkeys(key for key in keys if key)),
    )


def _note(scene: Scene, enclosed: Forwarded) -> Words:
    """The technician's words; a file beside an attached mail is theirs, that mail itself none."""
    files: list[File] = list(scene.files) if _original(scene, enclosed) else []
    mail = next((file for file in files if file.content_type.startswith("message/")), None)
    kept = tuple(file for file in files if file is not mail)
    return replace(note_of(scene, enclosed), files=kept, inbox_id=None)


def _silence(scene: Scene, enclosed: Forwarded, customer: Person) -> str:
    """What keeps us from acknowledging: a machine wrote it, or one of the guards; else empty."""
    original = _original(scene, enclosed) or Message(
        sender=Sender(address=customer.address), subject=enclosed.subject
    )
    if machine := automatic.judge(original):
        return machine.rule
    request = Request(scene=scene, author=customer, earlier=None)
    return silenced_by(request, GUARDS_OF_FORWARDS)
