"""A network that misbehaves: stands between a mail client and a real IMAP server, line by line."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread


class ImapWire:
    """Forwards everything as it is until one of its attributes says otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self.host = "127.0.0.1"
        #: Gets each line of the client; its answer goes to the client instead of to the server.
        #: None forwards the line, empty bytes cut the connection.
        self.intercept: Callable[[bytes], bytes | None] = lambda _line: None
        #: Gets what the server sends; what it returns goes to the client.
        self.alter: Callable[[bytes], bytes] = lambda data: data
        #: While set nothing arrives anywhere, and nobody is told.
        self.silent = Event()
        #: Speak TLS to the client from the first byte, or after STARTTLS.
        self.tls: ssl.SSLContext | None = None
        self.starttls: ssl.SSLContext | None = None
        #: Every connection that was made.
        self.connections = 0
        self._server = (host, port)
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []

    def start(self) -> ImapWire:
        """Listen in the background."""
        Thread(target=self._listen, daemon=True).start()
        return self

    def close(self) -> None:
        """Stop listening and cut every connection."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), socket.create_connection(self._server) as server:
            if self.tls is not None:
                client = self.tls.wrap_socket(client, server_side=True)
            self._open += [client, server]
            if self.starttls is not None:
                client.sendall(server.recv(65536))
                client = self._wrapped(client, self.starttls)
                self._open.append(client)
            Thread(target=self._backward, args=(server, client), daemon=True).start()
            self._forward(client, server)
        client.close()

    def _wrapped(self, client: socket.socket, context: ssl.SSLContext) -> socket.socket:
        """Play the server until the client asks for TLS."""
        while True:
            tag, command = client.recv(65536).split(b" ", 1)
            if command.upper().startswith(b"STARTTLS"):
                client.sendall(tag + b" OK begin\r\n")
                return context.wrap_socket(client, server_side=True)
            client.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n")

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        for line in client.makefile("rb"):
            answer = self.intercept(line)
            if answer == b"":
                return self.cut()
            if self.silent.is_set():
                continue
            if answer is None:
                server.sendall(line)
            else:
                client.sendall(answer)
        return None

    def _backward(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                passed = self.alter(data)
                if passed and not self.silent.is_set():
                    client.sendall(passed)
            client.shutdown(socket.SHUT_RDWR)
