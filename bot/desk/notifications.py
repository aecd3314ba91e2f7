"""What an event means for one participant: event and audience on the left, notification on the right.

The table is the whole specification. `audiences` of a row are looked at in order and a person is
told once per event, by the first row that reaches them. On which channels and when stands in
`matrix`, where a configuration may choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.desk.lifecycle import is_done
from bot.desk.questions import ANSWER
from bot.desk.ticket import EventKind, Status, Visibility


class Audience(StrEnum):
    """Whom a row speaks to."""

    #: Whoever asked.
    REQUESTER = "requester"
    #: Collaborators and third parties in copy.
    COPIES = "copies"
    #: Collaborators alone: third parties hear words and the end, and nothing of the way there.
    COLLABORATORS = "collaborators"
    #: The owner, or every technician of the group while nobody owns the ticket, and watchers.
    STAFF = "staff"
    #: Whoever has the ticket now.
    OWNER = "owner"
    #: The other technicians of the group.
    GROUP = "group"
    #: Whoever caused the event.
    ACTOR = "actor"
    #: Quality staff; whether the rating may be read by them is asked again before it is sent.
    QUALITY = "quality"
    #: Technicians with whom the author shared private words.
    SHARED = "shared"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table."""

    event: EventKind
    audience: Audience
    #: Name of the template folder.
    notification: str
    #: Only for workunits of this visibility; None for any event.
    visibility: Visibility | None = None
    #: True when the actor hears of it too (acknowledgements, confirmations).
    tells_actor: bool = False
    #: Only when the event carries this key in its data; empty for always.
    when: str = ""
    #: Not when the event carries this key in its data; empty for always.
    unless: str = ""
    #: True for what nobody wrote and nobody needs: not for those who called our mail spam.
    courtesy: bool = False
    #: What the configuration calls the event; empty where it has no choice.
    occasion: str = ""
    #: True when it may share a mail with others about the same ticket, or come in a digest.
    joins: bool = False
    #: True when it waits for nothing but quiet hours, and brings along what still waits.
    hurries: bool = False
    #: True when it only stands in the thread, unless the configuration says otherwise.
    thread_only: bool = False
    #: True when muting a ticket does not keep it away.
    pierces: bool = False

    @property
    def role(self) -> str:
        """How a delivery names the part; those who read the same mail share one."""
        return _SAME_MAIL.get(self.audience, self.audience).value


#: Audiences that get the mails of a wider one.
_SAME_MAIL = {Audience.COLLABORATORS: Audience.COPIES, Audience.OWNER: Audience.STAFF}


TABLE: tuple[Row, ...] = (
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="acknowledgement",
        tells_actor=True,
        when="acknowledge",
        courtesy=True,
        occasion="opened",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="fields-wanted",
        tells_actor=True,
        when="wanted",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="limit-reached",
        tells_actor=True,
        when="limit_told",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.REQUESTER,
        notification="not-understood",
        tells_actor=True,
        when="unreadable",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.COPIES,
        notification="copy",
        unless="refused",
        occasion="opened",
        joins=True,
    ),
    # Whoever brought it to the desk works on it by answering this mail.
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.ACTOR,
        notification="new-ticket",
        tells_actor=True,
        when="forwarded_by",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.ACTOR,
        notification="new-ticket",
        tells_actor=True,
        when="entered_by",
    ),
    Row(
        event=EventKind.TICKET_OPENED,
        audience=Audience.STAFF,
        notification="new-ticket",
        unless="refused",
        occasion="opened",
        joins=True,
    ),
    # A question that the ticket waits for reaches even those who want to hear no more of it.
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.REQUESTER,
        notification="reply",
        visibility=Visibility.PUBLIC,
        when="asks",
        occasion="words",
        joins=True,
        pierces=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.REQUESTER,
        notification="reply",
        visibility=Visibility.PUBLIC,
        unless="closing",
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.COPIES,
        notification="copy",
        visibility=Visibility.PUBLIC,
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.STAFF,
        notification="update",
        visibility=Visibility.PUBLIC,
        occasion="words",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.GROUP,
        notification="assigned",
        when="taken",
        occasion="owner",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.STAFF,
        notification="update",
        visibility=Visibility.INTERNAL,
        occasion="notes",
        joins=True,
    ),
    Row(
        event=EventKind.WORKUNIT_ADDED,
        audience=Audience.SHARED,
        notification="update",
        visibility=Visibility.PRIVATE,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="resolved",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COPIES,
        notification="status",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COLLABORATORS,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.COPIES,
        notification="status",
        when="status",
        occasion="status",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.CLOSING_ANNOUNCED,
        audience=Audience.REQUESTER,
        notification="closing-soon",
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.REQUESTER,
        notification="fields-wanted",
        tells_actor=True,
        when="wanted",
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.ACTOR,
        notification="done",
        tells_actor=True,
        when="commands",
    ),
    # It came from another group, and nobody has it yet.
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.GROUP,
        notification="assigned",
        when="arrived",
        occasion="owner",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.OWNER,
        notification="assigned",
        when="owner",
        occasion="owner",
        joins=True,
        pierces=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.STAFF,
        notification="changed",
        when="resolved",
        occasion="closing",
        joins=True,
        hurries=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.STAFF,
        notification="changed",
        when="status",
        occasion="status",
        joins=True,
    ),
    Row(
        event=EventKind.TICKET_CHANGED,
        audience=Audience.GROUP,
        notification="assigned",
        when="owner",
        occasion="owner",
        joins=True,
        thread_only=True,
    ),
    Row(
        event=EventKind.TICKET_MERGED,
        audience=Audience.REQUESTER,
        notification="merged",
        unless="silent",
        courtesy=True,
    ),
    Row(
        event=EventKind.TICKET_TOOK_IN,
        audience=Audience.STAFF,
        notification="took-in",
        when="owned",
    ),
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.REQUESTER,
        notification="split",
        unless="inside",
    ),
    # Whoever split it works on the new one by answering this mail.
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.STAFF,
        notification="assigned",
        tells_actor=True,
        when="owned",
    ),
    Row(
        event=EventKind.TICKET_SPLIT_OFF,
        audience=Audience.STAFF,
        notification="new-ticket",
        tells_actor=True,
        when="unowned",
    ),
    Row(
        event=EventKind.QUESTION_ANSWERED,
        audience=Audience.ACTOR,
        notification=ANSWER,
        tells_actor=True,
    ),
    Row(event=EventKind.WORDS_HELD_BACK, audience=Audience.STAFF, notification="summary"),
    Row(event=EventKind.DELIVERY_FAILED, audience=Audience.STAFF, notification="undeliverable"),
    Row(event=EventKind.DELIVERY_COMPLAINED, audience=Audience.STAFF, notification="complaint"),
    Row(
        event=EventKind.TICKET_RATED,
        audience=Audience.QUALITY,
        notification="rated",
        when="tell quality",
    ),
    Row(event=EventKind.MAIL_HELD, audience=Audience.STAFF, notification="held"),
    Row(event=EventKind.RULE_SUGGESTED, audience=Audience.STAFF, notification="rule-suggestion"),
    Row(event=EventKind.RULE_STOPPED, audience=Audience.STAFF, notification="rule-stopped"),
)


def rows_for(
    event: EventKind, visibility: Visibility | None, data: Mapping[str, object]
) -> Iterator[Row]:
    """The rows that this event fires, in order."""
    marks = {*data, "status"} if _goes_on(data) else data.keys()
    for row in TABLE:
        if row.event is not event or (row.when and row.when not in marks) or row.unless in marks:
            continue
        if row.visibility is None or row.visibility is visibility:
            yield row


def _goes_on(data: Mapping[str, object]) -> bool:
    """Whether the status changed to one in which the ticket goes on; its end has rows of its own."""
    changes = data.get("changes")
    rows = changes if isinstance(changes, list) else []
    return any(what == "status" and not is_done(Status(after)) for what, _before, after in rows)
