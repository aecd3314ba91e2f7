"""The pages of the HTTP port, as the desk makes them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from sqlalchemy import text

from bot.ports.pages import Notice, PageFacts, PageRenderer
from bot.satisfaction import Shut, Standing, keep_answer, open_link
from bot.service.core import Core
from bot.settings import HttpSection
from channels.http.pages import Answer, Asked, Vote
from channels.http.port import HttpOptions, HttpPort
from templates.render import TemplateRenderer
from threading_engine.tokens import Keyring

_CHOICES = ("good", "bad")
_STATUS: dict[Notice, int] = {"over": 410, "missing": 404, "wrong": 400, "often": 429, "away": 503}
#: What is said for a status that the port itself gives.
_NOTICES: dict[int, Notice] = {404: "missing", 503: "away"}


def http_port(core: Core, section: HttpSection, keyring: Keyring) -> HttpPort:
    """The port, not open yet."""
    renderer = TemplateRenderer(core.settings.desk.templates)
    pages = DeskPages(core=core, keyring=keyring, renderer=renderer)
    return HttpPort(HttpOptions(host=section.host, port=section.port), pages)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskPages:
    """Implements `channels.http.pages.Pages`."""

    core: Core
    keyring: Keyring
    renderer: PageRenderer

    def show(self, asked: Asked) -> Answer:
        """The page of a link; changes nothing."""
        now = self.core.clock()
        found = self.core.database.read(
            lambda uow: open_link(uow, asked.token, keyring=self.keyring, now=now)
        )
        if isinstance(found, Shut):
            return self._shut(found, asked.languages)
        facts = _satisfaction(found, self._facts(), asked)
        return self._page(
            "satisfaction", facts, languages=(found.person.language, *asked.languages)
        )

    def vote(self, asked: Asked, vote: Vote) -> Answer:
        """Keep an answer, then let the browser ask for the page: to load it again votes nothing."""
        if vote.choice not in _CHOICES:
            return self._shut(Shut(notice="wrong"), asked.languages)
        now = self.core.clock()
        shut = self.core.database.run(
            lambda uow: keep_answer(
                uow,
                asked.token,
                good=vote.choice == "good",
                comment=vote.comment,
                keyring=self.keyring,
                now=now,
            )
        )
        return self._shut(shut, asked.languages) if shut else Answer(location="?saved")

    def notice(self, status: int, languages: tuple[str, ...]) -> Answer:
        """A page for a status that the port gives; needs no storage."""
        notice = _NOTICES.get(status, "wrong")
        facts = replace(self._facts(), notice=notice)
        return self._page("notice", facts, languages=languages, status=status)

    def healthy(self) -> bool:
        """Whether the database answers; raises what it raises otherwise."""
        self.core.database.read(lambda uow: uow.connection.execute(text("SELECT 1")))
        return True

    def _shut(self, shut: Shut, languages: tuple[str, ...]) -> Answer:
        facts = replace(self._facts(), notice=shut.notice)
        return self._page(
            "notice", facts, languages=(shut.language, *languages), status=_STATUS[shut.notice]
        )

    def _facts(self) -> PageFacts:
        return PageFacts(desk_name=self.core.settings.desk.name, nonce=secrets.token_urlsafe(16))

    def _page(
        self, page: str, facts: PageFacts, *, languages: tuple[str, ...], status: int = 200
    ) -> Answer:
        wanted = (*languages, self.core.settings.desk.language)
        language = next(filter(None, map(self._known, wanted)), "en")
        html = self.renderer.render_page(page, language=language, facts=facts)
        return Answer(status=status, html=html, language=language, nonce=facts.nonce)

    def _known(self, language: str) -> str:
        """The code of the nearest language that there is; empty for none: the next may be there."""
        code = language.lower()
        while code and code not in self.renderer.languages:
            code = code.rpartition("-")[0]
        return code


def _satisfaction(found: Standing, facts: PageFacts, asked: Asked) -> PageFacts:
    rating = found.rating
    kept = ("good" if rating.good else "bad") if rating else ""
    return replace(
        facts,
        ticket_number=found.ticket.id,
        # Whoever forged a request chose its title: nobody else is shown it.
        ticket_title=found.ticket.title if found.ticket.trusted else "",
        choice=asked.choice if asked.choice in _CHOICES and not asked.saved else kept,
        answered=rating is not None,
        comment=rating.comment if rating else "",
        until=found.until,
        saved=asked.saved and rating is not None,
    )
