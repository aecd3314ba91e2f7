"""Tokens: nobody makes one without the key, and none is lost to a mail system's habits."""

from __future__ import annotations

import hmac
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cost import within
from threading_engine.tokens import PATTERN, Keyring, Kind, without_page_keys

OLD, NEW = {"k1": b"1" * 32}, {"k2": b"2" * 32}
RING = Keyring({**NEW, **OLD})

#: As large as a row number of a desk with ten million tickets a day for a thousand years.
NUMBERS = st.integers(0, 36**8 - 1)
COUNTS = {
    Kind.TICKET: 2,
    Kind.MESSAGE: 2,
    Kind.BOUNCE: 1,
    Kind.RATING: 3,
    Kind.PAGE: 3,
    Kind.LOOP: 1,
}
RATED = st.tuples(st.integers(0, 36**7 - 1), NUMBERS, st.integers(1, 5))
SIGNED = st.sampled_from(Kind).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.tuples(*[NUMBERS] * COUNTS[kind]) if COUNTS[kind] < 3 else RATED,
    )
)


@given(SIGNED)
def test_what_was_signed_is_read(signed: tuple[Kind, tuple[int, ...]]) -> None:
    kind, numbers = signed
    token = RING.read(RING.sign(kind, *numbers))
    assert token is not None
    assert (token.kind, token.numbers, token.valid, token.reason) == (kind, numbers, True, "")


@given(SIGNED, st.data())
def test_case_does_not_matter(signed: tuple[Kind, tuple[int, ...]], data: st.DataObject) -> None:
    text = RING.sign(signed[0], *signed[1])
    folded = "".join(c.upper() if data.draw(st.booleans()) else c for c in text)
    assert RING.read(folded) == RING.read(text)


@given(SIGNED, st.data())
def test_any_altered_character_is_noticed(
    signed: tuple[Kind, tuple[int, ...]], data: st.DataObject
) -> None:
    text = RING.sign(signed[0], *signed[1])
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.sampled_from(string.printable + "\u212aſéа٣").filter(lambda c: c.lower() != text[at])
    )
    token = RING.read(text[:at] + other + text[at + 1 :])
    assert token is None or not token.valid


@given(SIGNED, st.data())
def test_a_piece_of_a_token_is_worth_nothing(
    signed: tuple[Kind, tuple[int, ...]], data: st.DataObject
) -> None:
    text = RING.sign(signed[0], *signed[1])
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    token = RING.read(text[start:end])
    assert (start, end) == (0, len(text)) or token is None or not token.valid


@given(st.tuples(NUMBERS, NUMBERS))
def test_the_same_numbers_under_another_kind_are_no_token(numbers: tuple[int, int]) -> None:
    text = RING.sign(Kind.TICKET, *numbers)
    token = RING.read("m" + text[1:])
    assert token is not None
    assert (token.valid, token.reason) == (False, "altered")


@given(SIGNED)
def test_both_keys_are_good_during_rotation(signed: tuple[Kind, tuple[int, ...]]) -> None:
    kind, numbers = signed
    old = RING.read(Keyring(OLD).sign(kind, *numbers))
    assert old is not None
    assert old.valid
    assert RING.sign(kind, *numbers) == Keyring(NEW).sign(kind, *numbers)
    expired = Keyring(NEW).read(Keyring(OLD).sign(kind, *numbers))
    assert expired is not None
    assert (expired.valid, expired.reason) == (False, "expired key")


def test_another_key_under_the_same_name_is_noticed() -> None:
    token = RING.read(Keyring({"k2": b"3" * 32}).sign(Kind.TICKET, 1, 2))
    assert token is not None
    assert (token.valid, token.reason, token.numbers) == (False, "altered", (1, 2))


@given(SIGNED, st.integers(1, 20))
def test_a_signed_address_fits_a_local_part(
    signed: tuple[Kind, tuple[int, ...]], queue_length: int
) -> None:
    """RFC 5321 section 4.5.3.1.1; Message-IDs have no such bound."""
    kind, numbers = signed
    if kind is Kind.MESSAGE:
        return
    local = "d" * queue_length + "+" + RING.sign(kind, *numbers)
    assert len(local) <= 64


@given(SIGNED)
def test_a_token_is_found_where_a_reply_address_stands(
    signed: tuple[Kind, tuple[int, ...]],
) -> None:
    text = RING.sign(signed[0], *signed[1])
    for around in ("desk+{}@example.org", "<x+{}@y>", "mailto:x+{}@y?subject=5", "ſ+{}@\n"):
        assert [t.valid for t in RING.find(around.format(text))] == [True]
    for around in ("{}", "desk{}@x", "desk+a{}@x", "desk+{}a@x", "desk+.{}@x", "desk+{}"):
        assert RING.find(around.format(text)) == ()


@given(st.text())
def test_text_never_raises(text: str) -> None:
    RING.read(text)
    RING.find(text)


#: Shapes that nearly are tokens, with letters that only look like ASCII.
PIECES = st.text("0123456789abkslmtz27ſ\u212a٣İé", min_size=1, max_size=22)
NEARLY = st.tuples(
    st.sampled_from("tmbslſ"),
    st.lists(PIECES, max_size=4),
    st.text("abk2ſ\u212aé", min_size=19, max_size=23),
).map(lambda parts: ".".join((parts[0], *parts[1], parts[2])))


@given(NEARLY)
@example("ſ.1.1.k2" + "a" * 20)
@example("t.1.1.k2" + "a" * 19 + "ſ")
@example("t.ſ.1.k2" + "a" * 20)
def test_what_nearly_is_a_token_never_raises_and_is_never_valid(text: str) -> None:
    token = RING.read(text)
    assert token is None or not token.valid
    found = RING.find(f"+{text}@ +{text.upper()}@ +{text.lower()}@")
    assert not any(token.valid for token in found)


def test_only_so_many_tokens_are_read() -> None:
    text = f"+{RING.sign(Kind.TICKET, 1, 2)}@ " * 50
    assert len(RING.find(text)) == 20
    assert len(RING.find(text, most=3)) == 3


@pytest.mark.parametrize("text", ["+t." * 50_000, "+" * 200_000, "+t.1.2.k2" + "a" * 100_000])
def test_long_texts_are_searched_at_once(text: str) -> None:
    assert within(1, lambda: RING.find(text)) == ()


def test_codes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both a wrong code and an unknown key run through one comparison of whole codes."""
    compared: list[tuple[int, int]] = []

    def note(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", note)
    good = RING.sign(Kind.TICKET, 1, 2)
    RING.read(good)
    RING.read(good[:-1] + ("a" if good[-1] != "a" else "b"))
    RING.read(Keyring({"k9": b"9" * 32}).sign(Kind.TICKET, 1, 2))
    assert compared == [(20, 20)] * 3


def test_a_code_has_a_hundred_bits() -> None:
    code = RING.sign(Kind.LOOP, 0).rpartition(".")[2][2:]
    assert len(code) * 5 == 100
    assert PATTERN.fullmatch(RING.sign(Kind.LOOP, 0))


@pytest.mark.parametrize(("kind", "numbers"), [(Kind.TICKET, (1,)), (Kind.LOOP, (0, 0))])
def test_the_count_of_numbers_belongs_to_the_kind(kind: Kind, numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="numbers"):
        RING.sign(kind, *numbers)


def test_nonsense_from_a_caller_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        RING.sign(Kind.BOUNCE, -1)
    with pytest.raises(ValueError, match="at least one key"):
        Keyring({})


def test_no_key_of_a_page_is_left_in_a_text() -> None:
    token = RING.sign(Kind.PAGE, 36**7, 36**7, 99_999)
    other = RING.sign(Kind.TICKET, 1, 2)
    text = f"See <https://x.example/rate/{token}?choice=bad>, desk+{other}@x.example, %2F{token}."
    kept = without_page_keys(text)
    assert token not in kept
    assert kept.count("p.…") == 2
    assert other in kept
    assert within(0.5, lambda: without_page_keys("p.1" * 1_000_000)) == "p.1" * 1_000_000
