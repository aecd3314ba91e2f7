"""``{% trans %}`` rewritten as calls says what Jinja's own extension says."""

from functools import partial

import pytest
from jinja2 import Environment, TemplateSyntaxError
from markupsafe import Markup

from templates.phrases import as_calls

BLOCKS = {
    "plain": "{% trans %}Attached:{% endtrans %}",
    "value": "{% trans name=author %}%{{ name }} wrote “so”{% endtrans %}",
    "values": "{% trans name=author, other=title|upper %}{{ name }}: {{ other }}{% endtrans %}",
    "free name": "{% trans %}Dear {{ author }}, 100 %{% endtrans %}",
    "two in a line": "{% trans %}a{% endtrans %} {% trans %}b{% endtrans %} c",
    "lines": "a\n  {% trans %}\n  one\n  two\n  {% endtrans %}\nb",
    "trimmed": "a\n{% trans trimmed name=author %}\n  one\n  {{ name }}\n{% endtrans %}\nb",
    "tight": "a \n {%- trans -%} x {%- endtrans -%} \n b",
    "kept": "a\n  {%+ trans %}x{% endtrans +%}\nb",
    "quotes": '{% trans %}She said "no" \\ and left{% endtrans %}',
    "none": "transport {{ author }}",
}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_block_says_what_jinja_would(case: str) -> None:
    values = {"author": "Ann", "title": "printer"}
    new = partial(Environment, trim_blocks=True, lstrip_blocks=True, autoescape=True)
    jinja = new(extensions=["jinja2.ext.i18n"])
    jinja.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    plain = new()
    plain.globals["_"] = lambda phrase, **given: Markup(phrase) % given  # noqa: S704 - of this file
    source = as_calls(BLOCKS[case])
    assert plain.from_string(source).render(values) == jinja.from_string(BLOCKS[case]).render(
        values
    )
    assert source.count("\n") == BLOCKS[case].count("\n"), "lines keep their numbers"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("\n{% trans %}a{% pluralize %}b{% endtrans %}", 2),
        ("{% trans %}a", 1),
        ("\n\n{% endtrans %}", 3),
        ("{% trans %}{% trans %}a{% endtrans %}", 1),
        ("{% trans %}{{ a.b }}{% endtrans %}", 1),
    ],
)
def test_what_cannot_be_rewritten_is_named_with_its_line(source: str, line: int) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        as_calls(source)
    assert caught.value.lineno == line
