"""A week at a desk of two groups: everybody writes, and everybody hears what concerns them, once."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass

from tests.flow.browsing import OUTSIDE, browser, links, local
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, VERA, RunningDesk
from tests.flow.letters import Received

NETWORK = "network@example.org"
TESS, TOM = "Tess Tanner <tess@example.org>", "Tom Tool <tom@example.org>"
NORA = "Nora Nakamura <nora@example.org>"
BEA, OLE = "Bea Boss <bea@customer.example>", "Ole Ost <ole@elsewhere.example>"
tess, tom, nora = "tess@example.org", "tom@example.org", "nora@example.org"
ann, bea, ole = "ann@customer.example", "bea@customer.example", "ole@elsewhere.example"
vera = "vera@printers.example"

HOUSE = f"""
notify = {{}}
relations = {{}}
http = {{ port = 0, public_url = "{OUTSIDE}" }}
queues = [
  {{ address = "{DESK}", group = "Support" }},
  {{ address = "{NETWORK}", group = "Network" }},
]
technicians = [
  {{ name = "Tess Tanner", address = "{tess}", groups = ["Support"] }},
  {{ name = "Tom Tool", address = "{tom}", groups = ["Support"] }},
  {{ name = "Nora Nakamura", address = "{nora}", groups = ["Network"] }},
]
groups = [
  {{ name = "Support", leader = "Tess Tanner", assign = "round robin", open_tickets = 4, limits_forced = true }},
  {{ name = "Network", leader = "Nora Nakamura", assign = "leader" }},
]
companies = [{{ name = "Customer", domains = ["customer.example"] }}]
people = [{{ address = "{ole}", language = "de" }}]
profiles = [{{ name = "remote", hourly_rate = 80 }}, {{ name = "on site", hourly_rate = 95 }}]
workunits = {{ default_profile = "remote" }}
closing = {{ pending_user_hours = 48, pending_closure_hours = 48, reopen_days = 2 }}

[[status_maps]]
name = "network"
groups = ["Network"]
allowed.new = ["assigned", "pending third party"]
allowed.assigned = ["pending closure"]
allowed."pending third party" = ["pending closure"]
allowed."pending closure" = ["closed"]
allowed.closed = ["reopened"]

[[types]]
name = "New laptop"
kind = "service request"
groups = ["Support"]
fields = [
  {{ name = "Device", kind = "choice", choices = "Laptop, PC", required = true }},
  {{ name = "Vendor", kind = "choice", choices = "Laptop|HP, Laptop|Lenovo, PC|HP", depends_on = "Device" }},
]

[[rules]]
name = "VPN belongs to Network"
events = ["ticket.opened"]
mode = "suggest"
if = [{{ field = "title", matches = "(?i)vpn" }}, {{ field = "group", is = "Support" }}]
then = [{{ set = "group", to = "Network" }}, {{ tag = "vpn" }}]
"""


@dataclass(frozen=True, kw_only=True)
class Week:
    """The desk, and how to hear what it says."""

    desk: RunningDesk

    def hear(self, *addresses: str) -> dict[str, Received]:
        """Exactly these people got a mail each since the last time; whatever is next comes minutes later."""
        got = self.desk.drain()
        assert Counter(to for mail in got for to in mail.recipients) == Counter(addresses), got
        self.desk.advance(minutes=7)
        return {to: mail for mail in got for to in mail.recipients}


def monday(week: Week) -> tuple[Received, Received, Received]:
    """A printer with a vendor and a colleague, and a VPN that belongs to somebody else."""
    desk = week.desk
    desk.mail(ANN, DESK, "Printer", "It prints stripes.")
    printer = week.hear(ann, tess)[tess]
    desk.reply(printer, TESS, f"#cc {vera}\n\nVera, please look at the drum.")
    sent = week.hear(ann, vera, tess)
    desk.reply(sent[vera], VERA, "A new drum comes on Wednesday.")
    week.hear(ann, tess)
    desk.reply(printer, TESS, "#internal\nThird drum this year.")
    week.hear(tess)
    desk.reply(printer, TESS, "#private\nAnn breaks them, I think.")
    week.hear(tess)
    desk.reply(
        printer, TESS, "#impact high\n#urgency medium\n#tag printer\n#asset PX-9\n#time 0:30"
    )
    assert "P3 → P2" in week.hear(tess)[tess].text
    desk.reply(sent[ann], BEA, "It is the same on the second floor.")
    week.hear(ann, tess, vera)

    desk.mail(OLE, DESK, "VPN geht nicht", "Seit heute früh.")
    asked = week.hear(ole, tom, tom)[tom]
    desk.reply(asked, TOM, "#yes 1")
    vpn = week.hear(tom, nora)[nora]
    assert "Seit heute früh." in vpn.text
    return printer, sent[ann], vpn


def tuesday(week: Week, vpn: Received) -> Received:
    """What the house does not allow, what a request lacks, and one request too many."""
    desk = week.desk
    desk.advance(hours=20)
    desk.reply(vpn, NORA, "#close")
    assert "allowed are: pending closure" in " ".join(week.hear(nora)[nora].text.split())
    desk.reply(vpn, NORA, "Das Gateway läuft wieder.\n\n#status pending closure")
    done = week.hear(ole, nora)[ole]
    assert "Aus unserer Sicht ist alles erledigt." in done.text
    desk.reply(done, OLE, "Nein, noch nicht.")
    week.hear(nora)
    desk.reply(vpn, NORA, "Jetzt aber.")
    week.hear(ole)

    desk.mail(BEA, DESK, "Laptop for Max", "Type: New laptop\n\nMax begins on Monday.")
    got = week.hear(bea, tess)
    desk.reply(got[bea], BEA, "device: laptop\nVendor: lenovo")
    week.hear(tess)
    desk.reply(got[tess], TESS, "When shall I bring it?\n\n#pending")
    asked = week.hear(bea, tess)[bea]
    assert "we need an answer from you" in asked.text
    for title, technician in (("Monitor", tom), ("Chair", tess), ("Lamp", tom)):
        desk.mail(BEA, DESK, title, f"The {title} is broken.")
        week.hear(bea, technician)
    desk.mail(BEA, DESK, "Desk", "The desk is broken.")
    assert "You have 4 open requests" in week.hear(bea)[bea].text
    return asked


def wednesday(week: Week, laptop: Received) -> None:
    """Who keeps silent is warned, and what nobody answers closes."""
    desk = week.desk
    desk.advance(hours=25)
    warned = week.hear(bea, ole)
    assert "schließt sich von selbst am 5. März" in " ".join(warned[ole].text.split())
    desk.reply(laptop, BEA, "On Monday, please.")
    week.hear(tess)
    desk.advance(hours=24)
    closing = week.hear(ole, nora)[ole]
    assert desk.ticket(2).status == "closed"
    assert desk.ticket(3).status == "in progress"
    good, _, _ = links(closing)
    with browser() as client:
        assert client.get(local(desk, good)).status_code == 200
        client.post(local(desk, good), data={"choice": "good", "comment": "Schnell."})
    week.hear()
    desk.reply(closing, OLE, "Wieder weg.")
    week.hear(nora)
    assert desk.ticket(2).status == "reopened"


def thursday(week: Week, printer: Received, mine: Received) -> None:
    """One is away, one enters for another; two requests are one, and one is two."""
    desk = week.desk
    desk.reply(printer, TESS, "#away 2026-03-05..2026-03-06 deputy tom")
    assert "Deputy: Tom Tool" in week.hear(tess)[tess].text
    desk.reply(mine, ANN, "Is the drum there?")
    stand_in = week.hear(tom, vera, bea)[tom]
    desk.reply(stand_in, TOM, "It comes at noon.")
    week.hear(ann, vera, bea)
    desk.mail(TOM, DESK, "Phone", f"#for {ole} Ole Ost\n\nEr rief an: kein Ton.")
    phone = week.hear(ole, tom)[tom]
    desk.reply(phone, TOM, "#merge 4 anyway")
    assert "Anfrage 4" in week.hear(ole, tom)[ole].text
    desk.reply(phone, TOM, "#split 99")
    assert "has no words 99; it has: 15, 23" in week.hear(tom)[tom].text
    desk.reply(phone, TOM, "#split 23 Kein Ton")
    week.hear(ole, tom, tom)
    desk.reply(printer, TESS, "#back")
    week.hear(tess)


def friday(week: Week, printer: Received, mine: Received) -> None:
    """One problem with two faces; a burst, and people who want less mail; the end."""
    desk = week.desk
    desk.mail(ANN, DESK, "Mail is down", "No mail since ten.")
    problem = week.hear(ann, tom)[tom]
    desk.mail(OLE, DESK, "Keine Mail", "Seit zehn.")
    incident = week.hear(ole, tess)[tess]
    desk.reply(incident, TESS, "#incident of 10")
    week.hear(tess)
    desk.reply(problem, TOM, "It is back.\n\n#incidents\n#close all")
    refused = week.hear(tom)[tom]
    assert "is for its owner, Tess Tanner" in refused.text
    desk.reply(problem, TOM, "It is back.\n\n#incidents")
    assert week.hear(ann, ole, tess, tom)[ole].words == "It is back."
    desk.reply(problem, TOM, "#close")
    assert "#close all" in week.hear(ann, tom)[tom].text

    for words in ("One page.", "Two pages.", "Three pages."):
        desk.reply(printer, TESS, words)
        desk.settle()
    week.hear(ann, bea, vera)
    assert "Three pages." in week.hear(ann, bea, vera)[vera].text
    desk.reply(mine, ANN, "#digest daily\n#quiet 20:00-07:00")
    week.hear(ann)
    desk.reply(mine, BEA, "#mute")
    week.hear(bea)
    desk.reply(printer, TESS, "The drum is in.")
    week.hear(vera)
    desk.advance(hours=24)
    assert "The drum is in." in week.hear(ann)[ann].text

    desk.reply(printer, TESS, "All prints.\n\n#close: a new drum")
    closing = week.hear(ann, vera, tess)[ann]
    assert "In short: a new drum" in closing.text
    desk.reply(printer, TESS, "#lock")
    week.hear(tess)
    desk.reply(closing, ANN, "Stripes again.")
    assert "closed for good" in week.hear(ann, tom)[ann].text
    minutes = [words.minutes for words in desk.ticket(1).workunits if words.minutes]
    assert sum(minutes) == 30 + 9 * 15
    assert desk.ticket(1).status == "closed"


def test_a_week(open_desk: OpenDesk) -> None:
    week = Week(desk=open_desk(**tomllib.loads(HOUSE)))
    printer, mine, vpn = monday(week)
    wednesday(week, tuesday(week, vpn))
    thursday(week, printer, mine)
    friday(week, printer, mine)
    week.desk.expect_nothing_more()
