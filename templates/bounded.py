"""Templates that a desk brings run here: with fuel, with a bound on what they make, on copies.

Jinja's sandbox keeps a template from reaching out, but not from using all memory or never ending,
so it runs only what is shipped. This engine knows the language that both share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import minijinja
from markupsafe import Markup, escape

from bot.errors import ConfigurationError
from templates.grammar import FILTERS, hint
from templates.phrases import as_calls
from templates.sources import Sources

#: Steps that one template may take; a mail of the shipped ones takes some hundred.
FUEL = 50_000
#: Characters that one template may make in all.
MOST = 4_000_000
#: What a value counts that is no text.
_SMALL = 32

#: Where something failed, innermost last, as the engine writes it.
_PLACE = re.compile(r"^(?:caused by: )?(.*) \(in ([^()\n]+):(\d+)\)$", re.MULTILINE)


class Bounded:
    """The templates of some folders in one language."""

    def __init__(
        self,
        sources: Sources,
        *,
        functions: Mapping[str, Callable[..., Any]],
        translate: Callable[[str], str],
        names: tuple[str, ...],
    ) -> None:
        self._sources = sources
        self._names = names
        self._left = 0
        # Fuel and what is left belong to one rendering at a time.
        self._lock = Lock()
        self._engine: Any = minijinja.Environment(
            loader=self._load,
            filters={"replace": self._replace, "indent": self._indent, "join": self._join},
            globals={**functions, "_": (speak := _speaker(translate)), "gettext": speak},
            debug=False,
            undefined_behavior="strict",
            auto_escape_callback=_is_html,
            trim_blocks=True,
            lstrip_blocks=True,
            pycompat=False,
            finalizer=self._counter(),
        )
        for name in ("namespace", "dict", "debug"):
            self._engine.remove_global(name)
        for name in ("safe", "format", "tojson", "pprint"):
            self._engine.remove_filter(name)

    def render(self, template: str, *, fuel: int, context: Mapping[str, Any]) -> str:
        """One template's words; raises ConfigurationError with file and line where it fails."""
        with self._lock:
            self._left = MOST
            self._engine.fuel = fuel
            try:
                return str(self._engine.render_template(template, **context))
            except minijinja.TemplateError as error:
                raise self._explained(error, template) from None
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                # One of our functions got what it cannot use; the engine does not say where.
                said = f"{type(error).__name__}: {error}; {_EXPECTED['']}"
                raise ConfigurationError(f"{self._file(template)}: {said}") from None

    def _load(self, template: str) -> str | None:
        found = self._sources.find(template)
        return as_calls(found.text) if found else None

    def _file(self, template: str) -> str:
        found = self._sources.find(template)
        return str(found.file) if found else template

    # --- what is made counts ---------------------------------------------------------------------

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ValueError(f"more than {MOST} characters come out")

    def _counter(self) -> Any:  # noqa: ANN401 - the engine's own type
        @minijinja.pass_state
        def count(state: Any, value: Any) -> Any:  # noqa: ANN401 - whatever a template writes
            if not isinstance(value, str):
                self._spend(_SMALL)
                return value
            # The engine's own escaping writes «/» as an entity, too, which makes links unreadable.
            written = escape(value) if state.auto_escape else value
            self._spend(len(written))
            return written

        return count

    def _replace(self, value: object, old: str, new: str) -> str:
        text = value if isinstance(value, str) else str(value)
        self._spend(len(text) + text.count(old) * len(new))
        return text.replace(old, new)

    def _indent(self, text: str, width: int = 4, first: bool = False, blank: bool = False) -> str:  # noqa: FBT001, FBT002 - Jinja's own parameters
        lines = text.split("\n")
        self._spend(len(text) + width * len(lines))
        pad = type(text)(" " * width)
        padded = [pad + line if line or blank else line for line in lines[1:]]
        return type(text)("\n").join([pad + lines[0] if first else lines[0], *padded])

    def _join(self, items: Any, glue: str = "") -> str:  # noqa: ANN401 - as in Jinja
        parts = [part if isinstance(part, str) else str(part) for part in items]
        self._spend(sum(map(len, parts)) + len(glue) * len(parts))
        safe = any(isinstance(part, Markup) for part in (*parts, glue))
        return (escape(glue) if safe else glue).join(parts)

    # --- what went wrong -------------------------------------------------------------------------

    def _explained(self, error: minijinja.TemplateError, template: str) -> ConfigurationError:
        places = _PLACE.findall(str(error))
        said, name, line = places[-1] if places else (error.message, template, error.line or 1)
        kind = said.partition(":")[0]
        return ConfigurationError(
            f"{self._file(name)}, line {line}: {said}; {self._expected(kind, said)}"
        )

    def _expected(self, kind: str, said: str) -> str:
        words = re.findall(r"[`']?([\w.]+)[`']? is (?:undefined|unknown)", said)
        if kind in {"undefined value", "unknown function"} and words:
            return hint(words[0].partition(".")[2] or words[0], self._names)
        if kind == "unknown filter":
            return hint(words[0] if words else "", FILTERS)
        return _EXPECTED.get(kind, _EXPECTED[""])


#: What to expect instead, by the kind of error in the engine's words.
_EXPECTED = {
    "syntax error": "expected is a Jinja template",
    "engine ran out of fuel": f"expected are less than {FUEL} steps",
    "unknown method": "expected is a filter, as in text | replace(…)",
    "template not found": "expected is a shared file such as layout.txt, words.html or ratings.txt",
    "could not render include": "expected is a shared file such as layout.txt or words.html",
    "": "expected is an expression that works with every value of its names",
}


def _speaker(translate: Callable[[str], str]) -> Callable[..., str]:
    """What ``_("…", name=value)`` calls; values are escaped where the template is HTML."""

    @minijinja.pass_state
    def speak(state: Any, phrase: str, /, **values: object) -> str:  # noqa: ANN401 - the engine's own type
        if not state.auto_escape:
            return translate(phrase) % values
        return Markup(translate(phrase) % {name: escape(word) for name, word in values.items()})  # noqa: S704 - phrases are ours or the desk's, values escaped

    return speak


def _is_html(template: str) -> bool:
    return template.endswith(".html")
