import pytest
from hypothesis import given
from hypothesis import strategies as st

from threading_engine import subject


@pytest.mark.parametrize(
    ("full", "bare"),
    [
        ("Lamp broken", "Lamp broken"),
        ("Re: Lamp broken", "Lamp broken"),
        ("RE: AW: Antw: SV: Re : Lamp", "Lamp"),
        ("WG: Fwd: TR: Rv: Lamp", "Lamp"),
        ("Re[2]: Re(3): Lamp", "Lamp"),
        ("回复：转发: 灯坏了", "灯坏了"),
        ("Odp: PD: Lampa", "Lampa"),
        ("Ynt: İlt: Lamba", "Lamba"),
        ("R: I: Lampada", "Lampada"),
        ("[lamp-users] Re: [lamp-users] Lamp", "Lamp"),
        ("Re: [#42] Lamp", "Lamp"),
        ("[Ticket#42] Re: Lamp", "Lamp"),
        ("[EXTERNAL] Re: Lamp", "Lamp"),
        ("[URGENT] Lamp", "[URGENT] Lamp"),
        ("Re: [Fwd: Lamp]", "Lamp"),
        ("Lamp (fwd)", "Lamp"),
        ("Re:", ""),
        ("", ""),
        ("Regarding the lamp", "Regarding the lamp"),
        ("Lamp: broken", "Lamp: broken"),
        ("r: lower case is somebody's own", "r: lower case is somebody's own"),
        ("  much   space ", "much space"),
    ],
)
def test_bare(full: str, bare: str) -> None:
    assert subject.bare(full) == bare
    assert subject.one_re(full) == f"Re: {bare}"


@pytest.mark.parametrize(
    ("full", "reply", "forward"),
    [
        ("Re: a", True, False),
        ("AW: WG: a", True, False),
        ("Fwd: Re: a", False, True),
        ("WG: AW: a", False, True),
        ("[list] SV: a", True, False),
        ("[Fwd: a]", False, True),
        ("a (fwd)", False, True),
        ("a", False, False),
        ("", False, False),
    ],
)
def test_the_outermost_prefix_decides(full: str, *, reply: bool, forward: bool) -> None:
    assert (subject.is_reply(full), subject.is_forward(full)) == (reply, forward)


@pytest.mark.parametrize(
    ("full", "numbers"),
    [
        ("Re: [#42] Lamp", (42,)),
        ("#42 and #43, again #42", (42, 43)),
        ("[Ticket#42]", (42,)),
        ("[Ticket 42] Lamp", (42,)),
        ("Ticket #42: Lamp", (42,)),
        ("AW: [shop.example #42] Lamp", (42,)),
        ("Case: Lamp", ()),
        ("Ticket 42", ()),
        ("Invoice 2020-42", ()),
        ("Article #42-7", ()),
        ("C#7 and &#42; and a#5", ()),
        ("#" + "9" * 30, ()),
        ("", ()),
    ],
)
def test_ticket_numbers(full: str, numbers: tuple[int, ...]) -> None:
    assert subject.ticket_numbers(full) == numbers


@given(st.text(max_size=200))
def test_any_subject_can_be_read(text: str) -> None:
    bare = subject.bare(text)
    assert subject.bare(bare) == bare
    assert subject.is_reply(subject.one_re(text))
    subject.ticket_numbers(text)
    subject.is_forward(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("AW: Re: Printer", "Printer", True),
        ("[list] [#12] PRINTER", "printer", True),
        ("A very long title", "A very …", True),
        ("A very …", "A very long title", True),
        ("Another title", "A very …", False),
        ("Printer", "Printers", False),
        ("", "", True),
    ],
)
def test_whether_two_subjects_are_about_the_same(one: str, other: str, *, same: bool) -> None:
    assert subject.same(one, other) is same
