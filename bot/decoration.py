"""Telling a mail's decoration from its attachments, by what earlier mails brought."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.desk import pictures
from bot.desk.pictures import Picture, Place, Verdict
from bot.desk.ticket import File
from bot.ports import UnitOfWork
from bot.reading import Reading

#: Pictures of one mail that are looked up; the others are judged by themselves.
_MOST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The files of a mail, its decoration marked."""

    files: tuple[File, ...]
    #: The rule by the name of each file that is decoration.
    rules: dict[str, str]


def judge_files(uow: UnitOfWork, reading: Reading, files: tuple[File, ...]) -> Judged:
    """Mark what is decoration; nothing is looked up for a mail without pictures in its text."""
    if not any(_may_be_decoration(file) for file in files):
        return Judged(files=files, rules={})
    history = _history(uow, reading, [f.sha256 for f in files if _may_be_decoration(f)][:_MOST])
    judged: list[File] = []
    rules: dict[str, str] = {}
    for file, attachment in zip(files, reading.message.attachments, strict=True):
        verdict = _judge(reading, file, attachment.data, history)
        judged.append(replace(file, decorative=verdict.decorative))
        if verdict.decorative:
            rules[file.name] = verdict.rule
    return Judged(files=tuple(judged), rules=rules)


def _may_be_decoration(file: File) -> bool:
    picture = file.content_type.startswith("image/")
    return (picture and (file.inline or file.content_id is not None)) or (
        file.content_type == "application/pgp-keys"
    )


def _history(uow: UnitOfWork, reading: Reading, hashes: Collection[str]) -> dict[str, bool]:
    address = reading.message.sender.address
    author = uow.people.find("email", address) if address else None
    return uow.tickets.files_before(hashes, author_id=author.id if author else None)


def _judge(reading: Reading, file: File, data: bytes, history: dict[str, bool]) -> Verdict:
    place = reading.places.get(file.content_id or "", Place.NOWHERE)
    return pictures.judge(
        Picture(
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            pixels=pictures.pixels(data),
            inline=file.inline,
            place=place,
            known=file.sha256 in history,
            repeated=history.get(file.sha256, False),
        )
    )


# --- words without their decoration ---------------------------------------------------------------


def without_marks(text: str, files: Iterable[File]) -> str:
    """The text without the places of pictures that are not shown."""
    for file in files:
        if file.decorative and file.content_id:
            text = text.replace(f"[cid:{file.content_id}]", "")
    return text


def without_pictures(html: str, files: Iterable[File]) -> str:
    """The same for sanitised HTML, in which attributes are always quoted."""
    gone = {f"cid:{file.content_id}" for file in files if file.decorative and file.content_id}
    return _IMAGE.sub(lambda found: "" if found[1] in gone else found[0], html) if gone else html


_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*+")*?\bsrc="([^"]*+)"(?:[^>"]|"[^"]*+")*+>')
