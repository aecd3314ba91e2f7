"""Where a template's source comes from, and what to say when it is broken."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Callable, Iterator
from importlib.resources.abc import Traversable

from jinja2 import (
    BaseLoader,
    Environment,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path

from bot.errors import ConfigurationError
from templates import macros

#: What a broken template may raise while it is read, compiled or rendered.
BROKEN = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_SUFFIXES = (".txt", ".html")


class Sources(BaseLoader):
    """Finds a template: overrides before the shipped folder, a language's file before the common."""

    def __init__(self, language: str, folders: tuple[Traversable, ...]) -> None:
        self._language = language
        self._folders = folders
        #: Every file that was read, by its path as text.
        self.read: set[str] = set()

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Jinja's loader interface; macros are already expanded."""
        del environment
        for file in self._candidates(template):
            if file.is_file():
                self.read.add(str(file))
                source = macros.expand(_text(file), html=template.endswith(".html"))
                return source, str(file), bool
        raise TemplateNotFound(template)

    def _candidates(self, template: str) -> Iterator[Traversable]:
        *folders, name = split_template_path(template)
        stem, dot, suffix = name.rpartition(".")
        for root in self._folders:
            yield root.joinpath(*folders, f"{stem}.{self._language}{dot}{suffix}")
            yield root.joinpath(*folders, name)


def _text(file: Traversable) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{file}, line {line}: expected is text in UTF-8") from error


def explain(error: Exception, *, template: str, names: tuple[str, ...]) -> ConfigurationError:
    """The error of a broken template for a person: file, line, and what is expected."""
    file, line = _place(error, template)
    expected = next(say(error, names) for kind, say in EXPECTED if isinstance(error, kind))
    return ConfigurationError(f"{file}, line {line}: {_message(error)}; {expected}")


def _message(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template «{error.name}»"
    if isinstance(error, TemplateError):
        return error.message or type(error).__name__
    return f"{type(error).__name__}: {error}"


def _place(error: Exception, template: str) -> tuple[str, int]:
    if isinstance(error, TemplateSyntaxError):
        return error.filename or template, error.lineno
    # Jinja rewrites the frames of compiled templates to name the template's own file and line.
    frames = traceback.extract_tb(error.__traceback__)
    named = [frame for frame in frames if frame.filename.endswith(_SUFFIXES)]
    return (named[-1].filename, named[-1].lineno or 1) if named else (template, 1)


def _expect_name(error: Exception, names: tuple[str, ...]) -> str:
    word = next(iter(str(error).split("'")[1:2]), "")
    near = difflib.get_close_matches(word, names, n=1)
    hint = f"did you mean «{near[0]}»? " if near else ""
    return f"{hint}known names are {', '.join(names)}"


def _expect_template(_error: Exception, _names: tuple[str, ...]) -> str:
    return "expected is a shared file such as layout.txt, words.html or ratings.txt"


def _expect_syntax(_error: Exception, _names: tuple[str, ...]) -> str:
    return "expected is a Jinja template"


def _expect_safe(_error: Exception, _names: tuple[str, ...]) -> str:
    return "templates may only use the names given to them and Jinja's filters"


def _expect_value(_error: Exception, _names: tuple[str, ...]) -> str:
    return "expected is an expression that works with every value of its names"


#: What to expect instead; the first kind that fits.
EXPECTED: tuple[tuple[type[Exception], Callable[[Exception, tuple[str, ...]], str]], ...] = (
    (SecurityError, _expect_safe),
    (UndefinedError, _expect_name),
    (TemplateNotFound, _expect_template),
    (TemplateError, _expect_syntax),
    (Exception, _expect_value),
)
