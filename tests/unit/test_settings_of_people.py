"""What the file says about people, and what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.access import Deed, Part
from bot.desk.assignment import Assignment
from bot.desk.people import Rights
from bot.errors import ConfigurationError
from bot.service.roster import rights_of
from bot.settings import Settings, load

TECHNICIANS = """
[[technicians]]
name = "Tess Tech"
address = "tess@example.org"

[[technicians]]
name = "Tom Tool"
address = "tom@example.org"
groups = ["Network"]
"""


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "replydesk.toml"
    file.write_text(TECHNICIANS + text)
    return load(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[groups]]\nname = "Support"\nleader = "tes@example.org"', "tess@example.org"),
        ('[[groups]]\nname = "Support"\nmanage = ["Tim Tool"]', "did you mean Tom Tool?"),
        (
            '[[companies]]\nname = "ACME"\n[[people]]\naddress = "a@b.example"\ncompany = "ACNE"',
            "ACME",
        ),
        ('[[people]]\naddress = "tess@example.org"', "belongs to two: Tess Tech and tess"),
        (
            '[[companies]]\nname = "A"\ndomains = ["x.example", "X.example"]',
            "x.example belongs to two: A and A",
        ),
        ('[access]\nclose = ["boss"]', "'owner'"),
        ('[[groups]]\nname = "Support"\nassign = "random"', "'round robin'"),
    ],
)
def test_a_name_that_leads_nowhere_is_answered_with_the_nearest(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ConfigurationError) as mistake:
        read(tmp_path, text)
    assert words in str(mistake.value)
    assert "replydesk.toml" in str(mistake.value)


def test_rights_come_from_groups_and_from_technicians(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        '[[groups]]\nname = "Support"\nleader = "Tess Tech"\nview = ["tom@example.org"]\n'
        'assign = "least open"\n[[groups]]\nname = "Network"\nmanage = ["Tom Tool"]',
    )
    tess, tom = settings.technicians
    assert rights_of(settings, tess) == {"Support": Rights.EDIT}, "no other group was asked for"
    assert rights_of(settings, tom) == {"Network": Rights.MANAGE, "Support": Rights.VIEW}
    assert settings.policy({"Support": 3}).group(3).assign is Assignment.LEAST_OPEN


def test_todays_form_goes_on_working(tmp_path: Path) -> None:
    settings = read(tmp_path, "")
    tess, tom = settings.technicians
    assert rights_of(settings, tess) == {"Service Desk": Rights.EDIT}
    assert rights_of(settings, tom) == {"Network": Rights.EDIT}


def test_leads_may_be_allowed_to_close(tmp_path: Path) -> None:
    settings = read(tmp_path, '[access]\nclose = ["owner", "leader"]')
    assert settings.policy().changes[Deed.CLOSE] == {Part.OWNER, Part.LEADER}
    assert settings.policy().changes[Deed.CHANGE_STATUS] == {Part.OWNER}


def test_companies_are_known_by_their_domains(tmp_path: Path) -> None:
    settings = read(tmp_path, '[[companies]]\nname = "ACME"\ndomains = ["Acme.example"]')
    assert settings.policy({}, {"ACME": 7}).companies["acme.example"].id == 7


def test_wishes_are_checked_and_told_from_what_is_not_said(tmp_path: Path) -> None:
    person = '[[people]]\naddress = "ann@customer.example"\n'
    settings = read(tmp_path, f'{person}digest = "off"\nquiet_hours = "off"\nlanguage = "de"\n')
    assert settings.people[0].wishes == {"digest": "", "quiet_hours": "", "language": "de"}
    assert settings.technicians[0].wishes == {}
    for wrong, hint in (
        ('digest = "weekly"', "hourly"),
        ('quiet_hours = "at night"', "22:00-07:00"),
        ('time_zone = "Mars"', "Europe/Berlin"),
    ):
        with pytest.raises(ConfigurationError, match=hint):
            read(tmp_path, f"{person}{wrong}\n")
