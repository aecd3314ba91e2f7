"""An OAuth 2 token endpoint on this machine (RFC 6749 section 6) that rotates refresh tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

#: Status, headers and body of one answer.
Answer = tuple[int, dict[str, str], bytes]


class TokenEndpoint:
    """Takes each refresh token once and gives the next one with every access token."""

    def __init__(self, issue: Callable[[], str]) -> None:
        #: The only refresh token that is valid now.
        self.valid = "refresh-0"
        #: Every form that was posted.
        self.forms: list[dict[str, str]] = []
        #: Gives this answer to whatever is asked, when set.
        self.answer: Answer | None = None
        self._issue = issue
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"

    def start(self) -> TokenEndpoint:
        """Answer in the background."""
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def _respond(self, form: dict[str, str]) -> Answer:
        self.forms.append(form)
        if self.answer is not None:
            return self.answer
        if form.get("refresh_token") != self.valid:
            problem = {"error": "invalid_grant", "error_description": "Token was revoked."}
            return 400, {}, json.dumps(problem).encode()
        self.valid = f"refresh-{len(self.forms)}"
        token = {"access_token": self._issue(), "refresh_token": self.valid, "expires_in": 3600}
        return 200, {}, json.dumps(token).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {key: values[0] for key, values in parse_qs(body).items()}
                status, headers, answer = endpoint._respond(form)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        return Handler
