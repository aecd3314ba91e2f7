"""The templates that a desk brings: which there are, what is wrong with them, what they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError
from jinja2.nodes import Template

from bot.errors import ConfigurationError
from templates import grammar, pages
from templates.context import FUNCTIONS, NAMES
from templates.grammar import Given, hint
from templates.macros import Vocabulary
from templates.phrases import as_calls
from templates.sources import text_of


class OwnTemplates:
    """The folder of a desk's templates, looked through once."""

    def __init__(self, folder: Path, *, vocabulary: Vocabulary, fields: tuple[str, ...]) -> None:
        if not folder.is_dir():
            raise ConfigurationError(f"{folder}: expected is a folder of templates")
        self.folder = folder
        self._vocabulary = vocabulary
        self.paths = sorted(p for p in folder.rglob("*") if p.suffix in {".txt", ".html"})
        #: The folder of each group that has one, by its name in lower case.
        self.groups: dict[str, Path] = {
            path.name.casefold(): path for path in _folders(folder / "groups")
        }
        #: What keeps a file from being used, by its path as text.
        self.faults: dict[str, list[str]] = {}
        trees = dict(self._parsed())
        own = frozenset().union(*map(grammar.made, trees.values()))
        #: Names that any of the files uses.
        self.used: frozenset[str] = frozenset().union(*map(grammar.used, trees.values()))
        for path, tree in trees.items():
            names = (
                (*pages.NAMES, *FUNCTIONS) if "pages" in path.relative_to(folder).parts else NAMES
            )
            given = Given(names=names, functions=FUNCTIONS, fields=fields, own=own - set(names))
            found = sorted(set(grammar.mistakes(tree, given)))
            if found:
                self.faults[str(path)] = [f"{path}, line {line}: {said}" for line, said in found]

    def macros_unknown(self) -> Iterator[str]:
        """A sentence for everything shaped like a macro that is none; it stays as it is."""
        for path in self.paths:
            for line, name in self._vocabulary.unknown(
                path.read_bytes().decode("utf-8", "replace")
            ):
                near = hint(name, self._vocabulary.names)
                yield f"{path}, line {line}: {name} is no macro; {near}"

    def _parsed(self) -> Iterator[tuple[Path, Template]]:
        for path in self.paths:
            try:
                source = self._vocabulary.expand(text_of(path), html=path.suffix == ".html")
                yield path, grammar.parse(as_calls(source))
            except TemplateSyntaxError as error:
                said = f"{error.message}; expected is a Jinja template"
                self.faults[str(path)] = [f"{path}, line {error.lineno}: {said}"]
            except ConfigurationError as error:
                self.faults[str(path)] = [str(error)]


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []
