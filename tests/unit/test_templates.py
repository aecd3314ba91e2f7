"""Every notification, in every language, in every turn: what it says and what it must not say."""

import itertools
import re
from dataclasses import fields, replace
from html import unescape
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from bot.desk.facts import Entry, Facts
from bot.desk.notifications import TABLE
from bot.desk.ticket import Status
from bot.errors import NotFound
from bot.ports import Rendered
from templates import pages
from templates.catalogue import HEADINGS, RATINGS, VALUES, Catalogue
from templates.check import entry, sample, samples, section, several
from templates.context import NAMES
from templates.guard import NOTICES, guard
from templates.macros import MACROS, Vocabulary
from templates.render import TemplateRenderer
from templates.shelf import Shelf
from templates.words import WIDTH

OUTWARD = sorted(name for name, notice in NOTICES.items() if not notice.staff)
STAFF = sorted(name for name, notice in NOTICES.items() if notice.staff)
SHIPPED = Path(str(files("templates")))
SECRET = "xyzzy"

HOSTILE = [
    "{{ 7*7 }}{% raw %}",
    "<script>alert(1)</script>",
    "100% %(name)s %s",
    "a\r\nBcc: x@example.org\r\n\r\nbody",
    "\x00\x1b[31m\u202egpj.exe\u2028x\x85y\ud800",
    "_incident_id_ _foo_bar_",
    "\"' onmouseover=x &amp; </title></p>",
    "x" * 5000,
    "",
]


@pytest.fixture(scope="module")
def renderer() -> TemplateRenderer:
    return TemplateRenderer()


def parts(rendered: Rendered) -> tuple[str, str, str]:
    return (rendered.subject, rendered.text, rendered.html)


def _by_a_stranger() -> Entry:
    return entry(
        author_name=f"{SECRET} author",
        by_technician=False,
        text=f"{SECRET} words",
        html=f"<p>{SECRET} words</p>",
        attachments=((f"{SECRET}.pdf", 10),),
        trusted=False,
    )


def written_by_a_stranger() -> Facts:
    """Facts in which everything that an unproven author chose carries the secret."""
    return sample(
        ticket_title=f"{SECRET} title",
        requester_name=f"{SECRET} requester",
        recipient_name=f"{SECRET} recipient",
        author_name=f"{SECRET} author",
        text=f"{SECRET} words",
        html=f"<p>{SECRET} words</p>",
        attachments=((f"{SECRET}.pdf", 10),),
        changes=(("title", f"{SECRET} before", f"{SECRET} after"),),
        reason=f"{SECRET} reason",
        failed_address=f"{SECRET}@example.net",
        author_is_technician=False,
        trusted=False,
        entries=(_by_a_stranger(), _by_a_stranger()),
        sections=(
            section(
                trusted=False,
                ticket_title=f"{SECRET} title",
                entries=(_by_a_stranger(),),
                changes=(("title", "", f"{SECRET} after"),),
            ),
        ),
    )


# --- the whole table ----------------------------------------------------------------------------


def test_every_notification_of_the_desk_has_a_template() -> None:
    assert {row.notification for row in TABLE} <= set(NOTICES)


def test_everything_renders_and_no_template_file_is_left_unread() -> None:
    renderer = TemplateRenderer()
    html = "<p>The drum is <b>in</b>.</p>"
    for name, language, trusted, words, attachments in itertools.product(
        NOTICES, renderer.languages, (True, False), (None, html), ((), (("a.pdf", 1),))
    ):
        facts = sample(trusted=trusted, html=words, attachments=attachments)
        rendered = renderer.render(name, language=language, facts=facts)
        assert rendered.subject
        assert not re.search(r"[\r\n]", rendered.subject)
        assert rendered.text.endswith("\n")
        assert rendered.html.startswith(f'<!doctype html>\n<html lang="{language}"')
        assert rendered.html.rstrip().endswith("</html>")
        assert "<script" not in rendered.html
        assert all(len(line) <= WIDTH or "://" in line for line in rendered.text.splitlines()), (
            rendered.text
        )
        assert "\n\n\n" not in rendered.text
    for language in renderer.languages:
        for page, shown in pages.samples():
            html = renderer.render_page(page, language=language, facts=shown)
            assert html.startswith(f'<!doctype html>\n<html lang="{language}"')
    for name, language in itertools.product(NOTICES, renderer.languages):
        rendered = renderer.render(name, language=language, facts=several())
        assert all(len(line) <= WIDTH or "://" in line for line in rendered.text.splitlines())
        assert "\n\n\n" not in rendered.text, rendered.text
    there = {str(path) for kind in ("txt", "html") for path in SHIPPED.rglob(f"*.{kind}")}
    assert there == renderer.files_read()


def test_the_shipped_templates_have_no_problem(renderer: TemplateRenderer) -> None:
    assert renderer.check() == ()


def test_an_unknown_notification_is_not_found(renderer: TemplateRenderer) -> None:
    with pytest.raises(NotFound):
        renderer.render("../render", language="en", facts=sample())


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("de", "Wir konnten"),
        ("de-AT", "Wir konnten"),
        ("DE_ch", "Wir konnten"),
        ("", "We could"),
        ("tlh", "We could"),
        ("../de", "We could"),
        ("en-GB", "We could"),
    ],
)
def test_the_nearest_language_is_taken(
    renderer: TemplateRenderer, asked: str, subject: str
) -> None:
    rendered = renderer.render("not-understood", language=asked, facts=sample())
    assert rendered.subject.startswith(subject)


def spoken(path: Path) -> set[str]:
    """The phrases of one template that a catalogue must know."""
    options = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
    with path.open("rb") as source:
        found = babel_extract(source, ("_", "gettext"), (), options)
        phrases = (phrase[0] if isinstance(phrase, tuple) else phrase for _, _, phrase, _ in found)
        return {phrase for phrase in phrases if phrase}


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("languages/*.po")), ids=lambda file: file.stem)
def test_a_catalogue_has_every_phrase_and_no_other(file: Path) -> None:
    phrases = {word for words in VALUES.values() for word in words}
    phrases |= {word.capitalize() for word in HEADINGS} | set(RATINGS.values())
    templates = [path for kind in ("txt", "html") for path in SHIPPED.rglob(f"*.{kind}")]
    phrases.update(*map(spoken, templates))
    with file.open("rb") as source:
        catalogue = {str(entry.id): str(entry.string) for entry in read_po(source) if entry.id}
    assert set(catalogue) == phrases
    for phrase, words in catalogue.items():
        assert words
        assert sorted(re.findall(r"%\(\w+\)s", phrase)) == sorted(re.findall(r"%\(\w+\)s", words))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", sorted(NOTICES))
def test_both_engines_say_the_same(name: str, language: str) -> None:
    """A desk's own template may extend and include any shipped one, so those keep to what both know."""
    catalogue, vocabulary = Catalogue((SHIPPED,)), Vocabulary()
    shelf = Shelf(language, (SHIPPED,), catalogue=catalogue, vocabulary=vocabulary)
    ours = shelf.prepare(name, fields=(), faults={})
    bounded = shelf.prepare(name, fields=(), faults={}, bounded=True)
    assert not ours.own
    for facts in samples():
        safe = guard(NOTICES[name], facts)
        assert bounded.render(safe, language) == ours.render(safe, language)


# --- what they say ------------------------------------------------------------------------------


def test_a_reply_is_the_words_and_one_line(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("reply", language="en", facts=sample(attachments=(), background=()))
    assert rendered.subject == "Re: Printer on the second floor"
    assert rendered.text == (
        "The new drum is in.\n\nPlease print a page and tell me how it looks.\n\n"
        "-- \nJust reply to this mail. Request 42.\n"
    )


def test_an_acknowledgement_repeats_the_title_of_a_proven_author(
    renderer: TemplateRenderer,
) -> None:
    rendered = renderer.render("acknowledgement", language="en", facts=sample())
    assert "Re: Printer on the second floor" in rendered.subject
    assert "“Printer on the second floor”" in rendered.html


def test_an_acknowledgement_to_an_unproven_author_is_neutral(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("acknowledgement", language="en", facts=sample(trusted=False))
    assert rendered.subject == "We have received your request (42)"


def test_new_tickets_start_a_thread_and_the_rest_keeps_it(renderer: TemplateRenderer) -> None:
    others = {"answer", "digest", "new-ticket", "not-understood", "rated"}
    for name in sorted(set(NOTICES) - others):
        rendered = renderer.render(name, language="de", facts=sample())
        assert rendered.subject == "Re: Printer on the second floor", name
    rendered = renderer.render("new-ticket", language="de", facts=sample())
    assert rendered.subject == "Printer on the second floor"
    rendered = renderer.render("answer", language="de", facts=sample())
    assert rendered.subject == "Re: #tickets printer"


def test_a_notice_of_held_mail_says_what_is_claimed_and_how_to_decide(
    renderer: TemplateRenderer,
) -> None:
    facts = sample(recipient_role="technician", reason="nothing proves it", author_name="Eve <e@x>")
    for part in parts(renderer.render("held", language="en", facts=facts))[1:]:
        said = " ".join(unescape(part).split())
        for word in ("claims to come from Eve <e@x>", "nothing proves it", "NOT PROVEN",
                     "The new drum is in.", "in all: 3", "#accept 57", "#new 57", "#drop 57",
                     "stays among colleagues"):  # fmt: skip
            assert word in said, word
        assert "#trust" not in said, "it claims to be a technician, who must be proven"


def test_a_held_mail_without_an_author_is_accepted_with_one(renderer: TemplateRenderer) -> None:
    facts = sample(author_name="", author_is_technician=False, text="#close\n#accept 57")
    rendered = renderer.render("held", language="en", facts=facts)
    assert "#accept 57 address –" in rendered.text
    assert "> #close\n> #accept 57\n" in rendered.text, "its own words stay quoted"


@pytest.mark.parametrize(
    "name", sorted({*STAFF} - {"held", "rated", "rule-suggestion", "rule-stopped"})
)
def test_staff_read_who_what_and_how_to_answer(renderer: TemplateRenderer, name: str) -> None:
    facts = sample(trusted=False, recipient_role="technician")
    for part in parts(renderer.render(name, language="en", facts=facts))[1:]:
        said = " ".join(part.split())
        for word in ("Maria Lopez", "Priority 2", "sender not verified", "The new drum is in.",
                     "test page.pdf", "#internal", "#close", "#assign", "#priority", "#cc"):  # fmt: skip
            assert word in said, word


def test_internal_words_are_marked_for_staff(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("update", language="en", facts=sample(visibility="internal"))
    assert rendered.text.startswith("INTERNAL note by Sam Taylor")
    assert "INTERNAL note by Sam Taylor" in rendered.html


def test_resolved_offers_the_links_only_when_there_are_any(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("resolved", language="en", facts=sample())
    for choice, words in (("good", "Good"), ("bad", "Bad")):
        link = f"https://desk.example/rate/p.1?choice={choice}"
        assert f'<a href="{link}"' in rendered.html
        assert f"{words}: {link}\n" in rendered.text
    assert "own words: https://desk.example/rate/p.1\n" in rendered.text
    rendered = renderer.render("resolved", language="en", facts=sample(ratings=()))
    assert "How did we do" not in rendered.text + rendered.html


@pytest.mark.parametrize("name", sorted(set(NOTICES) - {"rated"}))
def test_no_other_mail_tells_what_a_requester_thought(name: str) -> None:
    told = guard(NOTICES[name], sample(opinion="bad", opinion_comment=SECRET))
    assert (told.opinion, told.opinion_comment) == ("", "")


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words_on_the_page(renderer: TemplateRenderer, words: str) -> None:
    for page, facts in pages.samples():
        shown = replace(facts, desk_name=words, ticket_title=words, comment=words)
        html = renderer.render_page(page, language="de", facts=shown)
        assert "<script" not in html
        assert html.count("</title>") == html.count("</style>") == 1
        assert "onmouseover=x &" not in html.replace("&#39; onmouseover=x &amp;amp;", "")


def test_done_lists_the_changes_in_the_readers_language(renderer: TemplateRenderer) -> None:
    facts = sample(changes=(("status", "new", "closed"), ("owner", "Ann", ""), ("SLA", "", "gold")))
    rendered = renderer.render("done", language="de", facts=replace(facts, reason=""))
    assert "- Status: neu → geschlossen\n- Zuständig: Ann → keine\n- SLA: gold\n" in rendered.text
    rendered = renderer.render("done", language="de", facts=replace(facts, changes=()))
    assert rendered.text.startswith("Nicht erledigt: 550")


def test_assigned_says_whose_it_is(renderer: TemplateRenderer) -> None:
    def lead(**changes: object) -> str:
        return renderer.render("assigned", language="en", facts=sample(**changes)).text.split("\n")[
            0
        ]

    assert lead(recipient_name="Sam Taylor") == "This is yours now"
    assert lead(recipient_name="Sam Taylor", author_name="Ann") == "Ann gave you this"
    assert lead(recipient_name="Ann") == "Sam Taylor has this now"
    assert lead(owner_name="") == "Nobody has this now"


@pytest.mark.parametrize(
    ("language", "status", "said"),
    [
        (
            "en",
            "pending user",
            "We are waiting for your answer about “Printer on the second floor”.",
        ),
        ("en", "pending closure", "We believe that “Printer on the second floor” is done."),
        ("de", "pending user", "Wir warten auf Ihre Antwort zu „Printer on the second floor“."),
        ("de", "pending closure", "Wir halten „Printer on the second floor“ für erledigt."),
    ],
)
def test_a_warning_says_what_is_missing_and_when_it_closes(
    renderer: TemplateRenderer, language: str, status: str, said: str
) -> None:
    facts = sample(ticket_status=status)
    for part in parts(renderer.render("closing-soon", language=language, facts=facts))[1:]:
        words = " ".join(unescape(part).split())
        assert said in words
        assert (
            "6 November 2026, 14:03" if language == "en" else "6. November 2026, 14:03"
        ) in words


def test_a_closing_mail_says_how_it_ended(renderer: TemplateRenderer) -> None:
    def lead(language: str, **changes: object) -> str:
        facts = sample(text="", html=None, attachments=(), **changes)
        rendered = renderer.render("resolved", language=language, facts=facts)
        return " ".join(rendered.text.split("How did")[0].split("Wie")[0].split())

    assert "is resolved." in lead("en")
    assert "In short: The drum was worn out." in lead("en")
    assert "is closed (missing data)." in lead("en", resolution="missing data")
    assert "ist abgeschlossen (Angaben fehlen)." in lead("de", resolution="missing data")
    assert "(our own word)" in lead("de", resolution="our own word")
    assert "is cancelled." in lead("en", ticket_status="cancelled", resolution="withdrawn")
    assert "Your request is cancelled." in lead("en", ticket_status="cancelled", ticket_title="")


# --- what they must not say ---------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTWARD)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_unproven_author_hears_nothing_back(
    renderer: TemplateRenderer, name: str, language: str
) -> None:
    rendered = renderer.render(name, language=language, facts=written_by_a_stranger())
    assert SECRET not in "".join(parts(rendered))


@pytest.mark.parametrize("name", ["reply", "copy", "resolved"])
def test_a_technicians_answer_to_an_unproven_request_keeps_its_words(
    renderer: TemplateRenderer, name: str
) -> None:
    facts = sample(trusted=False, ticket_title=SECRET, requester_name=SECRET, recipient_name=SECRET)
    rendered = renderer.render(name, language="en", facts=facts)
    assert "The new drum is in." in rendered.text
    assert SECRET not in "".join(parts(rendered))
    assert rendered.subject == "Your request (42)"


def test_a_message_that_was_not_understood_is_not_repeated(renderer: TemplateRenderer) -> None:
    facts = replace(written_by_a_stranger(), trusted=True)
    rendered = renderer.render("not-understood", language="en", facts=facts)
    assert SECRET not in "".join(parts(rendered))
    assert "42" not in rendered.text


@pytest.mark.parametrize("visibility", ["internal", "private"])
def test_internal_words_never_go_out(renderer: TemplateRenderer, visibility: str) -> None:
    facts = sample(visibility=visibility, text=SECRET, html=SECRET)
    for name in ("reply", "copy"):
        with pytest.raises(ValueError, match="must not be sent"):
            renderer.render(name, language="en", facts=facts)
    for name in ("acknowledgement", "resolved", "done"):
        rendered = renderer.render(name, language="en", facts=facts)
        assert SECRET not in "".join(parts(rendered))


#: Facts that no outsider has a hand in: the desk's own names, numbers and states.
THE_DESKS_OWN = {
    *("desk_name", "ticket_status", "group_name", "owner_name", "recipient_role"),
    *("ticket_kind", "ticket_type", "resolution", "closed_by_name", "owner_address"),
    *("group_address", "access_url", "told_status"),
    *("ratings", "rating_page"),  # signed links
    *("wanted", "limit_kind", "rule_name"),
    "recipient_address",  # the receiver's own, to which the mail goes
}


def spoilt(name: str, kind: str) -> Facts:
    """Facts of an unproven author in which one fact carries the secret."""
    facts = sample(trusted=False, author_is_technician=False)
    one: object = SECRET
    if kind.startswith("tuple"):
        flat = kind.count("[") == 1
        one = (SECRET,) if flat else ((SECRET, *([SECRET] * kind.partition("]")[0].count(","))),)
    return replace(facts, **{name: one})  # type: ignore[arg-type]  # of the fact's own type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (f.name, str(f.type))
        for f in fields(Facts)
        if "str" in str(f.type) and f.name != "visibility"
    ],
)
def test_no_fact_repeats_an_unproven_author(name: str, kind: str) -> None:
    """Whatever a template says: the guard must know every new fact, or the list above."""
    for notice in OUTWARD:
        said = SECRET in repr(guard(NOTICES[notice], spoilt(name, kind)))
        assert not said or name in THE_DESKS_OWN, notice


def test_people_outside_do_not_read_what_a_rule_saw() -> None:
    for notice in NOTICES.values():
        facts = guard(notice, sample(recipient_role="requester"))
        assert bool(facts.rule_saw and facts.rule_wants) is notice.staff, notice.name


def test_a_suggestion_says_what_was_seen_what_is_wanted_and_how_to_answer(
    renderer: TemplateRenderer,
) -> None:
    facts = sample(recipient_role="technician")
    for part in parts(renderer.render("rule-suggestion", language="en", facts=facts))[1:]:
        said = " ".join(unescape(part).split())
        for word in ("VPN to network", "title is VPN is down (matches (?i)vpn)",
                     "set group to Network", "#yes 12", "#no 12", "stays among colleagues"):  # fmt: skip
            assert word in said, word


def test_a_stopped_rule_says_why_and_where_to_look(renderer: TemplateRenderer) -> None:
    facts = sample(recipient_role="technician", reason="there were 20 deeds already")
    for part in parts(renderer.render("rule-stopped", language="en", facts=facts))[1:]:
        said = " ".join(unescape(part).split())
        for word in ("VPN to network", "there were 20 deeds already", "workflow hits --ticket 42"):
            assert word in said, word


def test_people_outside_read_no_cost() -> None:
    for notice in NOTICES.values():
        facts = sample(cost=12_050, recipient_role="requester")
        assert guard(notice, facts).cost == (12_050 if notice.staff else 0), notice.name


def test_internal_words_never_go_out_among_others(renderer: TemplateRenderer) -> None:
    note = entry(text=SECRET, visibility="internal")
    facts = sample(entries=(entry(), note), sections=(section(entries=(note, entry())),))
    for name in OUTWARD:
        rendered = renderer.render(name, language="en", facts=facts)
        assert SECRET not in "".join(parts(rendered)), name
    for name in ("reply", "copy"):
        with pytest.raises(ValueError, match="must not be sent"):
            renderer.render(name, language="en", facts=replace(facts, visibility="internal"))


def test_a_technician_sees_at_each_message_who_may_read_it(renderer: TemplateRenderer) -> None:
    facts = sample(entries=(entry(), entry(text="Psst.", visibility="internal")))
    rendered = renderer.render("update", language="en", facts=facts)
    assert rendered.text.startswith("2 new messages")
    assert "INTERNAL – only colleagues see it\n\nPsst." in rendered.text
    assert rendered.text.index("The new drum is in.") < rendered.text.index("INTERNAL")


@pytest.mark.parametrize("status", sorted(Status))
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_status_is_told_in_human_words(
    renderer: TemplateRenderer, status: Status, language: str
) -> None:
    facts = sample(text="", attachments=(), background=(), told_status=status)
    rendered = renderer.render("status", language=language, facts=facts)
    assert "Printer on the second floor" in rendered.text
    if status.value.startswith("pending"):
        assert status.value not in rendered.text


def test_a_digest_has_an_address_for_answers_to_each_request(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("digest", language="de", facts=several())
    assert rendered.subject == "Neues zu 3 Anfragen"
    assert "mailto:desk+t.16.9.k2abc@desk.example?subject=Re%3A%20Printer" in rendered.html
    assert rendered.text.count("desk+t.16.9.k2abc@desk.example") == 3
    assert "INTERN" in rendered.text


# --- hostile words ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", sorted(NOTICES))
def test_hostile_words_stay_words(renderer: TemplateRenderer, name: str, words: str) -> None:
    facts = sample(
        desk_name=words, ticket_title=words, group_name=words, requester_name=words,
        owner_name=words, recipient_name=words, author_name=words, text=words,
        attachments=((words, 1),), changes=((words, words, words), ("status", words, words)),
        reason=words, failed_address=words, ticket_status=words, told_status=words,
        entries=(entry(author_name=words, text=words, html=None, attachments=((words, 1),)),),
        sections=(section(ticket_title=words, entries=(entry(author_name=words, text=words),)),),
    )  # fmt: skip
    rendered = renderer.render(name, language="de", facts=facts)
    assert len(rendered.subject.splitlines()) == 1
    assert len(rendered.subject) <= 250
    assert "<script" not in rendered.html
    assert rendered.html.count("</title>") == 1
    assert "".join(parts(rendered)).encode()


def test_a_title_with_prefixes_gets_exactly_one(renderer: TemplateRenderer) -> None:
    facts = sample(ticket_title="AW: Re: Fwd: printer")
    assert renderer.render("reply", language="en", facts=facts).subject == "Re: printer"


def test_a_title_that_looks_like_a_template_stays_literal(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("reply", language="en", facts=sample(ticket_title="{{ 7*7 }}"))
    assert rendered.subject == "Re: {{ 7*7 }}"


def test_the_documentation_lists_every_macro_notification_and_name() -> None:
    words = (SHIPPED.parent / "docs" / "templates.md").read_text("utf-8")
    for macro, meaning in MACROS.items():
        expected = "satisfaction" if macro == "_ticket_satisfaction_" else f"`{meaning.expression}`"
        assert re.search(rf"\| `{macro}` \| .*{re.escape(expected)}", words), macro
    for name in (*NOTICES, *NAMES):
        assert re.search(rf"`{name}[`(]", words), name
