"""A mistake in the configuration names the file, the key and what is expected."""

from __future__ import annotations

import json
import re
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bot.errors import ConfigurationError
from bot.settings import HttpSection, Settings, load

TREE = Path(__file__).resolve().parents[2]
MANUAL = (TREE / "docs" / "operations.md").read_text()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests is found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REPLYDESK_CONFIG", raising=False)


def write(folder: Path, text: str) -> Path:
    file = folder / "desk.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize("bomb", ["a = " + "[" * 50_000, "a=" + "{a=" * 5_000])
def test_what_stands_too_deep_is_a_mistake_like_any_other(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(ConfigurationError, match="too deep"):
        load(write(tmp_path, bomb))


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('[desk]\ntime_zone = "Berlin"', "desk.time_zone", "a time zone such as Europe/Berlin"),
        ("[desk]\ncolour = 1", "desk.colour", "no such key"),
        ('[[queues]]\naddress = "desk"', "queues.desk.address", "such as desk@example.org"),
        ('[[queues]]\ngroup = "x"', "queues.0.address", "required"),
        ('[[technicians]]\nname = "T"\naddress = "t <t@x>"', "technicians.T.address", "plain mail"),
        ("[[listeners]]\nport = 99999", "listeners.0.port", "less than or equal to 65535"),
        ('[[listeners]]\nprotocol = "http"', "listeners.0.protocol", "'smtp' or 'lmtp'"),
        ('[smtp_out]\ntls = "yes"', "smtp_out.tls", "'implicit', 'starttls', 'opportunistic'"),
        (
            '[closing]\nreopen_days = "long"',
            "closing.reopen_days",
            "expected a number, found 'long'",
        ),
        (
            '[[groups]]\nname = "A"\nassign = "roundrobin"',
            "groups.A.assign",
            "it must be 'nobody', 'leader', 'round robin' or 'least open', found 'roundrobin'; did you mean round robin?",
        ),
        ('[[groups]]\nname = "A"\nleadr = "T"', "groups.A.leadr", "did you mean leader?"),
        (
            '[[companies]]\nname = "A"\ndomains = "a.example"',
            "companies.A.domains",
            "a list such as",
        ),
        ('[satisfaction]\nenabled = "perhaps"', "satisfaction.enabled", "true or false"),
        ('[groups]\nname = "A"', "groups", "written [[groups]]"),
        ("[[closing]]\nreopen_days = 3", "closing", "written [closing]"),
        (
            '[[queues]]\naddress = "a@x.example"\n[[queues]]\naddress = "A@x.example"',
            "queues.a@x.example",
            "it stands there twice",
        ),
        (
            '[closing]\nresolution = "sloved"',
            "closing",
            "resolution: there is no resolution 'sloved'; did you mean solved or",
        ),
        (
            "[closing]\npending_user_hours = 24",
            "closing",
            "pending_user_hours: expected more than the 24 hours of warning_hours",
        ),
        (
            '[[groups]]\nname = "A"\nwarning_hours = 100',
            "groups.A.pending_closure_hours",
            "expected more than the 100 hours",
        ),
        (
            '[[status_maps]]\nname = "x"\nallowed.new = ["asigned"]',
            "status_maps.x.allowed.new",
            "there is no status 'asigned'; did you mean assigned?",
        ),
        (
            '[[status_maps]]\nname = "x"\nallowed.nwe = ["assigned"]',
            "status_maps.x.allowed.nwe",
            "there is no status 'nwe'; did you mean new?",
        ),
        (
            '[[status_maps]]\nname = "x"\ngroups = ["Service Dsk"]\nallowed.new = ["closed"]',
            "status_maps.x.groups",
            "there is no group 'Service Dsk'; did you mean Service Desk?",
        ),
        (
            '[[status_maps]]\nname = "x"\nallowed.new = ["closed"]\n'  # noqa: ISC004 - one file
            '[[status_maps]]\nname = "y"\nallowed.new = ["closed"]',
            "status_maps.y",
            "both 'x' and 'y' are for all tickets",
        ),
        (
            '[[status_maps]]\nname = "x"\ntypes = ["VPN", "VPN"]\nallowed.new = ["closed"]',
            "status_maps.x",
            "both 'x' and 'x' are for tickets of type 'VPN'",
        ),
        ('[[mailboxes]]\nname = "m"', "mailboxes.m.host", "required"),
        ('[http]\npublic_url = "desk.example.org"', "http.public_url", "https://desk.example.org"),
        ("[satisfaction]\ndays = 0", "satisfaction.days", "greater than or equal to 1"),
        (
            '[satisfaction]\ngroups_off = ["Servce Desk"]',
            "satisfaction",
            "groups_off: there is no group 'Servce Desk'; did you mean Service Desk?",
        ),
    ],
)
def test_a_mistake_names_file_key_and_expectation(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    line = next(line for line in str(caught.value).splitlines() if f" {key}: " in line)
    assert line.startswith(f"{file}: ")
    assert expected in line


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, '[desk]\ntime_zone = "X"\nname = 3\n[smtp_out]\nport = "p"')
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert len(str(caught.value).splitlines()) == 3


def test_text_that_is_no_toml_names_line_and_column(tmp_path: Path) -> None:
    file = write(tmp_path, "[desk\n")
    with pytest.raises(ConfigurationError, match=r"desk\.toml: .*line 1, column"):
        load(file)


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    file = write(tmp_path, "[smtp_out]\npassword = 12345678\n[[listeners]]\nusers = 87654321")
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert "12345678" not in str(caught.value)
    assert "87654321" not in str(caught.value)


@pytest.mark.parametrize("section", ["[mailboxes]", "[[smtp_out]]"])
def test_a_section_of_the_wrong_kind_shows_no_secret(tmp_path: Path, section: str) -> None:
    file = write(tmp_path, f'{section}\nhost = "mail.example.org"\npassword = "hunter2"')
    with pytest.raises(ConfigurationError) as caught:
        load(file)
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_a_mistake_only_when_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such configuration file"):
        load(tmp_path / "none.toml")
    assert load().model_dump() == Settings().model_dump()


def test_an_empty_file_is_a_valid_configuration(tmp_path: Path) -> None:
    assert load(write(tmp_path, "")).model_dump() == Settings().model_dump()


def test_the_file_is_found_where_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "replydesk.toml").write_text('[desk]\nname = "Here"')
    assert load().desk.name == "Here"


def test_variables_win_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, '[desk]\nname = "File"\nlanguage = "de"')
    monkeypatch.setenv("REPLYDESK_CONFIG", str(file))
    monkeypatch.setenv("REPLYDESK_DESK__NAME", "Variable")
    monkeypatch.setenv("REPLYDESK_QUEUES", '[{"address": "Help@Example.org"}]')
    settings = load()
    assert (settings.desk.name, settings.desk.language) == ("Variable", "de")
    assert settings.queues[0].address == "help@example.org"


@pytest.mark.parametrize(
    ("section", "url"),
    [
        ({}, ""),
        ({"host": "localhost"}, ""),
        ({"host": "0.0.0.0"}, ""),  # noqa: S104 - every address is none to put into a link
        ({"host": "192.0.2.7"}, "http://192.0.2.7:8025"),
        ({"host": "2001:db8::7", "port": 80}, "http://[2001:db8::7]:80"),
        ({"host": "desk.internal"}, "http://desk.internal:8025"),
        ({"public_url": "https://desk.example.org/help/"}, "https://desk.example.org/help"),
        ({"enabled": False, "public_url": "https://desk.example.org"}, ""),
    ],
)
def test_links_lead_only_where_others_reach_us(section: dict[str, Any], url: str) -> None:
    assert HttpSection(**section).reachable_url == url


# --- the manual ---------------------------------------------------------------------------------


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key with its default, as the manual names them."""
    for name, info in model.model_fields.items():
        inner = [info.annotation, *typing.get_args(info.annotation)]
        section = next((t for t in inner if isinstance(t, type) and issubclass(t, BaseModel)), None)
        if section is not None:
            yield from keys(section, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", info.get_default(call_default_factory=True)


def written(default: object) -> str:
    """A default as the manual writes it."""
    if default is PydanticUndefined:
        return "required"
    if default is None:
        return "none"
    if isinstance(default, Path):
        default = str(default)
    if isinstance(default, tuple):
        default = list(default)
    return f"`{json.dumps(default)}`"


def test_the_manual_has_every_key_with_its_default_and_no_other() -> None:
    rows = re.findall(
        r"^\| `([a-z_0-9]+(?:\.[a-z_0-9]+)+)` \| (.*?) \| (.*) \|$", MANUAL, re.MULTILINE
    )
    told = {key: default for key, default, _ in rows}
    # Workflow rules are tables of their own kind; docs/rules.md has their keys.
    known = {key: written(default) for key, default in keys(Settings) if key != "rules"}
    assert told == known
    assert all(meaning.endswith(".") for _, _, meaning in rows)


@pytest.mark.parametrize("document", ["README.md", "docs/operations.md"])
def test_every_example_of_a_configuration_can_be_loaded(tmp_path: Path, document: str) -> None:
    examples = re.findall(r"```toml\n(.*?)```", (TREE / document).read_text(), re.DOTALL)
    assert examples
    for example in examples:
        tomllib.loads(example)
        load(write(tmp_path, example))


def test_a_mistyped_section_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_SMPT_OUT__PASSWORD", "hush")
    with pytest.raises(ConfigurationError, match="REPLYDESK_SMPT_OUT__PASSWORD") as refused:
        load()
    assert "hush" not in str(refused.value)


def test_a_list_in_the_environment_that_is_no_json_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REPLYDESK_TRUST__RELAYS", "10.0.0.0/8")
    with pytest.raises(ConfigurationError, match=r"REPLYDESK_TRUST.*JSON"):
        load()
