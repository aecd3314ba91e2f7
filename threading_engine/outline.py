"""What each line of a mail is, and where the old mail begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# Kinds of line, one letter each so that an outline can be read in a test.
WORDS = "t"
BLANK = " "
QUOTED = ">"
ATTRIBUTION = "a"
DELIMITER = "-"
RULE = "_"
DEVICE = "m"
SIGNATURE = "s"

#: The rule that knows a header block inside a quote.
QUOTED_HEADER = "quoted_header_block"
#: A text of more lines is data, not a letter; its further lines are only looked at for ">".
MOST_LINES = 10_000
#: More lines that could begin a quote, and do not, stand in no letter either.
MOST_CLUES = 2000
_LONGEST_INITIALS = 3


@dataclass(kw_only=True, slots=True)
class Outline:
    """The kinds of the lines before the cut, and the cut."""

    #: The lines.
    lines: Sequence[str]
    #: One kind a line, for lines ``start`` up to the cut.
    kinds: list[str] = field(default_factory=list)
    #: The first line looked at.
    start: int = 0
    #: The first line of what announces the old mail; the number of lines when nothing does.
    cut: int = 0
    #: The first line after the announcement.
    below: int = 0
    #: Which clue made the cut; empty when there is none.
    rule: str = ""
    #: Names of all rules that hit, in order.
    rules: list[str] = field(default_factory=list)
    #: Another quote mark than ">", as seen below an attribution; empty when there is none.
    mark: str = ""
    #: Whether a text says somewhere that people should answer above a line.
    has_marker: bool = False
    #: What a client's structure says of some lines.
    hints: Mapping[int, str] = field(default_factory=dict)
    #: How many lines looked as if they could begin a quote.
    clues: int = 0

    def end_at(self, first: int, below: int, rule: str, form: str = "") -> None:
        """Cut: ``first`` begins the announcement of the old mail, ``below`` follows it."""
        self.cut, self.below, self.rule = first, below, rule
        self.rules.append(form or rule)
        del self.kinds[first - self.start :]

    def mark_attribution(self, first: int, rule: str) -> str:
        """Make the lines from ``first`` to the last one known an attribution."""
        self.rules.append(rule)
        for index in range(first - self.start, len(self.kinds)):
            self.kinds[index] = ATTRIBUTION
        return ATTRIBUTION

    def stripped(self, index: int) -> str:
        """The stripped line of the kind at ``index``."""
        return self.lines[self.start + index].strip()


def is_quoted(stripped: str) -> bool:
    """Whether a line carries a quote mark: "> text", or "JD> text" as some old clients write."""
    if stripped[0] == ">":
        return True
    mark = stripped.find(">", 1, _LONGEST_INITIALS + 1)
    return (
        mark > 0
        and stripped[:mark].isalpha()
        and stripped[0].isupper()
        and (len(stripped) == mark + 1 or stripped[mark + 1] in " >")
    )


def is_quote_next(lines: Sequence[str], at: int) -> bool:
    """Whether the next line that is not blank carries a quote mark."""
    following = next_line(lines, at)
    return bool(following) and is_quoted(following)


def next_line(lines: Sequence[str], at: int) -> str:
    """The next line that is not blank, stripped; empty at the end."""
    while at < len(lines):
        if stripped := lines[at].strip():
            return stripped
        at += 1
    return ""


def unquoted(line: str) -> str:
    """A line without its quote marks."""
    return line.lstrip("> \t")
