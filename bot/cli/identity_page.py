"""The identity matrix as a page: ``python -m bot.cli.identity_page > docs/identity.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.cli.rules import explain
from bot.desk.entry import RULES, Entry
from bot.desk.identity import Author, Cell, Proof, Token, cells

#: How one writes the page anew.
COMMAND = "python -m bot.cli.identity_page > docs/identity.md"

_INTRODUCTION = f"""\
# Who may write where

A mail to the desk answers three questions, each on its own:

1. **Which ticket does it want?** Its reply address, the Message-IDs it answers, a number in its subject. A signed token
   says where a mail wants to go. It says nothing about who wrote it: mails are passed on.
2. **Who wrote it?** The one address in From. If that can be read in two ways, nobody: such a mail is held.
3. **How sure is that?** *pass*, *fail* or *none*, as our relay, a login, a trusted network or our own verification says.

One ordered table (`bot/desk/entry.py`) makes a verdict of the answers. Below is that table for every author, every
token and every proof: 8 × 7 × 4 = 224 cells. This page is written by the code itself (`{COMMAND}`),
and every cell is tried with a real mail in `tests/flow/test_identity_matrix.py`.

The mails of these tables are tied by **nothing but the token** in the address they are sent to. Mails from life bring
more: what they answer, what they quote, a number in the subject. How those count stands at the end.

## How to read the tables

| the mail brings | which means |
| --- | --- |
| {Token.VALID} | the reply address of this ticket that the desk made for the author (for a stranger: when they still had a part) |
| {Token.ANOTHER_TICKETS} | a good reply address of a ticket that the author has no part in |
| {Token.ANOTHER_PERSONS} | a good reply address of this ticket that the desk made for somebody else |
| {Token.ALTERED} | a reply address in which a character was changed |
| {Token.TRUNCATED} | a reply address whose end a mail system has cut off |
| {Token.EXPIRED_KEY} | a reply address signed with a key that is no longer in use |
| {Token.NO_TOKEN} | the plain address of the desk |

| what is known of the author | which means |
| --- | --- |
| {Proof.PASS} | the author's domain, a login or a trusted network vouches for the address. For a **forged** author: the domain that passes is the forger's own, not the one in From, so it proves nothing |
| {Proof.FAIL} | the domain in From says that this mail is not its own (DMARC) |
| {Proof.NONE} | nothing speaks for the address or against it; an outage of DNS counts as this |
| {Proof.FORGED_HEADER} | the mail carries an Authentication-Results field that says *pass*, and none of our relays wrote it: as good as nothing |
"""

_AUTHORS = {
    Author.REQUESTER: "Whoever asked. Without *pass*: a person whose domain has never proven anything, as most small"
    " companies' do not.",
    Author.COLLABORATOR: "Somebody with a part in the ticket beside the requester. Without *pass* as above.",
    Author.COPY: "A third party in copy: a vendor, a colleague of the requester's. Without *pass* as above.",
    Author.COLLEAGUE: "A requester of the same company, whose people see each other's tickets (`companies.grouped`),"
    " without a part in the ticket so far. Whoever enters takes part as a collaborator from then on.",
    Author.TECHNICIAN: "One of the desk's own people, with or without a part in the ticket.",
    Author.STRANGER: "Anybody without a part in the ticket.",
    Author.FORGED_TECHNICIAN: "From names a technician; the mail comes from elsewhere.",
    Author.FORGED_REQUESTER: "From names the requester, whose own mails to this ticket are authenticated; the mail"
    " comes from elsewhere.",
}

_ENTRIES = {
    Entry.OPEN: "**opens**",
    Entry.OPEN_LINKED: "**opens, linked**",
    Entry.ENTER: "**enters**",
    Entry.ENTER_AS_TECHNICIAN: "**enters as technician**",
    Entry.HOLD: "**held**",
}

_MEANINGS = """\
## What the verdicts mean for the author

Whatever the verdict, the author gets **no text of a ticket** that they did not have before: answers of the desk go to
the people of the ticket at the addresses that the desk knows, never to where a mail came from or asks to be answered.

* **opens**: a new ticket, its author is the requester. They get an acknowledgement, which repeats their words only when
  they are proven; none when their domain disowns the mail, when a machine wrote it, or when they have had too many. The
  technicians are told; of an unproven author they read "sender not verified".
* **opens, linked**: the same, and technicians see at the new ticket which one the mail pointed at. The author does not:
  they get nothing of that ticket, no seat on its copy list, and cannot learn whether it exists.
* **enters**: the words become part of the ticket, visible to everybody in it, and move it along (what waited goes on,
  what was closed reopens within its time; later, and into a locked ticket, it becomes a linked follow-up). Technicians
  are told. Words of an unproven author are marked "sender not verified" and are not repeated to people outside. An
  address in Cc joins the ticket only when the author is proven. Lines like `#close` are words like any others.
* **enters as technician**: the words go out to requester and copies in the desk's name, and commands are obeyed; a
  confirmation says what was done.
* **held**: nothing changes and the author hears nothing. The mail waits in a list with its reason (`replydesk held`), and
  where it wants a ticket, that ticket's technicians hear of it. A person accepts it into the ticket or into one of its
  own, or drops it, and can trust its author from then on.

## The rules

The first rule that speaks decides; its name is kept and shown by `replydesk show --why`.

"""

_LAST = """\

## What else ties a mail to a ticket

* **A Message-ID of ours** that the mail answers counts like a reply address, and like one it was made for somebody: it is
  the author's own when that mail of ours went to them.
* **Somebody's mail that is in the ticket** counts as the author's own to answer when they wrote it or had it directly. A
  vendor whom a technician puts in Cc has the technician's mail, and with it the technician's reply address, and nothing
  from the desk: their answer to all enters. A mail that they cannot have seen (`strange_id`) opens a linked ticket.
* **One good sign is enough.** A mail to another person's reply address that answers a mail of ours to its author is not
  borrowed.
* **A number in the subject** counts for proven participants only; see `number_without_proof` and `third_partys_number`.
* **An old thread under a new subject**, a number in somebody else's thread, and quotes of several tickets are hints, like
  spoiled tokens (`only_a_hint`).

## What people at the desk can say

* **This mail is genuine.** A held mail that somebody accepts enters as if its author were proven, where that person said
  (`decided_at_the_desk`).
* **This address is to be trusted.** Where the tables say *none* or *forged header*, a participant at a trusted address is
  believed (`trusted_address`) in every row in which *pass* would let them enter, a number in the subject included, and is
  not marked as unverified. Trust proves nothing, though: an address in Cc does not join, *fail* stays *fail*, and there is
  none for technicians, because anybody can write a From line.

## What cannot be told apart

A participant whose domain proves nothing can be impersonated by whoever holds a mail that was made for them, because
nothing in the world distinguishes the two mails. Then the words enter, marked as not verified and repeated to nobody
outside; commands and copies do not. The remedy is on the participant's side: a domain that signs its mail. From their
first authenticated mail on, every other one in that ticket is held.
"""


def identity_page() -> str:
    """The whole page in Markdown."""
    table = {(cell.author, cell.token, cell.proof): cell for cell in cells()}
    lines = [_INTRODUCTION.rstrip()]
    for author, words in _AUTHORS.items():
        lines += ["", f"## {author.capitalize()}", "", words, "", *_rows(author, table)]
    lines += ["", _MEANINGS.rstrip(), ""]
    lines += [f"* `{rule.__name__}`: {explain(rule.__name__)}" for rule in RULES]
    return "\n".join([*lines, _LAST])


def _rows(author: Author, table: dict[tuple[Author, Token, Proof], Cell]) -> Iterator[str]:
    yield f"| | {' | '.join(Proof)} |"
    yield f"| --- |{' --- |' * len(Proof)}"
    for token in Token:
        verdicts = (_verdict(table[author, token, proof]) for proof in Proof)
        yield f"| {token} | {' | '.join(verdicts)} |"


def _verdict(cell: Cell) -> str:
    return f"{_ENTRIES[cell.ruling.entry]} `{cell.ruling.rule}`"


if __name__ == "__main__":
    sys.stdout.write(identity_page())
