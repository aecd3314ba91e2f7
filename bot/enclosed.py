"""A mail inside the mail: what somebody forwards to the desk, and how a ticket shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.actions import Words
from bot.scene import Scene
from threading_engine import quotes
from threading_engine.forwards import Forwarded


def find_enclosed(scene: Scene) -> Forwarded | None:
    """The mail that this one forwards; a mail of our own inside it is quoted, not forwarded."""
    found = scene.reading.forwarded
    if found is None or (found.sender and scene.desk.directory.knows(found.sender.address)):
        return None
    return found


def words_with_enclosed(scene: Scene) -> Words:
    """The mail's words, and those that it forwards: whoever forwards something asks about it."""
    enclosed = find_enclosed(scene)
    if enclosed is None:
        return scene.words()
    note = note_of(scene, enclosed)
    return replace(note, text="\n\n".join(filter(None, (note.text, shown(enclosed)))))


def note_of(scene: Scene, enclosed: Forwarded) -> Words:
    """The mail without what it forwards: the forwarder's own words."""
    note = quotes.fold_plain(enclosed.note)
    return replace(
        scene.words(), text=note.visible, html=None, elided=note.elided, signature=note.signature
    )


def shown(enclosed: Forwarded) -> str:
    """The enclosed mail as text, with the fields that people want to know."""
    return "\n".join((*_fields(enclosed), "", enclosed.body)).strip()


def _fields(enclosed: Forwarded) -> Iterator[str]:
    sender = enclosed.sender
    if sender:
        yield (
            f"From: {sender.name} <{sender.address}>" if sender.name else f"From: {sender.address}"
        )
    if enclosed.date:
        yield f"Date: {enclosed.date}"
    if enclosed.subject:
        yield f"Subject: {enclosed.subject}"
