"""Accept-Language (RFC 9110 section 12.5.4), as far as choosing a language needs it."""

from __future__ import annotations

#: Nobody reads more languages; longer fields are made by programs.
MOST_LANGUAGES, _MOST_LETTERS = 20, 1000


def preferred(field: str) -> tuple[str, ...]:
    """The languages of the field, the best first, in lower case; refused ones and ``*`` left out."""
    found: list[tuple[float, str]] = []
    for part in field[:_MOST_LETTERS].split(",")[:MOST_LANGUAGES]:
        tag, _, rest = part.partition(";")
        code, weight = tag.strip().lower(), _weight(rest)
        if weight > 0 and code.isascii() and code.replace("-", "").isalnum():
            found.append((weight, code))
    # Sorting keeps the order of those that are wanted alike.
    return tuple(code for _weight, code in sorted(found, key=lambda pair: -pair[0]))


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return min(float(value), 1.0)
    except ValueError:
        return 0.0
