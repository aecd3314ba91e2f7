"""The templates of some folders in one language, made ready for rendering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from bot.desk.facts import Facts
from bot.ports import Rendered
from templates import shipped
from templates.bounded import Bounded
from templates.catalogue import Catalogue
from templates.context import NAMES, Context, context_of, plain
from templates.macros import Vocabulary
from templates.plans import Plan, plan
from templates.sources import Sources
from templates.speech import functions
from templates.words import clean_line, wrap

PARTS = ("subject.txt", "body.txt", "body.html")

#: One file made ready: from its names' values to its words.
Part = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """One notification for one group in one language."""

    context: Context
    subject: Part
    text: Part
    html: Part
    #: The file that each of the parts begins with.
    files: tuple[str, ...]
    #: True when any file of any part is the desk's own.
    own: bool

    def render(self, facts: Facts, code: str) -> Rendered:
        """The words; the subject comes first, because the document repeats it."""
        context = self.context.build(facts, code)
        subject = context["subject"] = clean_line(self.subject(context).strip())
        text = wrap(self.text(context).strip("\n"))
        return Rendered(subject=subject, text=f"{text}\n", html=self.html(context))


class Shelf:
    """What is shipped runs in Jinja; what a file of the desk takes part in, in `bounded`."""

    def __init__(
        self,
        code: str,
        folders: tuple[Traversable, ...],
        *,
        catalogue: Catalogue,
        vocabulary: Vocabulary,
    ) -> None:
        self.sources = Sources(code, folders, vocabulary)
        translate = catalogue.translations(code).gettext
        spoken: dict[str, Any] = {"language": code, **functions(code, translate)}
        self._jinja = shipped.environment(self.sources, functions=spoken, translate=translate)
        self._bounded = Bounded(self.sources, functions=spoken, translate=translate, names=NAMES)

    def prepare(
        self,
        notification: str,
        *,
        fields: Collection[str],
        faults: Mapping[str, list[str]],
        bounded: bool = False,
    ) -> Ready:
        """Raises ConfigurationError for what cannot be used; `faults` are known ones by file.

        With `bounded` what is shipped runs there, too: how tests compare the engines.
        """
        names = [f"{notification}/{part}" for part in PARTS]
        plans = [plan(name, self.sources, faults) for name in names]
        subject, text, html = (
            self._bounded_part(name, planned)
            if planned.own or bounded
            else self._jinja.get_template(name).render
            for name, planned in zip(names, plans, strict=True)
        )
        used = frozenset().union(*(planned.used for planned in plans))
        return Ready(
            context=context_of(used, fields),
            subject=subject,
            text=text,
            html=html,
            files=tuple(planned.files[0] for planned in plans),
            own=any(planned.own for planned in plans),
        )

    def prepare_file(self, file: str, faults: Mapping[str, list[str]]) -> Part:
        """The same for a file that is no notification's."""
        planned = plan(file, self.sources, faults)
        if planned.own:
            return self._bounded_part(file, planned)
        return self._jinja.get_template(file).render

    def _bounded_part(self, name: str, planned: Plan) -> Part:
        def render(context: dict[str, Any]) -> str:
            copies = {key: plain(context[key]) for key in planned.used if key in context}
            return self._bounded.render(name, fuel=planned.fuel, context=copies)

        return render
