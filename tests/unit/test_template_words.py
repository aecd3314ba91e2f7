"""People's words on their way into a mail: what changes and what must not."""

import pytest

from templates.words import WIDTH, clean_line, to_html, wrap


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("one\ntwo", "one<br>\ntwo"),
        ("a   b", "a\u00a0  b"),
        ("see http://x.example/a?b=1&c=2.", 'see <a href="http://x.example/a?b=1&amp;c=2">'),
        ("(https://x.example/a)", '(<a href="https://x.example/a">https://x.example/a</a>)'),
        ("https://x.example/a_(b)", '<a href="https://x.example/a_(b)">'),
        (
            '"https://x.example/"onclick=x',
            '&#34;<a href="https://x.example/">https://x.example/</a>&#34;',
        ),
        ("**not bold** _nor this_", "**not bold** _nor this_"),
        ("> said\n> he", '">said<br>\nhe</blockquote>'),
        ("    x <= 1\n    y", '">    x &lt;= 1\n    y</pre>'),
    ],
)
def test_plain_text_looks_as_written(text: str, html: str) -> None:
    assert html in to_html(text)


def test_only_web_addresses_become_links() -> None:
    assert "<a" not in to_html("javascript://x data:text/html,x file:///etc/passwd ftp://x.example")


def test_long_lines_wrap_at_spaces() -> None:
    text = "word " * 40 + "https://x.example/" + "p" * 100 + " end"
    wrapped = wrap(text)
    assert wrapped.split() == text.split()
    assert all(len(line) <= WIDTH or "://" in line for line in wrapped.split("\n"))


@pytest.mark.parametrize("line", ["> " + "quoted " * 20, "    " + "code " * 20, "x" * 200])
def test_what_must_stay_whole_stays_whole(line: str) -> None:
    assert wrap(line) == line


def test_list_items_hang() -> None:
    first, second = wrap("- " + "item " * 16).split("\n")
    assert (first[:2], second[:3]) == ("- ", "  i")


def test_wide_scripts_wrap_by_columns() -> None:
    wrapped = wrap("印" * 100)
    assert [len(line) for line in wrapped.split("\n")] == [38, 38, 24]


def test_names_lose_what_deceives() -> None:
    assert clean_line("in\u202evoice\r\n.exe") == "in voice .exe"
