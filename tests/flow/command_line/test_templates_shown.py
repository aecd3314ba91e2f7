"""Templates at the terminal: which there are, how they read, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flow.command_line.terminal import Say, write_configuration


def configured(folder: Path, **own: str) -> Path:
    file = write_configuration(folder)
    for name, source in own.items():
        path = folder / "own" / name.replace("__", "/").replace("_txt", ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    words = file.read_text().replace("[desk]", f'[desk]\ntemplates = "{folder}/own"', 1)
    file.write_text(words + '\n[[fields]]\nname = "Floor number"\n')
    return file


def test_a_preview_needs_no_desk(tmp_path: Path, say: Say) -> None:
    file = write_configuration(tmp_path)
    status, shown, _ = say("template", "preview", "reply", "--language", "de", file=file)
    assert status == 0
    assert shown.startswith("Subject: Re: Printer on the second floor\n\nThe new drum is in.\n")
    assert "Antworten Sie einfach auf diese Mail. Anfrage 42." in shown
    html = tmp_path / "reply.html"
    assert say("template", "preview", "update", "--out", html, file=file)[:2] == (0, "")
    assert html.read_text("utf-8").startswith("<!doctype html>")
    assert "Subject:" not in say("template", "preview", "update", "--text", file=file)[1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["repli"], "there is no notification «repli»; did you mean «reply»?"),
        (["reply", "--group", "Servce Desk"], "did you mean Service Desk?"),
        (["reply", "--language", "dd"], "there is no language dd; there are: en, de"),
        (["reply", "--html", "--text"], "contradict each other"),
        (["reply", "--person", "ann@customer.example"], "--person needs a --ticket"),
    ],
)
def test_mistakes_name_the_nearest(
    tmp_path: Path, say: Say, words: list[str], complaint: str
) -> None:
    status, shown, told = say("template", "preview", *words, file=write_configuration(tmp_path))
    assert (status, shown) == (1, "")
    assert complaint in told


def test_ones_own_templates_are_listed_and_checked(tmp_path: Path, say: Say) -> None:
    file = configured(
        tmp_path,
        reply__body_txt="_floor number_ {{ text }}",
        **{
            "groups__Service Desk__reply__body_txt": "Ours",
            "layout_txt": "{% block main %}{% endblock %}",
        },
    )
    listed = say("template", "list", file=file)[1]
    reply = next(line for line in listed.split("\n") if line.startswith("reply "))
    assert "groups/Service Desk/reply/body.txt, reply/body.txt" in reply
    assert "requester" in reply
    assert "layout.txt" in listed.split("\n")[-2]
    entries = json.loads(say("template", "list", "--json", file=file)[1])
    assert entries["shared"] == ["layout.txt"]
    assert say("template", "check", file=file)[:2] == (0, "All templates render, in en, de.\n")
    shown = say("template", "preview", "reply", file=file)[1]
    assert "17 The new drum is in." in shown, "a made-up value for a field of the desk"
    shown = say("template", "preview", "reply", "--group", "service desk", file=file)[1]
    assert shown.endswith("\n\nOurs\n\n")


def test_what_is_wrong_is_said_by_both_checks(tmp_path: Path, say: Say) -> None:
    file = configured(tmp_path, reply__body_txt="Hello\n{{ ticket_titel }} _flor number_")
    status, shown, _ = say("template", "check", file=file)
    assert status == 1
    assert "reply/body.txt, line 2: «ticket_titel» is no name" in shown
    assert "did you mean «ticket_title»?" in shown
    assert "did you mean «_Floor number_»?" in shown
    assert "did you mean «ticket_title»?" in say("check", file=file)[1]
    status, shown, told = say("template", "preview", "reply", file=file)
    assert (status, shown) == (78, "")
    assert "reply/body.txt, line 2" in told


def test_a_real_ticket_is_shown_as_its_reader_may_read_it(
    played: tuple[Path, str], say: Say
) -> None:
    file = played[0]
    shown = say("show", "1", file=file)[1]
    assert shown
    before = say("show", "1", "--why", file=file)[1]
    for notification in ("reply", "copy", "acknowledgement", "resolved"):
        status, words, told = say("template", "preview", notification, "--ticket", "1", file=file)
        assert (status, told) == (0, ""), notification
        assert "INTERNAL" not in words
    status, words, _ = say("template", "preview", "update", "--ticket", "1", file=file)
    assert status == 0
    assert "Your reply goes to" in words
    assert say("show", "1", "--why", file=file)[1] == before, "nothing is written or sent"
    status, _, told = say(
        "template", "preview", "reply", "--ticket", "1", "--person", "nobody@x.example", file=file
    )
    assert (status, "nobody has the address" in told) == (1, True)
    assert (
        "there is no ticket 999"
        in say("template", "preview", "reply", "--ticket", "999", file=file)[2]
    )
