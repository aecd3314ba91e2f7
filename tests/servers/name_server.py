"""A name server for tests, on loopback: what it knows is a dictionary, and it can keep silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

#: What UDP takes in one answer where the client says nothing.
_DATAGRAM = 1232


class NameServer:
    """Answers by UDP and TCP until closed. ``zone`` is read anew for every question.

    Keys are ``"TYPE name"``, or a bare name for TXT; values are texts as in a zone file without
    their quotes. A name that is in ``silent`` gets no answer.
    """

    def __init__(self, zone: Mapping[str, str | Sequence[str]]) -> None:
        self.zone = dict(zone)
        self.silent: set[str] = set()
        #: Every question, as ``"TYPE name"``.
        self.asked: list[str] = []

    def start(self) -> NameServer:
        """Listen on one port of the system's choice."""
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._tcp.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, name="name server", daemon=True).start()
        return self

    @property
    def address(self) -> str:
        """As `trust.resolvers` wants it."""
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop answering."""
        for one in (self._udp, self._tcp):
            one.shutdown(socket.SHUT_RDWR) if one is self._tcp else None
            one.close()

    def _serve_udp(self) -> None:
        while True:
            try:
                question, peer = self._udp.recvfrom(4096)
            except OSError:
                return
            answer = self._answer(question, _DATAGRAM)
            if answer:
                self._udp.sendto(answer, peer)

    def _serve_tcp(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            with connection:
                size = int.from_bytes(connection.recv(2), "big")
                answer = self._answer(connection.recv(size), 65535)
                if answer:
                    connection.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, wire: bytes, size: int) -> bytes | None:
        question = dns.message.from_wire(wire)
        name = question.question[0].name
        kind = dns.rdatatype.to_text(question.question[0].rdtype)
        text = name.to_text(omit_final_dot=True).lower()
        self.asked.append(f"{kind} {text}")
        if text in self.silent:
            return None
        answer = dns.message.make_response(question)
        values = self.zone.get(f"{kind} {text}", self.zone.get(text, ()) if kind == "TXT" else ())
        records = [values] if isinstance(values, str) else list(values)
        if records:
            texts = [_quoted(r) if kind == "TXT" else r for r in records]
            answer.answer.append(dns.rrset.from_text(name, 300, "IN", kind, *texts))
        elif not any(key == text or key.endswith(f" {text}") for key in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        try:
            return answer.to_wire(max_size=size)
        except dns.exception.TooBig:
            answer.answer.clear()
            answer.flags |= dns.flags.TC
            return answer.to_wire()


def _quoted(text: str) -> str:
    """A TXT record as a zone file writes it: strings of at most 255 bytes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    pieces = [escaped[at : at + 200] for at in range(0, len(escaped), 200)] or [""]
    return " ".join(f'"{piece}"' for piece in pieces)
