"""Configuration: one TOML file, overridden by ``REPLYDESK_…`` variables, checked before use.

A mistake names the file, the key and what is expected. Every key has a default that works on one
machine, so an empty file is a valid configuration.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bot.desk.limits import USUAL, Limits
from bot.errors import ConfigurationError

#: Looked at in this order when no file is named.
PLACES = (Path("replydesk.toml"), Path("/etc/replydesk/replydesk.toml"))


def _address(text: str) -> str:
    local, at, domain = text.strip().lower().rpartition("@")
    if not (local and at and domain) or any(c in text for c in " <>\t"):
        raise ValueError("expected a plain mail address such as desk@example.org")
    return f"{local}@{domain}"


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("expected a time zone such as Europe/Berlin") from error
    return text


Address = Annotated[str, AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeskSection(_Section):
    """The desk itself."""

    #: Name in mails.
    name: str = "Service Desk"
    #: Language for people who have none of their own.
    language: str = "en"
    time_zone: Zone = "UTC"
    #: Folder of the database and the attachments.
    data: Path = Path("replydesk-data")
    #: ``sqlite`` for one file in `data`, or a postgresql:// URL.
    database: str = "sqlite"
    #: Folder with templates that replace the shipped ones.
    templates: Path | None = None

    @property
    def url(self) -> str:
        """The database as a URL."""
        if self.database == "sqlite":
            return f"sqlite:///{self.data / 'replydesk.db'}"
        return self.database


class QueueSection(_Section):
    """An address where requests arrive."""

    address: Address
    group: str = "Service Desk"
    #: Sender name of mails; the desk's name when empty.
    name: str = ""
    #: Let automatic mail (monitoring) open tickets here.
    takes_automatic: bool = False


class TechnicianSection(_Section):
    """Somebody who answers tickets."""

    name: str
    address: Address
    groups: tuple[str, ...] = ("Service Desk",)
    language: str = ""


class ListenerSection(_Section):
    """A port or socket that takes mail."""

    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: str = "127.0.0.1"
    port: int = Field(default=2525, ge=0, le=65535)
    socket: Path | None = None
    hostname: str = "localhost"
    certificate: Path | None = None
    key: Path | None = None
    implicit_tls: bool = False
    require_tls: bool = False
    #: Logins with their passwords; a login that is a mail address proves that author.
    users: dict[str, str] = Field(default_factory=dict)
    auth_required: bool = False
    max_size: int = Field(default=40 * 1024 * 1024, ge=1024)
    #: 0 for no bound.
    connections_per_peer: int = Field(default=50, ge=0)
    mails_per_minute: int = Field(default=600, ge=0)


class MailboxSection(_Section):
    """An IMAP mailbox to read."""

    name: str
    host: str
    port: int = Field(default=993, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    user: str
    password: str = Field(default="", repr=False)
    #: For XOAUTH2 instead of a password.
    token_url: str = ""
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    scope: str = ""
    #: The first refresh token; later ones are kept in the database.
    refresh_token: str = Field(default="", repr=False)
    addresses: tuple[Address, ...]
    folder: str = "INBOX"
    afterwards: Literal["seen", "move", "delete"] = "seen"
    move_to: str = ""
    first_read: Literal["unread", "all"] = "unread"
    alarm_after_minutes: int = Field(default=15, ge=2)


class SmtpOutSection(_Section):
    """The server that takes our mail."""

    #: Folder into which mails are written instead of being sent: for trying things out.
    outbox: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=25, ge=1, le=65535)
    tls: Literal["implicit", "starttls", "opportunistic", "none"] = "opportunistic"
    user: str = ""
    password: str = Field(default="", repr=False)
    verify: bool = True
    #: Certificate authority as a PEM file instead of the system's.
    authority: Path | None = None
    #: Our name in EHLO.
    helo: str = "localhost"
    connections: int = Field(default=8, ge=1, le=100)
    #: Mails on their way to one recipient domain at once.
    per_domain: int = Field(default=4, ge=1, le=100)


class TrustSection(_Section):
    """Whose word about senders counts."""

    #: Networks whose mail is taken as written by whom it says.
    senders: tuple[str, ...] = ()
    #: Networks of our relays, whose Authentication-Results are believed.
    relays: tuple[str, ...] = ()
    #: The names under which they write.
    authserv_ids: tuple[str, ...] = ()
    #: Verify DKIM, SPF, DMARC and ARC of what comes by SMTP and LMTP.
    verify: bool = True
    #: Name servers to ask, ``address`` or ``address:port``; the system's own when empty.
    resolvers: tuple[str, ...] = ()
    #: Forwarders whose ARC seals count, by their signing domain.
    arc_sealers: tuple[str, ...] = ()


class SealedSection(_Section):
    """Signed and encrypted mail."""

    #: PEM files, each with a certificate and its private key, that open S/MIME mails.
    smime_keys: tuple[Path, ...] = ()
    smime_password: str = Field(default="", repr=False)
    #: PEM file of the authorities whose S/MIME certificates are trusted.
    smime_authorities: Path | None = None
    #: Folder of PGP keys: secret ones open mails, public ones prove signatures.
    pgp_keys: Path | None = None
    pgp_password: str = Field(default="", repr=False)


class LimitsSection(_Section):
    """Bounds of the desk."""

    acknowledgements_in_10_minutes: int = Field(default=2, ge=0)
    acknowledgements_in_a_day: int = Field(default=20, ge=0)
    acknowledgements_in_a_minute: int = Field(default=6000, ge=0)
    same_request_minutes: float = Field(default=5, ge=0)
    mails_to_one_in_an_hour: int = Field(default=40, ge=1)
    mails_about_a_ticket_in_an_hour: int = Field(default=400, ge=1)
    held_notices_in_an_hour: int = Field(default=5, ge=0)
    copies_per_ticket: int = Field(default=30, ge=0)
    reopen_days: float = Field(default=14, ge=0)
    auto_close_days: float = Field(default=7, ge=0)

    def build(self) -> Limits:
        """The same as the desk uses it."""
        usual = USUAL
        within_minutes, within_a_day = usual.acknowledgements
        (held,) = usual.held_notices
        return replace(
            usual,
            acknowledgements=(
                replace(within_minutes, limit=self.acknowledgements_in_10_minutes),
                replace(within_a_day, limit=self.acknowledgements_in_a_day),
            ),
            all_acknowledgements=replace(
                usual.all_acknowledgements, limit=self.acknowledgements_in_a_minute
            ),
            same_request_within=timedelta(minutes=self.same_request_minutes),
            mails_to_one=replace(usual.mails_to_one, limit=self.mails_to_one_in_an_hour),
            mails_to_all=replace(usual.mails_to_all, limit=self.mails_about_a_ticket_in_an_hour),
            held_notices=(replace(held, limit=self.held_notices_in_an_hour),),
            copies_per_ticket=self.copies_per_ticket,
            reopen_window=timedelta(days=self.reopen_days),
            auto_close_after=timedelta(days=self.auto_close_days),
        )


class Settings(BaseSettings):
    """The whole configuration."""

    model_config = SettingsConfigDict(
        env_prefix="REPLYDESK_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    desk: DeskSection = DeskSection()
    queues: tuple[QueueSection, ...] = Field(
        default=(QueueSection(address="desk@localhost"),), min_length=1
    )
    technicians: tuple[TechnicianSection, ...] = ()
    listeners: tuple[ListenerSection, ...] = (ListenerSection(),)
    mailboxes: tuple[MailboxSection, ...] = ()
    smtp_out: SmtpOutSection = SmtpOutSection()
    trust: TrustSection = TrustSection()
    sealed: SealedSection = SealedSection()
    limits: LimitsSection = LimitsSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file."""
        file = settings_cls.model_config.get("toml_file")
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=file),
        )


def find_file(named: Path | None) -> Path | None:
    """The configuration file: the one named, ``REPLYDESK_CONFIG``, or the first of `PLACES`."""
    if named is None and (variable := os.environ.get("REPLYDESK_CONFIG")):
        named = Path(variable)
    if named is not None:
        if not named.is_file():
            raise ConfigurationError(f"{named}: there is no such configuration file")
        return named
    return next((place for place in PLACES if place.is_file()), None)


def load(named: Path | None = None) -> Settings:
    """Read and check the configuration; raises ConfigurationError with every mistake in it."""
    file = find_file(named)

    class FileSettings(Settings):
        model_config = SettingsConfigDict(toml_file=file)

    _refuse_unknown_variables()
    try:
        return FileSettings()
    except ValidationError as error:
        where = file or "the environment"
        raise ConfigurationError(
            "\n".join(f"{where}: {_mistake(mistake)}" for mistake in error.errors())
        ) from None
    except SettingsError as error:  # a variable that is no JSON; the text names its section
        section = str(error).partition('"')[2].partition('"')[0].upper()
        raise ConfigurationError(
            f"REPLYDESK_{section}… in the environment: lists are written as JSON, "
            """for example REPLYDESK_TRUST__RELAYS='["192.0.2.0/24"]'"""
        ) from None
    except ValueError as error:  # TOML that is none; the parser names line and column
        raise ConfigurationError(f"{file}: {error}") from None


def _refuse_unknown_variables() -> None:
    """A mistyped section would otherwise pass in silence, a password in it, too."""
    known = {"config", *Settings.model_fields}
    for variable in os.environ:
        prefix, _, rest = variable.partition("_")
        if prefix == "REPLYDESK" and rest.partition("__")[0].lower() not in known:
            sections = ", ".join(Settings.model_fields)
            raise ConfigurationError(
                f"{variable} in the environment: there is no such section; these are: {sections}"
            )


def _mistake(mistake: Any) -> str:  # noqa: ANN401 - pydantic's error dictionary
    key = ".".join(str(part) for part in mistake["loc"])
    if mistake["type"] == "extra_forbidden":
        return f"{key}: there is no such key"
    found = mistake.get("input")
    # A whole section may hold passwords.
    plain = isinstance(found, str | int | float) and mistake["type"] != "missing"
    shown = f", found {found!r}" if plain and not _secret(key) else ""
    return f"{key}: {mistake['msg'].removeprefix('Value error, ')}{shown}"


def _secret(key: str) -> bool:
    return any(word in key for word in ("password", "secret", "token", "users"))
