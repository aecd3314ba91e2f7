"""An administrator's own templates: macros, languages, and what is said when one is broken."""

import re
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from templates.check import sample
from templates.macros import MACROS, expand
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
