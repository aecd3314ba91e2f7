"""A real Dovecot 2.3: IMAP with passwords and OAuth 2.0 tokens, and LMTP to fill its mailboxes.

Any user name has a mailbox, so a test that makes up its own name shares nothing with another.
"""

from __future__ import annotations

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import (
    TREE,
    ServerUnavailableError,
    end,
    is_root,
    remove,
    run_folder,
    wait_until,
)

HOST = "127.0.0.1"

#: Signs the tokens; Dovecot checks them with the same key, so no token server is needed.
_TOKEN_KEY = b"a key that only this throw-away server knows"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
libexec_dir = {prefix}/usr/lib/dovecot
mail_plugin_dir = {prefix}/usr/lib/dovecot/modules
import_environment = TZ LD_LIBRARY_PATH
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
listen = {host}
ssl = no
disable_plaintext_auth = no
# A refused login answers at once: a test has no use for the pause that slows down guessing.
auth_failure_delay = 0
protocols = imap lmtp
auth_mechanisms = plain login xoauth2 oauthbearer
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
"""

_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
username_attribute = sub
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """Where Dovecot lies."""

    #: What stands before ``/usr``; empty for the system's own.
    prefix: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment its processes need to find their libraries."""
        libraries = [
            f"{self.prefix}/usr/lib/dovecot",
            *map(str, Path(f"{self.prefix}/usr/lib").glob("*-linux-*")),
        ]
        own = {"LD_LIBRARY_PATH": ":".join(libraries)} if self.prefix else {}
        return {**os.environ, **own}

    def command(self, configuration: Path) -> list[str]:
        """The words that start the server in the foreground.

        The server would look for ``doveconf`` at the path it was built with, so it is started the
        other way round: ``doveconf`` reads the file and becomes the server.
        """
        file = str(configuration)
        doveconf = [f"{self.prefix}/usr/bin/doveconf", "-f", "service=master", "-m", "master"]
        return [*doveconf, "-c", file, "-e", f"{self.prefix}/usr/sbin/dovecot", "-F", "-c", file]


def find_installation() -> Installation:
    """The system's Dovecot, or the one ``scripts/setup dev`` unpacked without root."""
    for prefix in ("", str(TREE / ".cache" / "root")):
        if all(
            Path(prefix + path).is_file()
            for path in ("/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp")
        ):
            return Installation(prefix=prefix)
    raise ServerUnavailableError(
        "No Dovecot with IMAP and LMTP: run scripts/setup dev, or install dovecot-imapd dovecot-lmtpd."
    )


def _account() -> tuple[str, str]:
    """User and group the processes run as. Root needs another one: mail never belongs to root."""
    user = pwd.getpwnam("nobody") if is_root() else pwd.getpwuid(os.geteuid())
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Dovecot:
    """One server with its own folder; ``stop`` and ``start`` again keep mail and ports."""

    def __init__(self) -> None:
        self.host = HOST
        self.password = "secret"
        self.imap_port = _free_port()
        self.lmtp_port = _free_port()
        self._installation = find_installation()
        self._folder = run_folder("dovecot")
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def _configure(self) -> None:
        user, group = _account()
        for name in ("run", "mail", "keys/default/HS256"):
            (self._folder / name).mkdir(parents=True)
        if is_root():
            (self._folder / "mail").chmod(0o777)
        prefix = self._installation.prefix
        # A private Dovecot loads its modules from where it stands, which is the run folder.
        (self._folder / "run" / "modules").symlink_to(f"{prefix}/usr/lib/dovecot/modules")
        key = self._folder / "keys" / "default" / "HS256" / "default"
        key.write_bytes(base64.b64encode(_TOKEN_KEY))
        (self._folder / "oauth2.conf").write_text(_OAUTH2.format(folder=self._folder))
        self._file.write_text(
            _CONFIGURATION.format(
                folder=self._folder,
                prefix=prefix,
                user=user,
                group=group,
                host=self.host,
                password=self.password,
                imap_port=self.imap_port,
                lmtp_port=self.lmtp_port,
            )
        )

    @property
    def _file(self) -> Path:
        return self._folder / "dovecot.conf"

    def start(self) -> Dovecot:
        """Start, and return when a client gets its greeting."""
        self._process = subprocess.Popen(
            self._installation.command(self._file),
            env=self._installation.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self._folder / "stderr").open("wb"),
        )
        try:
            wait_until(self._greets, self._process, self.log)
        except ServerUnavailableError:
            self.close()
            raise
        return self

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.imap_port), timeout=2) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False

    def stop(self) -> None:
        """End the server; its mail stays for another start."""
        if self._process is not None:
            end(self._process, signal.SIGTERM)
            self._process = None

    def close(self) -> None:
        """End the server and remove its mail."""
        self.stop()
        remove(self._folder)

    def log(self) -> str:
        """What the server wrote so far."""
        files = (self._folder / "stderr", self._folder / "log")
        return "".join(file.read_text("utf-8", "replace") for file in files if file.exists())

    def token(self, user: str, *, lifetime_seconds: int = 600) -> str:
        """An access token for XOAUTH2 or OAUTHBEARER (a JWT, RFC 7519, HS256).

        A negative lifetime gives one that has expired.
        """
        now = int(time.time())
        claims = {"sub": user, "iat": now - 3600, "exp": now + lifetime_seconds}
        signed = _part({"alg": "HS256", "typ": "JWT"}) + b"." + _part(claims)
        signature = hmac.digest(_TOKEN_KEY, signed, hashlib.sha256)
        return (signed + b"." + _base64url(signature)).decode()

    def deliver(self, user: str, mail: bytes, *, sender: str = "somebody@example.org") -> None:
        """Put the mail into the INBOX of the user, the way a mail server does."""
        with smtplib.LMTP(self.host, self.lmtp_port) as client:
            client.sendmail(sender, [user], mail)


def _part(value: Mapping[str, object]) -> bytes:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
