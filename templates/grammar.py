"""What may stand in a template that a desk brings, seen before it ever runs.

Fuel bounds the steps of such a template, but not what one step makes: ``{% set x = x ~ x %}``
doubles a text thirty times in thirty steps. So what a template can put together is bound here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, nodes

from bot.desk.nearest import nearest

#: Filters that cannot make much out of little, or that `bounded` watches.
FILTERS = (
    *("abs", "bool", "capitalize", "count", "d", "default", "e", "escape", "first", "float"),
    *("indent", "int", "items", "join", "last", "length", "list", "lower", "max", "min"),
    *("replace", "reverse", "round", "sort", "string", "sum", "title", "trim", "truncate"),
    *("unique", "upper", "urlencode"),
)
TESTS = (
    *("defined", "undefined", "none", "odd", "even", "divisibleby", "string", "number", "in"),
    *("eq", "ne", "lt", "le", "gt", "ge", "true", "false"),
)
#: What may be called beside the desk's own functions.
_CALLABLE = ("_", "gettext", "super", "range", "caller")
#: Names that the language itself brings.
_BUILT_IN = ("loop", "varargs", "kwargs", *_CALLABLE)

#: How often a template may repeat a text by ``*``.
_MOST_REPEATS = 1000

_parser = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What a template may name."""

    names: tuple[str, ...]
    functions: tuple[str, ...]
    #: Custom fields of the desk.
    fields: tuple[str, ...]
    #: Names that the desk's templates make themselves, in any file.
    own: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One template named in another."""

    name: str
    #: True for an include, False for what is extended.
    included: bool
    line: int
    #: False where it may be missing.
    needed: bool


@lru_cache(maxsize=500)
def parse(source: str) -> nodes.Template:
    """The tree of a template, only to look at; raises TemplateSyntaxError."""
    return _parser.parse(source)


def made(tree: nodes.Template) -> set[str]:
    """Names that a template makes: variables, macros and their parameters."""
    names = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    return names | {macro.name for macro in tree.find_all(nodes.Macro)}


def used(tree: nodes.Template) -> set[str]:
    """Names that a template reads."""
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}


def references(tree: nodes.Template) -> Iterator[Reference]:
    """Templates that it includes or extends."""
    for node in tree.find_all((nodes.Include, nodes.Extends)):
        for part in _named(node):
            if isinstance(part, nodes.Const):
                yield Reference(
                    name=str(part.value),
                    included=isinstance(node, nodes.Include),
                    line=node.lineno,
                    needed=not getattr(node, "ignore_missing", False) and len(_named(node)) == 1,
                )


def _named(node: Any) -> list[nodes.Node]:  # noqa: ANN401 - jinja's nodes have no types
    several = isinstance(node.template, nodes.List | nodes.Tuple)
    return node.template.items if several else [node.template]


def longest(tree: nodes.Template, *, everywhere: bool) -> int:
    """Characters of the longest piece of plain text that may come out more than once."""
    roots = [tree] if everywhere else tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock))
    pieces = (piece for root in roots for piece in root.find_all(nodes.TemplateData))
    return max((len(piece.data) for piece in pieces), default=0)


def mistakes(tree: nodes.Template, given: Given) -> Iterator[tuple[int, str]]:
    """Line and description of everything that cannot work or must not be done."""
    for kind, rule in RULES:
        for node in tree.find_all(kind):
            if said := rule(node, given):
                yield node.lineno, said


def hint(word: str, known: Collection[str]) -> str:
    """The nearest known name and all of them."""
    near = "".join(f"did you mean «{name}»? " for name in nearest(word, known, most=1))
    return f"{near}known names are {', '.join(known) or 'none'}"


def _unknown_name(node: Any, given: Given) -> str:  # noqa: ANN401 - jinja's nodes have no types
    name = node.name
    if node.ctx != "load" or name in given.names or name in given.own or name in _BUILT_IN:
        return ""
    return f"«{name}» is no name that a template knows; {hint(name, given.names)}"


def _unknown_filter(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    if node.name in FILTERS:
        return ""
    return f"No filter named '{node.name}'; {hint(node.name, FILTERS)}"


def _unknown_test(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    if node.name in TESTS:
        return ""
    return f"No test named '{node.name}'; {hint(node.name, TESTS)}"


def _unknown_field(node: Any, given: Given) -> str:  # noqa: ANN401 - the same
    whole = isinstance(node.node, nodes.Name) and node.node.name == "fields"
    if not whole or not isinstance(node.arg, nodes.Const) or node.arg.value in given.fields:
        return ""
    return f"«{node.arg.value}» is no custom field; {hint(str(node.arg.value), given.fields)}"


def _hidden_attribute(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    if not node.attr.startswith("_"):
        return ""
    return f"«{node.attr}»: templates may only use the names given to them and the filters"


def _call(node: Any, given: Given) -> str:  # noqa: ANN401 - the same
    called = node.node
    if isinstance(called, nodes.Getattr):
        if isinstance(called.node, nodes.Name) and called.node.name == "loop":
            return ""
        return (
            f"«.{called.attr}(…)» is not available; expected is a filter, as in text | replace(…)"
        )
    name = getattr(called, "name", "")
    if name in {*given.functions, *given.own, *_CALLABLE}:
        return ""
    known = (*given.functions, "_", "range")
    return f"«{name}» cannot be called; {hint(name, known)}"


def _growth(node: Any, given: Given) -> str:  # noqa: ANN401 - the same
    """Whoever puts together what was put together doubles it with every step."""
    if isinstance(node, nodes.Tuple) and node.ctx != "load":
        return ""
    numeric = isinstance(node, nodes.Add) and any(
        isinstance(side, nodes.Const) and isinstance(side.value, int)
        for side in (node.left, node.right)
    )
    loaded = {name.name for name in node.find_all(nodes.Name)}
    if numeric or not loaded & (given.own | {"super", "caller", "varargs", "kwargs"}):
        return ""
    return "a template's own variables cannot be put together here; write them one after the other, as in {{ a }}{{ b }}"


def _product(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    sides = (node.left, node.right)
    values = [side.value for side in sides if isinstance(side, nodes.Const)]
    small = any(isinstance(value, int) and value <= _MOST_REPEATS for value in values)
    if isinstance(node, nodes.Mul) and len(values) == len(sides) and small:
        return ""
    return f"expected is a product of constants, as in {{{{ '-' * 40 }}}}, at most {_MOST_REPEATS} times"


def _macro_in_macro(node: Any, given: Given) -> str:  # noqa: ANN401 - the same
    """A macro that calls itself could hold many copies of a text at once."""
    called = {getattr(call.node, "name", "") for call in node.find_all(nodes.Call)}
    return "a macro cannot call another one" if called & given.own else ""


def _not_available(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    return f"{type(node).__name__.lower()} is not available; expected is include, extends or a macro of this file"


def _unnamed_file(node: Any, _given: Given) -> str:  # noqa: ANN401 - the same
    if all(isinstance(part, nodes.Const) for part in _named(node)):
        return ""
    return "expected is a file's name in quotation marks"


Rule = Callable[[Any, Given], str]
#: Every rule with the nodes that it looks at.
RULES: tuple[tuple[type[nodes.Node] | tuple[type[nodes.Node], ...], Rule], ...] = (
    (nodes.Name, _unknown_name),
    (nodes.Filter, _unknown_filter),
    (nodes.Test, _unknown_test),
    (nodes.Getitem, _unknown_field),
    (nodes.Getattr, _hidden_attribute),
    (nodes.Call, _call),
    ((nodes.Concat, nodes.Add, nodes.List, nodes.Tuple, nodes.Dict), _growth),
    ((nodes.Mul, nodes.Pow), _product),
    (nodes.Macro, _macro_in_macro),
    ((nodes.Import, nodes.FromImport, nodes.ScopedEvalContextModifier), _not_available),
    ((nodes.Include, nodes.Extends), _unnamed_file),
)
