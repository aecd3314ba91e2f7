"""The configuration changes under a running service: what is good takes effect, the rest does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.config_file import change, take_out
from bot.errors import ConfigurationError
from bot.service import Core
from bot.settings import load
from tests.flow.conftest import OpenDesk
from tests.flow.desk import ANN, DESK, RunningDesk

GOOD = """
[limits]
copies_per_ticket = 3
[[queues]]
address = "{desk}"
[[technicians]]
name = "Tess Tech"
address = "tess@example.org"
[[groups]]
name = "Service Desk"
open_tickets = 1
limits_forced = true
"""


class Watched:
    """A running desk whose service looks at a file."""

    def __init__(self, desk: RunningDesk, file: Path) -> None:
        self.desk, self.file = desk, file
        self.fixed = file.read_text()

    def write(self, text: str) -> bool:
        """Change the file and let the service look; True when something took effect."""
        self.file.write_text(self.fixed + text)
        return self.desk.thread.service.look_at_configuration(anyway=True)

    @property
    def core(self) -> Core:
        return self.desk.core


@pytest.fixture
def watched(open_desk: OpenDesk, tmp_path: Path) -> Watched:
    desk = open_desk()
    file = tmp_path / "replydesk.toml"
    section = desk.core.settings.desk
    file.write_text(
        f'[desk]\nname = "Example Desk"\ndata = "{section.data}"\ndatabase = "{section.database}"\n'
        '[trust]\nrelays = ["127.0.0.1/32"]\nauthserv_ids = ["mx.example.org"]\n'
        f'[smtp_out]\nhost = "{desk.sink.host}"\nport = {desk.sink.port}\ntls = "none"\n'
    )
    desk.thread.service.watch(file)
    return Watched(desk, file)


def numbers(core: Core) -> list[int]:
    found = core.database.read(lambda uow: uow.configurations.all(limit=99))
    return [one.id for one in found]


def test_what_is_good_takes_effect_at_once_and_is_numbered(watched: Watched) -> None:
    assert numbers(watched.core) == [1]
    assert watched.write(GOOD.format(desk=DESK))
    assert numbers(watched.core) == [2, 1]
    desk = watched.desk
    desk.mail(ANN, DESK, "One", "One broke.")
    desk.mail(ANN, DESK, "Two", "Two broke.")
    desk.settle()
    assert desk.ticket(2).status == "cancelled", "the new limit counts"
    assert desk.ticket(2).events[0].configuration_id == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits]\ncopies_per_tiket = 3", "did you mean copies_per_ticket?"),
        ("[limits\n", "line"),
        ('[sealed]\npgp_keys = "/nowhere"\n', "sealed"),
        ('[[types]]\nname = "Laptop"\ngroups = ["Suport"]', "is no group"),
    ],
)
def test_a_mistake_changes_nothing_and_is_said(
    watched: Watched, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watched.write(GOOD.format(desk=DESK))
    before = watched.core.database.policy
    assert not watched.write(
        GOOD.format(desk=DESK).replace("[limits]\ncopies_per_ticket = 3", "") + text
    )
    assert words in capsys.readouterr().err
    assert watched.core.database.policy is before
    assert numbers(watched.core) == [2, 1]
    watched.desk.mail(ANN, DESK, "One", "One broke.")
    watched.desk.expect(to="ann@customer.example")


def test_a_new_address_is_answered_for_without_a_restart(watched: Watched) -> None:
    more = GOOD.format(desk=DESK) + '[[queues]]\naddress = "it@example.org"\ngroup = "IT"\n'
    watched.write(more)
    watched.desk.mail(ANN, "it@example.org", "One", "One broke.")
    watched.desk.expect(to="ann@customer.example")


def test_the_same_content_keeps_its_number(watched: Watched) -> None:
    watched.write(GOOD.format(desk=DESK))
    assert not watched.write("# a remark\n" + GOOD.format(desk=DESK))
    assert numbers(watched.core) == [2, 1]


def test_what_needs_a_restart_is_said(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    watched.write(GOOD.format(desk=DESK) + "[[listeners]]\nport = 2599\n")
    out = capsys.readouterr().err
    assert "waits for a restart" in out
    assert "listeners" in out


def test_secrets_are_not_kept(watched: Watched) -> None:
    watched.file.write_text(
        watched.file.read_text().replace(
            'tls = "none"', 'tls = "none"\nuser = "u"\npassword = "hush"'
        )
    )
    watched.write("")
    kept = watched.core.database.read(lambda uow: uow.configurations.newest())
    assert kept is not None
    assert "hush" not in str(kept.content)


# --- by command -----------------------------------------------------------------------------------


def test_a_key_is_changed_by_command_and_comments_stay(tmp_path: Path) -> None:
    file = tmp_path / "replydesk.toml"
    file.write_text('# ours\n[[groups]]\nname = "IT. Support"  # the best\nopen_tickets = 1\n')
    change(file, "groups.IT. Support.open_tickets", "7")
    change(file, "limits.copies_per_ticket", "3")
    change(file, "desk.name", "Our desk")
    text = file.read_text()
    assert "# ours" in text
    assert "# the best" in text
    settings = load(file)
    assert settings.groups[0].open_tickets == 7
    assert (settings.limits.copies_per_ticket, settings.desk.name) == (3, "Our desk")
    take_out(file, "groups.IT. Support")
    assert load(file).groups == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("limits.copies_per_tiket", "3", "did you mean copies_per_ticket?"),
        ("limits.copies_per_ticket", "soon", "limits.copies_per_ticket"),
        ("groups.Suport.open_tickets", "3", "did you mean Support?"),
    ],
)
def test_a_mistake_by_command_leaves_the_file_as_it_is(
    tmp_path: Path, key: str, value: str, words: str
) -> None:
    file = tmp_path / "replydesk.toml"
    file.write_text('[[groups]]\nname = "Support"\n')
    with pytest.raises(ConfigurationError) as refused:
        change(file, key, value)
    assert words in str(refused.value)
    assert file.read_text() == '[[groups]]\nname = "Support"\n'
    assert [path.name for path in tmp_path.iterdir()] == ["replydesk.toml"]
