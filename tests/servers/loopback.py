"""Keeps the tests on this machine: a connection or a name lookup beyond it fails the test."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest

#: Names that by RFC 6761 belong to nobody: asking for them is a test's way to say "no such host".
_NOBODYS = (".invalid", ".test", ".example", "example.com", "example.net", "example.org")


class BeyondLoopbackError(AssertionError):
    """A test tried to reach another machine."""


class LoopbackGuard:
    """Stands in for the ways out of Python's socket module and remembers who tried.

    The product may well survive the error that is raised here, so the attempt is kept, and the
    fixture fails the test afterwards all the same.
    """

    def __init__(self) -> None:
        #: Every attempt in words.
        self.attempts: list[str] = []

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Replace ``connect``, ``connect_ex``, ``sendto`` and ``getaddrinfo``."""
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, self._checked(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", self._checked_lookup(socket.getaddrinfo))

    def _checked(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(connection: socket.socket, *arguments: Any) -> Any:  # noqa: ANN401  # passed through
            if connection.family in {socket.AF_INET, socket.AF_INET6}:
                self._check_host(arguments[-1][0])
            return original(connection, *arguments)

        return call

    def _checked_lookup(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def lookup(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # passed through
            name = host.decode() if isinstance(host, bytes) else host
            if name and name.lower().rstrip(".").endswith(_NOBODYS):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if name and not _is_address(name):
                self._check_host(name)
            return original(host, *arguments, **options)

        return lookup

    def _check_host(self, host: str) -> None:
        if host in {"", "localhost"} or _is_loopback(host):
            return
        self.attempts.append(host)
        raise BeyondLoopbackError(f"A test must not leave this machine; it tried {host}.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if not _is_address(host):
        return False
    address = ipaddress.ip_address(host.partition("%")[0])
    return address.is_loopback or address.is_unspecified
