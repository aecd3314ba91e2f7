from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from channels.email.dotted import DottedText, stuff_dots

#: Texts made of what matters to the grammar.
texts = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"..", b"a", b"\0", b"\xff"])).map(
    b"".join
)


def feed(text: DottedText, wire: bytes, cuts: list[int]) -> bytes | None:
    """Feed the wire in pieces; what is left after the end."""
    places = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    for start, stop in pairwise(places):
        rest = text.feed(wire[start:stop])
        if rest is not None:
            return rest + wire[stop:]
    return None


@given(texts, texts, st.lists(st.integers(0, 200)))
def test_what_was_stuffed_comes_out_however_it_is_cut(
    raw: bytes, after: bytes, cuts: list[int]
) -> None:
    text = DottedText(10_000)
    rest = feed(text, stuff_dots(raw) + after, cuts)
    assert rest == after
    assert text.raw() == (raw if raw.endswith(b"\r\n") else raw + b"\r\n") or (
        raw == b"" and text.raw() in {b"", b"\r\n"}
    )
    assert not text.too_large


@given(texts, st.lists(st.integers(0, 200)))
def test_only_the_whole_end_ends(raw: bytes, cuts: list[int]) -> None:
    text = DottedText(10_000)
    rest = feed(text, raw, cuts)
    assert (rest is not None) == (b"\r\n.\r\n" in b"\r\n" + raw)


@given(st.integers(0, 60), st.integers(0, 60), st.lists(st.integers(0, 100)))
def test_the_limit_is_exact_and_the_end_is_still_found(
    limit: int, size: int, cuts: list[int]
) -> None:
    text = DottedText(limit)
    raw = (b"x" * size)[:-2] + b"\r\n" if size > 1 else b"\r\n"
    assert feed(text, stuff_dots(raw) + b"NOOP\r\n", cuts) == b"NOOP\r\n"
    assert text.too_large == (len(raw) > limit)
    assert text.raw() == (b"" if text.too_large else raw)


def test_a_text_past_the_limit_takes_no_memory() -> None:
    text = DottedText(1000)
    for _ in range(100):
        assert text.feed(b"x" * 1000) is None
    assert len(text._held) < 10
    assert text.feed(b"\r\n.\r\n") == b""
