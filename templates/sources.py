"""Where a template's source comes from: a group's folder, the desk's own, what is shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.loaders import split_template_path

from bot.errors import ConfigurationError
from templates.macros import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One template file as it is read, macros expanded."""

    file: Traversable
    text: str
    #: True for a file that the desk brought.
    own: bool


class Sources(BaseLoader):
    """Finds a template: the first folder that has it, a language's file before the common one.

    The last folder is the shipped one.
    """

    def __init__(
        self, language: str, folders: tuple[Traversable, ...], vocabulary: Vocabulary
    ) -> None:
        self._language = language
        self._folders = folders
        self._vocabulary = vocabulary
        #: Every file that was read, by its path as text.
        self.read: set[str] = set()

    def find(self, template: str) -> Source | None:
        """The file that has this name, or None; raises ConfigurationError where it is no text."""
        for root, file in self._candidates(template):
            if file.is_file():
                self.read.add(str(file))
                source = self._vocabulary.expand(text_of(file), html=template.endswith(".html"))
                return Source(file=file, text=source, own=root is not self._folders[-1])
        return None

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Jinja's loader interface."""
        del environment
        found = self.find(template)
        if found is None:
            raise TemplateNotFound(template)
        return found.text, str(found.file), bool

    def _candidates(self, template: str) -> Iterator[tuple[Traversable, Traversable]]:
        try:
            *folders, name = split_template_path(template)
        except TemplateNotFound:  # a path that leads out of the folder
            return
        stem, dot, suffix = name.rpartition(".")
        for root in self._folders:
            yield root, root.joinpath(*folders, f"{stem}.{self._language}{dot}{suffix}")
            yield root, root.joinpath(*folders, name)


def text_of(file: Traversable) -> str:
    """A file's text; raises ConfigurationError with its line where it is none."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{file}, line {line}: expected is text in UTF-8") from error
