"""The desk's pages as an ASGI application: what may be asked, and how every answer is guarded.

The application knows nothing of tickets, storage or templates: `Pages` does, in threads of its own.
A link's token is its only key. It stands in the path, so it is kept out of Referer fields, caches
and logs. For the same reason a form needs no further secret: there is no cookie and no login that
another site's form could borrow, and whoever knows the path may vote anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import parse_qs

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from channels.http.languages import preferred
from channels.http.pages import Answer, Asked, Pages, Vote

log = structlog.get_logger()

T = TypeVar("T")

#: A form of ours is two fields; a comment of 2,000 characters has 24,000 bytes at most.
MOST_BYTES = 64 * 1024
MOST_FIELDS = 10
#: Longer paths and fields than ours can be are cut before anybody looks at them.
MOST_TOKEN, MOST_WORDS = 100, 8000
#: Seconds for a form to arrive, and for an answer to be ready.
PATIENCE = 15.0
#: Pages that are made at the same time.
WORKERS = 4
_FORM = "application/x-www-form-urlencoded"
_AGAIN_AFTER = "60"

_PLAIN = "This page cannot be shown. Please try again later.\n"
_GUARDS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class App:
    """The application, and the threads in which its pages are made."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="http")
        self.asgi = Starlette(
            routes=[
                Route("/rate/{token}", self._rate, methods=["GET", "POST"]),
                Route("/health", self._health, methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._refused},
        )
        # "/rate/token/" is no page; a redirection would only repeat the token.
        self.asgi.router.redirect_slashes = False

    def close(self) -> None:
        """End the threads; what runs in them is finished."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _rate(self, request: Request) -> Response:
        """GET shows and never votes: programs that look for malware follow every link in a mail."""
        asked = _asked(request)
        if request.method != "POST":
            return await self._guarded(request, lambda: self._pages.show(asked))
        vote = await _vote(request)
        return await self._guarded(request, lambda: self._pages.vote(asked, vote))

    async def _health(self, _request: Request) -> Response:
        try:
            well = await self._threaded(self._pages.healthy)
        except Exception:  # noqa: BLE001 - not well is the answer, whatever it is
            well = False
        words, status = ("ok\n", 200) if well else ("storage is away\n", 503)
        return PlainTextResponse(words, status, headers=_GUARDS)

    async def _guarded(self, request: Request, make: Callable[[], Answer]) -> Response:
        """A page, or 503 where it cannot be made: people hear to come back, the log hears why."""
        try:
            return _response(await self._threaded(make))
        except Exception as error:  # noqa: BLE001 - a callback's edge: nobody sees an error's text
            log.warning("a page could not be shown", reason=f"{type(error).__name__}: {error}")
            return await self._notice(request, 503, {"Retry-After": _AGAIN_AFTER})

    async def _refused(self, request: Request, error: Exception) -> Response:
        """Paths, methods and forms that we do not know."""
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for nothing else
        return await self._notice(request, error.status_code, dict(error.headers or {}))

    async def _notice(self, request: Request, status: int, headers: dict[str, str]) -> Response:
        languages = _languages(request)
        try:
            answer = await self._threaded(lambda: self._pages.notice(status, languages))
        except Exception as error:  # noqa: BLE001 - a callback's edge: plain words are always there
            log.warning("a page could not be shown", reason=f"{type(error).__name__}: {error}")
            return PlainTextResponse(_PLAIN, status, headers={**_GUARDS, **headers})
        return _response(answer, headers)

    async def _threaded(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.run_in_executor(self._threads, work), PATIENCE)


def _asked(request: Request) -> Asked:
    return Asked(
        token=request.path_params["token"][:MOST_TOKEN],
        languages=_languages(request),
        choice=request.query_params.get("choice", "")[:10],
        saved="saved" in request.query_params,
    )


def _languages(request: Request) -> tuple[str, ...]:
    return preferred(request.headers.get("accept-language", ""))


async def _vote(request: Request) -> Vote:
    """The form as sent; raises HTTPException for what is none, or too much."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415)
    form = await _in_time(_body(request))
    try:
        fields = parse_qs(form.decode(errors="replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None
    return Vote(
        choice=fields.get("choice", [""])[0][:10],
        comment=fields.get("comment", [""])[0][:MOST_WORDS],
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, headers={"Connection": "close"})
    return bytes(body)


async def _in_time(body: Awaitable[bytes]) -> bytes:
    try:
        return await asyncio.wait_for(body, PATIENCE)
    except (TimeoutError, ClientDisconnect):
        raise HTTPException(408, headers={"Connection": "close"}) from None


def _response(answer: Answer, more: dict[str, str] | None = None) -> Response:
    if answer.location:
        return Response(status_code=303, headers={**_GUARDS, "Location": answer.location})
    policy = (
        f"default-src 'none'; style-src 'nonce-{answer.nonce}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        **_GUARDS,
        "Content-Language": answer.language,
        "Content-Security-Policy": policy,
        "Vary": "Accept-Language",
        **(more or {}),
    }
    return Response(answer.html, answer.status, headers, "text/html; charset=utf-8")
