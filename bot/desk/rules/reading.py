"""Rules from the configuration; every mistake is kept with its key, and none stops the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bot.desk.rules.checking import problems
from bot.desk.rules.conditions import All, Any, Compare, Condition, Not, Operator
from bot.desk.rules.deeds import Deed
from bot.desk.rules.fields import CUSTOM, FIELDS, find_field
from bot.desk.rules.names import Names, knows, nearest
from bot.desk.rules.rulebook import CAUSE, THEN, Mode, Moment, Rule
from bot.desk.rules.values import read_value
from bot.desk.rules.wishes import read_deed

E = TypeVar("E", bound=StrEnum)

_KEYS = ("name", "when", "events", "mode", "if", "then", "enabled")
_LONGEST_NAME = 60
#: Conditions inside of conditions.
_DEEPEST = 12
_GROUPS = ("all", "any", "not")
_NOTHING = All(())


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something in the configuration that cannot be."""

    #: Where: ``rules.2.if.all.0``, counted from 1 as people count rules and from 0 inside.
    key: str
    #: The rule's name; empty where it has none.
    rule: str
    problem: str

    @property
    def sentence(self) -> str:
        """For people."""
        named = f" (rule {self.rule!r})" if self.rule else ""
        return f"{self.key}{named}: {self.problem}"


def read_rules(given: Sequence[object], names: Names) -> tuple[tuple[Rule, ...], list[Mistake]]:
    """Every rule that can be read, and every mistake in the others."""
    rules: list[Rule] = []
    mistakes: list[Mistake] = []
    for number, table in enumerate(given, start=1):
        reader = _Reader(key=f"rules.{number}", names=names)
        rule = reader.rule(table)
        if rule is not None and knows((other.name for other in rules), rule.name):
            reader.say("name", f"there is another rule {rule.name!r}")
        mistakes += reader.mistakes
        if rule is not None and not reader.mistakes:
            rules.append(rule)
    return tuple(rules), mistakes


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Reads one rule."""

    key: str
    names: Names
    name: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    def say(self, key: str, problem: str) -> None:
        where = f"{self.key}.{key}" if key else self.key
        self.mistakes.append(Mistake(key=where, rule=self.name, problem=problem))

    def rule(self, given: object) -> Rule | None:
        if not isinstance(given, Mapping):
            self.say("", f"{given!r} is no rule")
            return None
        self.name = self._name(given.get("name"))
        for key in given:
            if key not in _KEYS:
                self.say(str(key), f"there is no such key{nearest(str(key), _KEYS)}")
        moment = self._choice(Moment, "when", given.get("when", Moment.EVENT.value))
        mode = self._choice(Mode, "mode", given.get("mode", Mode.AUTOMATIC.value))
        condition = self.condition("if", given["if"]) if "if" in given else _NOTHING
        deeds = self._deeds(given.get("then"))
        events = self._events(given.get("events"), timed=moment is Moment.TIMED)
        enabled = given.get("enabled", True)
        if not isinstance(enabled, bool):
            self.say("enabled", f"{enabled!r} is neither true nor false")
        if self.mistakes or moment is None or mode is None:
            return None
        rule = Rule(
            name=self.name,
            moment=moment,
            mode=mode,
            condition=condition,
            deeds=deeds,
            events=events,
            enabled=enabled,
        )
        for key, problem in problems(rule):
            self.say(key, problem)
        return rule

    def _name(self, given: object) -> str:
        if not isinstance(given, str) or not given.strip() or len(given) > _LONGEST_NAME:
            self.say("name", f"a rule needs a name of up to {_LONGEST_NAME} characters")
            return ""
        if THEN.strip() in given or given.startswith(CAUSE) or not given.isprintable():
            self.say("name", f"{given!r} has a sign in it that names of rules cannot have")
        return given.strip()

    def _choice(self, kind: type[E], key: str, given: object) -> E | None:
        if isinstance(given, str) and given in set(kind):
            return kind(given)
        self.say(key, f"{given!r} is not known{nearest(str(given), kind)}")
        return None

    def _events(self, given: object, *, timed: bool) -> tuple[str, ...]:
        if given is None:
            return () if timed else self.names.events
        if timed:
            self.say("events", "a timed rule waits for no events")
            return ()
        kinds = [given] if isinstance(given, str) else given
        if not isinstance(kinds, list | tuple) or not kinds:
            self.say("events", f'{given!r} is no list such as ["ticket.opened"]')
            return ()
        for kind in kinds:
            if kind not in self.names.events:
                self.say(
                    "events", f"there is no event {kind!r}{nearest(str(kind), self.names.events)}"
                )
        return tuple(dict.fromkeys(str(kind) for kind in kinds))

    def _deeds(self, given: object) -> tuple[Deed, ...]:
        wishes = [given] if isinstance(given, Mapping) else given
        if not isinstance(wishes, list | tuple) or not wishes:
            self.say("then", 'a rule needs deeds, for example then = [{tag = "vip"}]')
            return ()
        deeds: list[Deed] = []
        for number, wish in enumerate(wishes):
            try:
                deeds.append(read_deed(wish, self.names))
            except ValueError as problem:
                self.say(f"then.{number}", str(problem))
        return tuple(deeds)

    def condition(self, key: str, given: object, depth: int = 0) -> Condition:
        """A list means all of it; a table is a comparison, or groups that must all hold."""
        if depth > _DEEPEST:
            self.say(key, f"conditions stand at most {_DEEPEST} deep")
            return _NOTHING
        if isinstance(given, list | tuple):
            return All(self._parts(key, given, depth))
        if not isinstance(given, Mapping) or not given:
            self.say(
                key, f'{given!r} is no condition such as {{field = "title", contains = "vpn"}}'
            )
            return _NOTHING
        if "field" in given:
            return self._compare(key, given)
        groups = [self._group(key, name, part, depth) for name, part in given.items()]
        return groups[0] if len(groups) == 1 else All(tuple(groups))

    def _group(self, key: str, name: str, given: object, depth: int) -> Condition:
        where = f"{key}.{name}"
        if name == "not":
            return Not(self.condition(where, given, depth + 1))
        if name not in _GROUPS:
            self.say(where, f"there is no such key{nearest(name, (*_GROUPS, 'field'))}")
            return _NOTHING
        if not isinstance(given, list | tuple) or not given:
            self.say(where, f"{name} needs a list of conditions")
            return _NOTHING
        parts = self._parts(where, given, depth)
        return All(parts) if name == "all" else Any(parts)

    def _parts(self, key: str, given: Sequence[object], depth: int) -> tuple[Condition, ...]:
        return tuple(
            self.condition(f"{key}.{number}", part, depth + 1) for number, part in enumerate(given)
        )

    def _compare(self, key: str, given: Mapping[str, object]) -> Condition:
        name = str(given["field"])
        found = find_field(name)
        if found is None or not self._is_custom(name):
            self.say(key, f"there is no field {name!r}{nearest(name, self._field_names())}")
            return _NOTHING
        operators = [each for each in given if each != "field"]
        if len(operators) != 1 or operators[0] not in set(Operator):
            wrong = next((each for each in operators if each not in set(Operator)), "")
            hint = nearest(wrong, Operator) if wrong else ""
            what = (
                f"{wrong!r} compares nothing{hint}" if wrong else "one comparison must stand here"
            )
            self.say(key, f"{name}: {what}")
            return _NOTHING
        operator = Operator(operators[0])
        try:
            wanted = read_value(found, operator, given[operator], self.names)
        except ValueError as problem:
            self.say(key, f"{name}: {problem}")
            return _NOTHING
        return Compare(
            field=name, operator=operator, wanted=wanted, written=_as_written(given[operator])
        )

    def _is_custom(self, name: str) -> bool:
        known = self.names.custom_fields
        return not name.startswith(CUSTOM) or known is None or name.removeprefix(CUSTOM) in known

    def _field_names(self) -> tuple[str, ...]:
        custom = self.names.custom_fields or ()
        return (*FIELDS, *(f"{CUSTOM}{name}" for name in custom))


def _as_written(given: object) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, list | tuple):
        return ", ".join(map(str, given))
    return str(given)
