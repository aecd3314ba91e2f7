"""Every notification, in every language, in every turn: what it says and what it must not say."""

import itertools
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from bot.desk.notifications import TABLE, Facts
from bot.errors import ConfigurationError, NotFound
from bot.ports import Rendered
from templates.catalogue import HEADINGS, RATINGS, VALUES
from templates.check import sample
from templates.guard import NOTICES
from templates.macros import MACROS, expand
from templates.render import TemplateRenderer
from templates.words import WIDTH, clean_line, to_html, wrap

OUTWARD = sorted(name for name, notice in NOTICES.items() if not notice.staff)
STAFF = sorted(name for name, notice in NOTICES.items() if notice.staff)
SHIPPED = Path(str(files("templates")))
SECRET = "xyzzy"


@pytest.fixture(scope="module")
def renderer() -> TemplateRenderer:
    return TemplateRenderer()


def parts(rendered: Rendered) -> tuple[str, str, str]:
    return (rendered.subject, rendered.text, rendered.html)


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
    phrases |= {word.capitalize() for word in HEADINGS} | set(RATINGS)
    templates = [path for kind in ("txt", "html") for path in SHIPPED.rglob(f"*.{kind}")]
    phrases.update(*map(spoken, templates))
    with file.open("rb") as source:
        catalogue = {str(entry.id): str(entry.string) for entry in read_po(source) if entry.id}
    assert set(catalogue) == phrases
    for phrase, words in catalogue.items():
        assert words
        assert sorted(re.findall(r"%\(\w+\)s", phrase)) == sorted(re.findall(r"%\(\w+\)s", words))


# --- what they say ------------------------------------------------------------------------------


def test_a_reply_is_the_words_and_one_line(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("reply", language="en", facts=sample(attachments=()))
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
    for name in sorted(set(NOTICES) - {"new-ticket", "not-understood"}):
        rendered = renderer.render(name, language="de", facts=sample())
        assert rendered.subject == "Re: Printer on the second floor", name
    rendered = renderer.render("new-ticket", language="de", facts=sample())
    assert rendered.subject == "Printer on the second floor"


@pytest.mark.parametrize("name", STAFF)
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


def test_resolved_offers_the_five_links_only_when_there_are_any(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("resolved", language="en", facts=sample())
    for stars in range(1, 6):
        assert f'<a href="https://desk.example/rate/{stars}"' in rendered.html
        assert f": https://desk.example/rate/{stars}\n" in rendered.text
    rendered = renderer.render("resolved", language="en", facts=sample(ratings=()))
    assert "How did we do" not in rendered.text + rendered.html


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
    assert lead(owner_name="") == "Nobody has this any more"


# --- what they must not say ---------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTWARD)
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_unproven_author_hears_nothing_back(
    renderer: TemplateRenderer, name: str, language: str
) -> None:
    rendered = renderer.render(name, language=language, facts=written_by_a_stranger())
    assert SECRET not in "".join(parts(rendered))


@pytest.mark.parametrize("name", ["reply", "copy"])
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


def test_an_override_cannot_leak_either(tmp_path: Path) -> None:
    write(tmp_path, "acknowledgement/body.txt", "_incident_title_ {{ text }} {{ recipient_name }}")
    renderer = TemplateRenderer(tmp_path)
    rendered = renderer.render("acknowledgement", language="en", facts=written_by_a_stranger())
    assert SECRET not in rendered.text


# --- hostile words ------------------------------------------------------------------------------

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


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", sorted(NOTICES))
def test_hostile_words_stay_words(renderer: TemplateRenderer, name: str, words: str) -> None:
    facts = sample(
        desk_name=words, ticket_title=words, group_name=words, requester_name=words,
        owner_name=words, recipient_name=words, author_name=words, text=words,
        attachments=((words, 1),), changes=((words, words, words), ("status", words, words)),
        reason=words, failed_address=words, ticket_status=words,
    )  # fmt: skip
    rendered = renderer.render(name, language="de", facts=facts)
    assert len(rendered.subject.splitlines()) == 1
    assert len(rendered.subject) <= 250
    assert "<script" not in rendered.html
    assert rendered.html.count("</title>") == 1
    assert "".join(parts(rendered)).encode()


def test_a_title_that_looks_like_a_template_stays_literal(renderer: TemplateRenderer) -> None:
    rendered = renderer.render("reply", language="en", facts=sample(ticket_title="{{ 7*7 }}"))
    assert rendered.subject == "Re: {{ 7*7 }}"


# --- plain words as HTML and as text ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\ntwo", "one<br>\ntwo"),
        ("a   b", "a\u00a0  b"),
        ("see http://x.example/a?b=1&c=2.", 'see <a href="http://x.example/a?b=1&amp;c=2">'),
        ("(https://x.example/a)", '(<a href="https://x.example/a">https://x.example/a</a>)'),
        ("https://x.example/a_(b)", '<a href="https://x.example/a_(b)">'),
        (
            '"https://x.example/"onclick=x',
            '&#34;<a href="https://x.example/">https://x.example/</a>&#34;',
        ),
        ("**not bold** _nor this_", "**not bold** _nor this_"),
        ("> said\n> he", '">said<br>\nhe</blockquote>'),
        ("    x <= 1\n    y", '">    x &lt;= 1\n    y</pre>'),
    ],
)
def test_plain_text_looks_as_written(text: str, html: str) -> None:
    assert html in to_html(text)


def test_only_web_addresses_become_links() -> None:
    assert "<a" not in to_html("javascript://x data:text/html,x file:///etc/passwd ftp://x.example")


def test_long_lines_wrap_at_spaces() -> None:
    text = "word " * 40 + "https://x.example/" + "p" * 100 + " end"
    wrapped = wrap(text)
    assert wrapped.split() == text.split()
    assert all(len(line) <= WIDTH or "://" in line for line in wrapped.split("\n"))


@pytest.mark.parametrize("line", ["> " + "quoted " * 20, "    " + "code " * 20, "x" * 200])
def test_what_must_stay_whole_stays_whole(line: str) -> None:
    assert wrap(line) == line


def test_list_items_hang() -> None:
    first, second = wrap("- " + "item " * 16).split("\n")
    assert (first[:2], second[:3]) == ("- ", "  i")


def test_wide_scripts_wrap_by_columns() -> None:
    wrapped = wrap("印" * 100)
    assert [len(line) for line in wrapped.split("\n")] == [38, 38, 24]


def test_names_lose_what_deceives() -> None:
    assert clean_line("in\u202evoice\r\n.exe") == "in voice .exe"


# --- macros and overrides -----------------------------------------------------------------------


def write(folder: Path, name: str, source: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, "utf-8")
    return path


@pytest.mark.parametrize("macro", sorted(MACROS))
def test_every_macro_works_in_and_outside_a_tag(tmp_path: Path, macro: str) -> None:
    for name in ("body.txt", "body.html"):
        write(
            tmp_path,
            f"resolved/{name}",
            f"{macro}|{{% if {macro} %}}yes{{% endif %}}|{{# {macro} #}}",
        )
    rendered = TemplateRenderer(tmp_path).render("resolved", language="en", facts=sample())
    for part in (rendered.text, rendered.html):
        assert re.search(r"\S[^|]*\|yes\|", part)
        assert macro not in part


def test_macros_say_what_the_old_tool_said(tmp_path: Path) -> None:
    source = "_incident_id_, _incident_title_, _incident_status_, P_incident_priority_"
    write(tmp_path, "reply/body.txt", f"{source} (_incident_priority_), _wu_attachments_")
    rendered = TemplateRenderer(tmp_path).render("reply", language="de", facts=sample())
    assert rendered.text == (
        "42, Printer on the second floor, in Arbeit, P_incident_priority_ (2), test\n"
        "page.pdf (24\u00a0kB)\n"
    )


def test_words_that_only_resemble_macros_are_left_alone() -> None:
    assert expand("snake_case_name_ __init__ _x_ my_incident_id_", html=False) == (
        "snake_case_name_ __init__ _x_ my_incident_id_"
    )


def test_an_override_may_be_for_one_language(tmp_path: Path) -> None:
    write(tmp_path, "reply/body.de.txt", "Servus {{ recipient_name }}")
    write(tmp_path, "reply/body.txt", "Howdy {{ recipient_name }}")
    write(tmp_path, "reply/subject.txt", "\ufeff_incident_title_\n")
    write(tmp_path, "layout.html", "<html lang=en>{% block main %}{% endblock %}")
    renderer = TemplateRenderer(tmp_path)
    assert renderer.check() == ()
    assert renderer.render("reply", language="de", facts=sample()).text == "Servus Maria Lopez\n"
    rendered = renderer.render("reply", language="en", facts=sample())
    assert rendered.text == "Howdy Maria Lopez\n"
    assert rendered.subject == "Printer on the second floor"
    assert rendered.html.startswith("<html lang=en>")


def test_a_language_may_be_added_and_a_phrase_corrected(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    phrase = 'msgid "We could not read your message"\nmsgstr "{}"\n'
    write(tmp_path, "languages/fr.po", head + phrase.format("Illisible"))
    write(tmp_path, "languages/de.po", head + phrase.format("Unlesbar"))
    renderer = TemplateRenderer(tmp_path)
    assert renderer.languages == ("en", "de", "fr")
    assert renderer.check() == ()
    assert renderer.render("not-understood", language="fr", facts=sample()).subject == "Illisible"
    german = renderer.render("not-understood", language="de", facts=sample())
    assert german.subject == "Unlesbar"
    assert "Von Ihrer Adresse" in german.text


def test_trans_blocks_are_translated_and_escaped(tmp_path: Path) -> None:
    source = "{% trans name=author_name %}%{{ name }} writes{% endtrans %} {% trans %}Attached:{% endtrans %}"
    write(tmp_path, "reply/body.html", source)
    facts = sample(author_name="<Ann>")
    rendered = TemplateRenderer(tmp_path).render("reply", language="de", facts=facts)
    assert rendered.html == "%&lt;Ann&gt; writes Im Anhang:"


BROKEN = {
    "syntax": ("reply/body.txt", "\n{% if text %}", "line 2", "Jinja template"),
    "name": ("reply/body.txt", "a\n\n{{ tiket_number }}", "line 3", "did you mean «ticket_number»"),
    "branch": ("reply/body.html", "{% for x in 5 %}{% endfor %}", "line 1", "not iterable"),
    "include": ("reply/body.txt", "{% include 'foot.txt' %}", "line 1", "no template «foot.txt»"),
    "escape": ("reply/body.txt", "{% include '../../secret.txt' %}", "line 1", "no template"),
    "itself": ("reply/body.txt", "{% include 'reply/body.txt' %}", "line 1", "RecursionError"),
    "unsafe": ("reply/body.txt", "{{ text.__class__ }}", "line 1", "only use the names"),
    "zero": ("reply/subject.txt", "\n{{ 1 // 0 }}", "line 2", "ZeroDivisionError"),
    "filter": ("reply/body.txt", "{{ text | shout }}", "line 1", "No filter named 'shout'"),
    "macro": ("reply/body.txt", "\n_incident_colour_", "line 2", "_incident_colour_ is no macro"),
    "place": ("replies/body.txt", "Hello", "replies/body.txt", "no notification reads this file"),
    "language": ("reply/body.xx.txt", "Hello", "body.xx.txt", "no notification reads this file"),
    "layout": ("layout.txt", "{{ titel }}", "layout.txt, line 1", "known names are"),
    "catalogue": ("languages/de.po", "hello", "de.po", "gettext catalogue"),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_broken_override_names_file_line_and_what_is_expected(tmp_path: Path, case: str) -> None:
    name, source, line, expected = BROKEN[case]
    path = write(tmp_path, name, source)
    problems = TemplateRenderer(tmp_path).check()
    assert problems
    assert all(str(path) in problem for problem in problems)
    assert any(line in problem and expected in problem for problem in problems), problems


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    write(tmp_path, "reply/body.txt", "").write_bytes(b"Gr\xfc\xdfe")
    (problem,) = TemplateRenderer(tmp_path).check()
    assert str(tmp_path / "reply/body.txt") in problem
    assert "UTF-8" in problem


def test_a_broken_override_fails_the_render_with_a_configuration_error(tmp_path: Path) -> None:
    write(tmp_path, "reply/body.txt", "{{ nothing }}")
    with pytest.raises(ConfigurationError, match=r"body\.txt, line 1"):
        TemplateRenderer(tmp_path).render("reply", language="en", facts=sample())


def test_overrides_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected is a folder"):
        TemplateRenderer(tmp_path / "nowhere")
