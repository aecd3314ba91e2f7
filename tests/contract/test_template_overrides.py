"""An administrator's own templates: macros, languages, and what is said when one is broken."""

import re
from html import unescape
from importlib.resources import files
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import ConfigurationError
from templates import pages
from templates.check import sample
from templates.grammar import FILTERS
from templates.guard import NOTICES
from templates.macros import MACROS, Vocabulary
from templates.render import TemplateRenderer


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
    words = "snake_case_name_ __init__ _x_ my_incident_id_ _priority_two_ P_priority_"
    assert Vocabulary().expand(words, html=False) == words


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


def test_an_override_cannot_leak_either(tmp_path: Path) -> None:
    source = "_incident_title_ {{ text }} {{ recipient_name }} {{ attachment_list }}"
    write(tmp_path, "acknowledgement/body.txt", source)
    facts = sample(trusted=False, author_is_technician=False)
    rendered = TemplateRenderer(tmp_path).render("acknowledgement", language="en", facts=facts)
    assert not rendered.text.strip()


BROKEN = {
    "syntax": ("reply/body.txt", "\n{% if text %}", "line 2", "Jinja template"),
    "name": ("reply/body.txt", "a\n\n{{ tiket_number }}", "line 3", "did you mean «ticket_number»"),
    "branch": ("reply/body.html", "{% for x in 5 %}{% endfor %}", "line 1", "not iterable"),
    "include": ("reply/body.txt", "{% include 'foot.txt' %}", "line 1", "no template «foot.txt»"),
    "escape": ("reply/body.txt", "{% include '../../secret.txt' %}", "line 1", "no template"),
    "itself": ("reply/body.txt", "{% include 'reply/body.txt' %}", "line 1", "includes itself"),
    "unsafe": ("reply/body.txt", "{{ text.__class__ }}", "line 1", "only use the names"),
    "zero": ("reply/subject.txt", "\n{{ 1 // 0 }}", "line 2", "unable to calculate"),
    "filter": ("reply/body.txt", "{{ text | shout }}", "line 1", "No filter named 'shout'"),
    "test": ("reply/body.txt", "{% if text is uper %}{% endif %}", "line 1", "No test named"),
    "near filter": ("reply/body.txt", "{{ text | uper }}", "line 1", "did you mean «upper»"),
    "function": ("reply/body.txt", "\n{{ dat(at) }}", "line 2", "did you mean «date»"),
    "method": ("reply/body.txt", "{{ text.replace('a', 'b') }}", "line 1", "expected is a filter"),
    "safe": ("reply/body.html", "{{ text | safe }}", "line 1", "No filter named 'safe'"),
    "unescaped": (
        "reply/body.html",
        "{% autoescape false %}{{ text }}{% endautoescape %}",
        "line 1",
        "not available",
    ),
    "import": ("reply/body.txt", "{% import 'x.txt' as x %}", "line 1", "not available"),
    "field": ("reply/body.txt", "{{ fields['rom'] }}", "line 1", "did you mean «Room»"),
    "near macro": (
        "reply/body.txt",
        "_incident_titel_",
        "line 1",
        "did you mean «_incident_title_»",
    ),
    "field macro": ("reply/body.txt", "\n_floor numbr_", "line 2", "did you mean «_Floor number_»"),
    "plural": (
        "reply/body.txt",
        "{% trans %}a{% pluralize %}b{% endtrans %}",
        "line 1",
        "cannot stand here",
    ),
    "file": ("reply/body.txt", "{% include text %}", "line 1", "a file's name in quotation marks"),
    "fuel": (
        "reply/body.txt",
        "\n{% for i in range(9999) %}{% for j in range(9999) %}x{% endfor %}{% endfor %}",
        "line 2",
        "out of fuel",
    ),
    "output": (
        "reply/body.txt",
        "{% for i in range(5000) %}{{ '-' * 1000 }}{% endfor %}",
        "body.txt",
        "characters come out",
    ),
    "doubling": ("reply/body.txt", "{% set x = text %}\n{% set x = x ~ x %}", "line 2", "together"),
    "lists": ("reply/body.txt", "{% set x = [1] %}\n{% set x = [x, x] %}", "line 2", "together"),
    "times": ("reply/body.txt", "{{ text * 100000000 }}", "line 1", "product of constants"),
    "recursion": (
        "reply/body.txt",
        "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}",
        "line 1",
        "cannot call another",
    ),
    "widened": (
        "reply/body.txt",
        "{{ 'a\nb' | indent(999999999) }}",
        "body.txt",
        "characters come",
    ),
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
    renderer = TemplateRenderer(tmp_path, fields=("Room", "Floor number"))
    problems = renderer.check(groups=("Office", "Networks"))
    assert problems
    assert all(str(path) in problem for problem in problems)
    assert any(line in problem and expected in problem for problem in problems), problems


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    write(tmp_path, "reply/body.txt", "").write_bytes(b"Gr\xfc\xdfe")
    (problem,) = TemplateRenderer(tmp_path).check()
    assert str(tmp_path / "reply/body.txt") in problem
    assert "UTF-8" in problem


NOT_USED = [name for name in BROKEN if BROKEN[name][0].startswith("reply/")]
#: Mistakes that a mail can live with.
USED_ANYWAY = {"macro", "near macro", "field macro", "language"}


@pytest.mark.parametrize("case", sorted({*NOT_USED} - USED_ANYWAY))
def test_a_broken_override_loses_no_mail(tmp_path: Path, case: str) -> None:
    name, source, *_ = BROKEN[case]
    write(tmp_path, name, source)
    facts = sample()
    shipped = TemplateRenderer().render("reply", language="en", facts=facts)
    with capture_logs() as logs:
        assert TemplateRenderer(tmp_path).render("reply", language="en", facts=facts) == shipped
    assert [(entry["event"], entry["notification"]) for entry in logs] == [
        ("template failed", "reply")
    ]
    assert str(tmp_path / name) in logs[0]["reason"]


def test_overrides_must_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected is a folder"):
        TemplateRenderer(tmp_path / "nowhere")


# --- groups -------------------------------------------------------------------------------------


def test_a_groups_own_template_comes_before_the_desks(tmp_path: Path) -> None:
    write(tmp_path, "reply/body.de.txt", "Haus: {{ text }}")
    write(tmp_path, "reply/body.txt", "House")
    write(tmp_path, "groups/Networks/reply/body.txt", "Networks, {{ recipient_name }}")
    write(tmp_path, "groups/Networks/reply/body.de.txt", "Netze, {{ recipient_name }}")
    write(tmp_path, "groups/Second Level/layout.txt", "[{% block main %}{% endblock %}]")
    renderer = TemplateRenderer(tmp_path)
    assert renderer.check(groups=("Networks", "Second Level", "Office")) == ()

    def text(group: str, language: str, notification: str = "reply") -> str:
        facts = sample(group_name=group, text="It works.", background=(), attachments=())
        return renderer.render(notification, language=language, facts=facts).text

    assert text("Networks", "en") == "Networks, Maria Lopez\n"
    assert text("networks", "de-AT") == "Netze, Maria Lopez\n", "however the folder is spelled"
    assert text("Office", "en") == "House\n"
    assert text("Office", "de") == "Haus: It works.\n"
    assert text("Second Level", "de", "copy") == "[It works.\n]\n", "a shared part of its own"
    assert text("../Networks", "en") == "House\n"


def test_a_folder_of_no_group_is_named_with_the_nearest_group(tmp_path: Path) -> None:
    write(tmp_path, "groups/Netwroks/reply/body.txt", "Hello")
    (problem,) = TemplateRenderer(tmp_path).check(groups=("Office", "Networks"))
    assert str(tmp_path / "groups" / "Netwroks") in problem
    assert "did you mean «Networks»" in problem
    assert TemplateRenderer(tmp_path).check() == (), "nobody said which groups there are"


# --- what a template of one's own may use -------------------------------------------------------


def test_an_override_may_use_everything_that_is_shipped(tmp_path: Path) -> None:
    write(
        tmp_path,
        "update/body.html",
        """{% extends "staff.html" %}
{% block lead %}{{ _("%(name)s writes", name=author_name) }} {{ author_name | upper }}{% endblock %}
{% block words %}
{% for name, size_of in attachments %}{{ loop.index }}. {{ name }}: {{ size(size_of) }}{% endfor %}

{{ say(ticket_status) }} {{ value("status", ticket_status) }} {{ heading("owner") }} {{ date(at) }}
{{ rating('good') }} {{ re(ticket_title) }} {{ duration(minutes_used) }} {{ money(cost) }} {{ language }}
{{ "P" ~ ticket_priority }} {{ "-" * 5 }} {{ text | indent(2) | replace("drum", "<drum>") }}
{{ [requester_name, owner_name] | join(" & ") }}
{{ words_html }}{{ super() }}
{% endblock %}
""",
    )
    renderer = TemplateRenderer(tmp_path)
    assert renderer.check() == ()
    facts = sample(author_name="<Ann>", recipient_role="technician")
    html = renderer.render("update", language="de", facts=facts).html
    for words in ("&lt;Ann&gt; schreibt &lt;ANN&gt;", "1. test page.pdf: 24\u00a0kB", "in Arbeit in Arbeit",
                  "Zuständig 5. November 2026, 14:03", "Gut Re: Printer", "1:30 120,50 de", "P2 -----",
                  "new &lt;drum&gt; is", "Maria Lopez &amp; Sam Taylor",
                  '<p dir="auto" style="margin:0 0 1em">The new drum is in.</p>\n'):  # fmt: skip
        assert words in html, words
    assert html.count('<p dir="auto"') == 4, "its own words and those of the part that it extends"


def test_every_statement_and_filter_of_the_documentation_works(tmp_path: Path) -> None:
    write(
        tmp_path,
        "reply/body.txt",
        """{% macro both(a, b) %}{{ a }}&{{ b }}{{ caller() }}{% endmacro %}
{% call both("x", 1) %}!{% endcall %}
{% with n = 2 %}{{ n + 1 }}{% endwith %}
{% filter upper %}loud{% endfilter %}
{% raw %}{{ raw }}{% endraw %}
{% set pair %}{{ owner_name }}{{ group_name }}{% endset %}
{{ pair }}{% if not pair %}{% elif "a" in pair %}in{% else %}{% endif %}
""",
    )
    words = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    for name in FILTERS:
        assert f"`{name}`" in words, name
        given = {"items": "fields", "abs": "cost", "round": "cost", "int": "'1'", "float": "'1.5'"}
        given |= dict.fromkeys(("sum", "min", "max", "first", "last"), "[1, 2]")
        write(tmp_path, f"copy/{name}.txt", f"{{{{ {given.get(name, 'text')} | {name} }}}}")
    source = "\n".join(
        f"{{% include 'copy/{name}.txt' %}}" for name in FILTERS if name != "replace"
    )
    write(tmp_path, "copy/body.txt", source + "{{ text | replace('a', 'b') }}")
    (tmp_path / "copy" / "replace.txt").unlink()
    renderer = TemplateRenderer(tmp_path)
    assert renderer.check() == ()
    text = renderer.render("reply", language="en", facts=sample()).text
    assert squeezed(text) == "x&1!3LOUD{{ raw }}Sam TaylorOfficein"


def test_a_template_gets_copies_of_plain_values(tmp_path: Path) -> None:
    source = "{{ at }}|{{ changes[0] }}|{{ words_html }}|{{ fields }}|{{ none }}"
    write(tmp_path, "reply/body.html", source)
    facts = sample(text="<b>", fields=(("Room", "<17>"),), recipient_role="technician")
    rendered = TemplateRenderer(tmp_path, fields=("Floor", "Room")).render(
        "reply", language="en", facts=facts
    )
    assert unescape(rendered.html) == (
        "2026-11-05 14:03:00+00:00|['status', 'new', 'in progress']|"
        '<p dir="auto" style="margin:0 0 1em"><b></p>|'
        "{'Floor': '', 'Room': '<17>'}|None"
    )


def test_one_bad_file_spoils_what_is_made_of_it_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, "words.txt", "{{ nonsense }}")
    write(tmp_path, "languages/de.po", "hello")
    renderer = TemplateRenderer(tmp_path)
    faults = renderer.faults()
    assert any(str(path) in fault and "line 1" in fault for fault in faults)
    assert any("gettext catalogue" in fault for fault in faults)
    for language in ("en", "de"):
        for name in NOTICES:
            shipped = TemplateRenderer().render(name, language=language, facts=sample())
            assert renderer.render(name, language=language, facts=sample()) == shipped


def test_details_are_asked_for_by_those_who_speak_of_them(tmp_path: Path) -> None:
    assert not TemplateRenderer().wants_details
    write(tmp_path, "reply/body.txt", "{{ text }}")
    assert not TemplateRenderer(tmp_path).wants_details
    write(tmp_path, "reply/body.html", "_time_used_")
    assert TemplateRenderer(tmp_path).wants_details


@pytest.mark.parametrize("language", ["en", "de"])
def test_both_engines_show_the_same_pages(tmp_path: Path, language: str) -> None:
    layout = (Path(str(files("templates"))) / "pages" / "layout.html").read_text("utf-8")
    write(tmp_path, "pages/layout.html", layout)
    own = TemplateRenderer(tmp_path)
    for page, facts in pages.samples():
        shown = own.render_page_strictly(page, language=language, facts=facts)
        assert shown == TemplateRenderer().render_page(page, language=language, facts=facts)


def test_a_broken_page_is_named_and_shown_as_shipped(tmp_path: Path) -> None:
    path = write(tmp_path, "pages/notice.html", "\n{{ notise }}")
    renderer = TemplateRenderer(tmp_path)
    (problem,) = renderer.check()
    assert f"{path}, line 2" in problem
    assert "did you mean «notice»" in problem
    page, facts = next(pages.samples())
    with capture_logs() as logs:
        shown = renderer.render_page(page, language="de", facts=facts)
    assert shown == TemplateRenderer().render_page(page, language="de", facts=facts)
    assert [entry["event"] for entry in logs] == ["template failed"]


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --- the templates of an older tool -------------------------------------------------------------


def test_a_template_of_the_old_tool_reads_as_it_did(tmp_path: Path) -> None:
    write(
        tmp_path, "update/subject.txt", "[_sitename_] #_incident_id_ _incident_title_ (_status_)\n"
    )
    write(
        tmp_path,
        "update/body.txt",
        """Dear _fullname_ <_username_>,

_wu_user_ wrote in _incident_title_ (_group_, _type_tickets_):

_wu_text_

Opened by _author_ <_incident_author_email_> on _creation_timestamp_, changed _update_timestamp_.
Owner: _owner_ <_incident_owner_email_>, group <_incident_group_email_>, no. _id_group_.
Priority _name_priority_ (_id_priority_), _id_status_, _NAME_STATUS_, _name_resolution_/_resolution_.
Closed by _incident_closed_by_: _incident_epilog_
Time: _time_used_. Room: _Room_, floor: _floor NUMBER_, left: [_Not filled_].
First: _incident_main_text_
_access_url_
""",
    )
    renderer = TemplateRenderer(tmp_path, fields=("Room", "Floor number", "Not filled"))
    assert renderer.check() == ()
    facts = sample(
        recipient_role="technician", text="Done.", fields=(("Room", "17"), ("Floor number", "2"))
    )
    rendered = renderer.render("update", language="en", facts=facts)
    assert rendered.subject == (
        "[Example Service Desk] #42 Printer on the second floor (in progress)"
    )
    assert squeezed(rendered.text) == squeezed(
        """Dear Maria Lopez <maria@example.net>,
        Sam Taylor wrote in Printer on the second floor (Office, Hardware): Done.
        Opened by Maria Lopez <maria@example.net> on 4 November 2026, 09:20, changed
        5 November 2026, 14:03. Owner: Sam Taylor <sam@desk.example>, group <desk@desk.example>, no. 3.
        Priority P2 (2), in progress, in progress, solved/solved.
        Closed by Sam Taylor: The drum was worn out. Time: 1:30. Room: 17, floor: 2, left: [].
        First: The printer only makes grey pages. Can you help? https://desk.example/tickets/42
        """
    )
