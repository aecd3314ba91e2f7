"""Storage and the values that every command needs, before any socket is open."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.desk.policy import Policy
from bot.directory import Directory
from bot.errors import ConfigurationError
from bot.house import House
from bot.reading import Reader
from bot.scene import Desk
from bot.service.roster import write_people
from bot.service.wires import trust_of
from bot.service.words import renderer_of, sound_renderer
from bot.settings import Settings
from bot.settings.content import content_of, fingerprint
from bot.workflow import arm_all, follow
from channels.email.authenticate import Trust, authenticate
from channels.email.decode import decode
from channels.email.evidence.resolver import system_lookup
from channels.email.evidence.verifier import Verifier
from channels.email.sealed.vault import BadKeys, Vault
from channels.email.sealed.vault import load as load_vault
from storage.acceptor import Acceptor
from storage.blobs import FolderBlobs
from storage.database import Database
from storage.migrate import migrate, require_newest
from storage.unit_of_work import SqlUnitOfWork
from threading_engine.tokens import Keyring, Kind


def utc_now() -> datetime:
    """The clock of a running service; tests hand in another."""
    return datetime.now(UTC)


class Core:
    """The desk at rest: its database, its attachments and its configuration."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        #: Names this process in claims and leases.
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        # Everybody's words and the signing keys are in there.
        settings.desk.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = Database(settings.desk.url)
        self.database.policy = settings.policy()
        self.database.follow_up = follow
        self.blobs = FolderBlobs(settings.desk.data / "blobs")
        self.acceptor = Acceptor(self.database, self.blobs)

    def prepare(self) -> None:
        """Bring the schema up to date and write what the configuration says about people."""
        migrate(self.database.engine)
        self.blobs.lay_out()
        self.put_in_force(self.settings)

    def put_in_force(self, settings: Settings) -> int:
        """Let every transaction from now on work by a configuration; return its number."""
        number, rules = self.database.run(partial(self._write, settings))
        self.settings = settings
        self.database.policy = replace(rules, configuration_id=number)
        self.database.run(partial(arm_all, now=self.clock()))
        return number

    def _write(self, settings: Settings, uow: SqlUnitOfWork) -> tuple[int, Policy]:
        write_configuration(settings, self.clock(), uow)
        content = content_of(settings)
        number = uow.configurations.put(
            content, sha256=fingerprint(content), by=self.holder, now=self.clock()
        )
        return number, settings.policy(*uow.roster.numbers())

    def try_out(self, settings: Settings) -> None:
        """Raise ConfigurationError where a configuration names keys, networks or templates wrongly."""
        open_vault(settings, clock=self.clock)
        trust_of(settings.trust)
        problems = renderer_of(settings).faults()
        if problems:
            raise ConfigurationError("\n".join(problems))

    def require_schema(self) -> None:
        """Refuse to work on a database that another version of the program made."""
        require_newest(self.database.engine)

    def keyring(self) -> Keyring:
        """The signing keys, newest first."""
        return Keyring(dict(self.database.read(lambda uow: uow.house.signing_keys())))

    def directory(self) -> Directory:
        """The desk's addresses."""
        return Directory(self.database.read(lambda uow: uow.people.queues()))

    def desk(self) -> Desk:
        """What deciding about mails needs."""
        return Desk(directory=self.directory(), keyring=self.keyring())

    def reader(self, desk: Desk) -> Reader:
        """What reading mails needs."""
        return Reader(
            decode=partial(decode, vault=open_vault(self.settings, clock=self.clock)),
            authenticate=partial(authenticate, trust=self.trust()),
            keyring=desk.keyring,
            own_addresses=desk.directory.addresses,
            loop_mark=loop_mark(desk),
        )

    def house(self, desk: Desk) -> House:
        """What outgoing mails have in common."""
        section = self.settings.desk
        return House(
            name=section.name,
            language=section.language,
            zone=ZoneInfo(section.time_zone),
            keyring=desk.keyring,
            renderer=sound_renderer(self.settings),
            blobs=self.blobs,
            types=lambda: self.database.policy.types,
            relations=lambda: self.database.policy.relations,
            loop_mark=loop_mark(desk),
            public_url=self.settings.http.reachable_url,
            satisfaction=lambda: self.database.policy.satisfaction,
        )

    def trust(self) -> Trust:
        """Whose word about senders counts."""
        return trust_of(self.settings.trust)

    def verifier(self) -> Verifier | None:
        """What verifies mails that arrive, or None where that is switched off."""
        section = self.settings.trust
        if not section.verify:
            return None
        return Verifier(system_lookup(section.resolvers), trust=self.trust(), now=self.clock)

    def close(self) -> None:
        """Give everything back."""
        self.database.close()


def loop_mark(desk: Desk) -> str:
    """Our own mark in every mail we send, signed: seen again, the mail goes in circles."""
    return desk.keyring.sign(Kind.LOOP, 0)


def open_vault(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Vault:
    """The keys for encrypted mail and the authorities behind signatures."""
    section = settings.sealed
    try:
        return load_vault(
            smime_keys=section.smime_keys,
            smime_password=section.smime_password,
            smime_authorities=section.smime_authorities,
            pgp_keys=section.pgp_keys,
            pgp_password=section.pgp_password,
            clock=clock,
        )
    except BadKeys as why:
        raise ConfigurationError(f"sealed: {why}") from None


def write_configuration(settings: Settings, now: datetime, uow: SqlUnitOfWork) -> None:
    """Make the database agree with the configuration's groups, queues and technicians."""
    # Hosts that start together would each find nothing, and each make a signing key of its own.
    uow.house.take_turns()
    write_people(settings, uow, now=now)
    if not uow.house.signing_keys():
        uow.house.add_signing_key(new_key_id(), secrets.token_bytes(32), now=now)


def new_key_id() -> str:
    """Two characters that name a signing key inside a token."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(2))
