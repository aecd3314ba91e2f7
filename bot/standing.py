"""Where an author stands towards a ticket: the facts that `bot.desk.entry` decides about.

All clues are looked up at once. What costs a look into storage is looked for only where the answer
could matter: for participants whom nothing proves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.clearance import is_colleague
from bot.desk.entry import Case, Ruling, Tie, rule_on
from bot.desk.people import Person, Role
from bot.desk.ticket import Ticket
from bot.ports import Reference
from bot.scene import Scene
from threading_engine.clues import Clues, normal_id
from threading_engine.match import Known, Match, decide, follow_merges, same_subject
from threading_engine.moved import follow_words
from threading_engine.tokens import EXPIRED, Kind, Token

#: Row numbers end here.
_MOST = 2**53


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What the clues of a mail lead to."""

    match: Match
    #: The clues, led to where the answered words stand now.
    clues: Clues
    known: Known
    #: Every ticket that a clue names, and those they were merged into.
    tickets: dict[int, Ticket]
    #: Every message of a ticket that a clue names.
    references: dict[str, Reference]
    #: True when a mail with this mail's own Message-ID is part of a ticket.
    seen_before: bool = False

    @property
    def ticket(self) -> Ticket | None:
        """The ticket that the mail wants, or None."""
        return self.tickets.get(self.match.ticket_id or 0)


def on_record(scene: Scene) -> Scene:
    """The scene in which our own ids count that no key verifies any more but that we did send.

    Keys are forgotten, and people answer mails that are years old.
    """
    clues = scene.reading.clues
    expired = [t for t in (*clues.own_ids, *clues.older_own_ids) if t.reason == EXPIRED]
    if not expired:
        return scene
    sent = scene.uow.deliveries.message_ids({t.numbers[1] for t in expired if t.numbers[1] < _MOST})
    clues = replace(
        clues,
        own_ids=tuple(_recorded(token, sent) for token in clues.own_ids),
        older_own_ids=tuple(_recorded(token, sent) for token in clues.older_own_ids),
    )
    return replace(scene, reading=replace(scene.reading, clues=clues))


def _recorded(token: Token, sent: Mapping[int, str]) -> Token:
    known = sent.get(token.numbers[1], "").lower()
    return replace(token, valid=True) if known.startswith(f"{token.text}@") else token


def look_up(scene: Scene) -> Finding:
    """Look up every clue at once, merged tickets to their ends, and decide."""
    clues, store = scene.reading.clues, scene.uow.tickets
    own_id = normal_id(scene.reading.message.message_id or "")
    references = store.find_references(
        channel="email", scope="", keys={*clues.ids(), own_id} - {""}
    )
    seen_before = references.pop(own_id, None)
    tickets: dict[int, Ticket] = {}
    carried = _carried(scene)
    wanted = clues.ticket_numbers() | {known.ticket_id for known in references.values()}
    wanted |= set(carried.values()) | {known.moved_from or 0 for known in references.values()}
    wanted |= {seen_before.ticket_id} if seen_before else set()
    while wanted:
        found = store.get_many(wanted)
        tickets |= found
        merged = {t.merged_into for t in found.values() if t.merged_into is not None}
        wanted = frozenset(merged - tickets.keys())
    known = Known(
        references={key: reference.ticket_id for key, reference in references.items()},
        tickets={number: ticket.merged_into for number, ticket in tickets.items()},
        titles={number: ticket.title for number, ticket in tickets.items()},
    )
    moved = {
        key: (reference.moved_from, reference.ticket_id)
        for key, reference in references.items()
        if reference.moved_from is not None
    }
    clues = follow_words(clues, known, carried=carried, moved=moved)
    return Finding(
        match=decide(clues, known),
        clues=clues,
        known=known,
        tickets=tickets,
        references=references,
        seen_before=seen_before is not None,
    )


def _sent(token: Token) -> bool:
    return token.valid and token.kind is Kind.MESSAGE and token.numbers[1] < _MOST


def _carried(scene: Scene) -> dict[int, int]:
    """Where the words of our own mails that this one answers stand, if that is another ticket."""
    clues = scene.reading.clues
    sent = {t.numbers[1] for t in (*clues.own_ids, *clues.older_own_ids) if _sent(t)}
    return scene.uow.deliveries.homes(sent) if sent else {}


def ruled(scene: Scene, finding: Finding, author: Person) -> tuple[Ticket | None, Ruling]:
    """What becomes of the mail, and the ticket that this is about."""
    decision = scene.reading.claimed.envelope.decision
    if decision is None:
        case = case_of(scene, finding, finding.ticket, author)
        return finding.ticket, rule_on(case)
    goes_in = _end(scene, decision.ticket_id)
    # A ticket of its own names the one that the mail wanted.
    ticket = goes_in or _end(scene, decision.wanted)
    case = Case(
        tie=Tie.GIVEN if goes_in else Tie.HINT if ticket else Tie.NONE,
        technician=author.technician,
        decided=True,
        authentication=scene.reading.authentication,
    )
    return ticket, rule_on(case)


def _end(scene: Scene, number: int | None) -> Ticket | None:
    """The ticket, or the one that it was merged into."""
    ticket = scene.uow.tickets.get(number) if number else None
    seen: set[int] = set()
    while ticket is not None and ticket.merged_into is not None and ticket.id not in seen:
        seen.add(ticket.id)
        ticket = scene.uow.tickets.get(ticket.merged_into)
    return ticket


def case_of(scene: Scene, finding: Finding, ticket: Ticket | None, author: Person) -> Case:
    """Everything that decides whether the author may write into the ticket."""
    authentication = scene.reading.authentication
    if ticket is None:
        return Case(
            tie=Tie.NONE,
            technician=author.technician,
            deactivated=author.deactivated_at is not None,
            authentication=authentication,
        )
    roles = _roles(scene, finding, ticket, author)
    # What nobody has proven may have been proven before, or may be tied by what others were given.
    elsewhere = _was_sent_to_others(scene)
    believed = scene.believes(author) and not elsewhere
    doubtful = bool(roles) and not (author.technician or believed)
    return Case(
        tie=_tie(scene, finding, ticket, author, doubtful=doubtful),
        technician=author.technician,
        participant=bool(roles),
        colleague=is_colleague(author, ticket),
        deactivated=author.deactivated_at is not None,
        third_party=roles == {Role.COPY},
        trusted_address=author.trusted,
        proven_before=doubtful and _was_proven(scene, ticket, author),
        sent_to_others=elsewhere,
        authentication=authentication,
    )


def _was_sent_to_others(scene: Scene) -> bool:
    """Whether only the envelope brought the mail here, and nothing but the mail proves its author."""
    reading, knows = scene.reading, scene.desk.directory.knows
    return scene.trusted and reading.proof.is_in_the_mail and not any(map(knows, reading.addressed))


def _was_proven(scene: Scene, ticket: Ticket, author: Person) -> bool:
    """Whether mail from here used to be proven, and this one could have been, too.

    While name servers are away nobody's mail is proven, and everybody's would have to wait.
    """
    possible = scene.reading.proof.was_possible
    return possible and scene.uow.inbox.was_proven(ticket.id, author.address)


def _roles(scene: Scene, finding: Finding, ticket: Ticket, author: Person) -> set[Role]:
    """The author's parts in the ticket, and in those that the mail names and that became it."""
    merged = [t for t in finding.tickets.values() if _leads_to(finding, t.id, ticket)]
    return set().union(*(scene.roles(each, author) for each in merged))


def _leads_to(finding: Finding, number: int, ticket: Ticket) -> bool:
    return follow_merges(number, finding.known) == ticket.id


def _tie(scene: Scene, finding: Finding, ticket: Ticket, author: Person, *, doubtful: bool) -> Tie:
    match, clues = finding.match, finding.clues
    reference = finding.references.get(match.key)
    # What the mail was sent to besides can only be a signed reply address.
    if ticket.id == match.ticket_id:
        if match.hint:
            return Tie.HINT
        if match.rule == "subject_number":
            same = same_subject(clues, finding.known, ticket.id)
            return Tie.NUMBER if same else Tie.LONE_NUMBER
        if reference is not None and not _may_have_seen(scene, author, reference):
            return Tie.STRANGE_ID
    if doubtful and not _was_given(scene, finding, ticket, author):
        return Tie.BORROWED
    return Tie.GIVEN


def _may_have_seen(scene: Scene, author: Person, reference: Reference) -> bool:
    """Whether the author plausibly answers the message that the reference stands for."""
    if reference.by_technician or reference.author_id in {None, author.id}:
        return True
    writer = scene.uow.people.get(reference.author_id or 0)
    return writer is not None and writer.address in scene.reading.addressed


def _was_given(scene: Scene, finding: Finding, ticket: Ticket, author: Person) -> bool:
    """Whether anything in the mail shows that this very person had a mail of this ticket.

    Their own reply address; a mail of ours that went to them; or somebody's mail that they had
    directly, for who had one directly did not get it from us.
    """
    clues = finding.clues
    tokens = (*clues.addressed, *clues.own_ids, *clues.older_own_ids, *clues.quoted)
    own = [t for t in tokens if t.valid and _leads_to(finding, t.numbers[0], ticket)]
    made_for = {t.numbers[1] for t in own if t.kind in {Kind.TICKET, Kind.RATING}}
    # A duplicate's addresses are those of whom it turned out to be.
    if author.id in made_for or author.id in map(scene.uow.people.resolve, made_for):
        return True
    sent = [t.numbers[1] for t in own if t.kind is Kind.MESSAGE]
    if sent and author.id in scene.uow.deliveries.receivers(sent):
        return True
    return any(
        _had_directly(scene, author, reference)
        for reference in finding.references.values()
        if _leads_to(finding, reference.ticket_id, ticket)
    )


def _had_directly(scene: Scene, author: Person, reference: Reference) -> bool:
    if reference.author_id == author.id:
        return True
    told = scene.uow.deliveries.was_told(author.id, workunit_id=reference.workunit_id)
    return not told and _may_have_seen(scene, author, reference)
