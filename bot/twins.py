"""The same mail again: known by more than its bytes, so that nothing is doubled and nothing lost.

Two ways lead here. A list or a gateway changes a mail, and both versions arrive: then id, author,
date, subject, words and files say that it is one. Or a mail whose first arrival is held or laid aside
comes again byte for byte: whoever handed it in first may have been a stranger or a list, so it is
judged on its own.
"""

from __future__ import annotations

from bot.ports import EarlierMail, Original
from bot.scene import Placed, Scene
from bot.standing import Finding
from threading_engine import subject
from threading_engine.clues import normal_id
from threading_engine.match import follow_merges
from threading_engine.twins import same_words

#: States of a first arrival that leave a second one to be judged.
_UNDECIDED = frozenset({"held", "dropped", "aside"})


def find_twin(scene: Scene, finding: Finding) -> Placed | None:
    """What to do with a mail that is in a ticket already; None for every other mail."""
    original = _original(scene)
    if original is not None and original.state not in _UNDECIDED:
        return _copy_of(original.id, original.ticket_id)
    message = scene.reading.message
    if not finding.seen_before or message.message_id is None:
        return None
    earlier = scene.uow.twins.entered(normal_id(message.message_id))
    if earlier is None or not _is_same(scene, finding, earlier):
        return None
    return _copy_of(earlier.inbox_id, earlier.ticket_id)


def settle(scene: Scene, placed: Placed) -> Placed:
    """Let one of two arrivals count: the one that entered, else the first that is held."""
    original = _original(scene)
    if original is None or original.state not in _UNDECIDED:
        return placed
    if placed.state == "aside" or (placed.state == "held" and original.state != "aside"):
        return _copy_of(
            original.id, None, reason=f"the same as mail {original.id}: {original.state}"
        )
    # Whoever has the bytes can mark a copy as a machine's; that must not take the first one along.
    if placed.state != "held" and scene.reading.automatic is None:
        scene.uow.twins.supersede(original.id, by=scene.reading.claimed.id)
    return placed


def _original(scene: Scene) -> Original | None:
    claimed = scene.reading.claimed
    return scene.uow.twins.original(claimed.channel, claimed.external_id)


def _copy_of(inbox_id: int, ticket_id: int | None, *, reason: str = "") -> Placed:
    verdict: dict[str, object] = {"entry": "copy", "copy of": inbox_id}
    return Placed(state="done", ticket_id=ticket_id, reason=reason, verdict=verdict)


def _is_same(scene: Scene, finding: Finding, earlier: EarlierMail) -> bool:
    """Whether the mail says nothing, shows nothing and wants nothing that the earlier one did not."""
    message = scene.reading.message
    author = scene.uow.people.find("email", message.sender.address or "")
    known, wanted = finding.known, finding.ticket
    return (
        author is not None
        and author.id == earlier.author_id
        and message.date is not None
        and earlier.verdict.get("date") == message.date.isoformat()
        and subject.same(message.title, str(earlier.verdict.get("subject", "")))
        and same_words(scene.reading.folded.visible, earlier.text)
        and {file.sha256 for file in scene.files} <= earlier.files
        and (wanted is None or wanted.id == follow_merges(earlier.ticket_id, known))
    )
