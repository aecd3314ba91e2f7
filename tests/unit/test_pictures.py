"""Logos of signatures are decoration; what somebody wants to show is not."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.decoration import without_marks, without_pictures
from bot.desk.pictures import Picture, Place, judge, pixels
from bot.desk.ticket import File


def picture(
    name: str = "image001.png",
    *,
    kind: str = "image/png",
    size: int = 9000,
    shape: tuple[int, int] | None = (200, 60),
    inline: bool = True,
    place: Place = Place.WORDS,
    known: bool = False,
    repeated: bool = False,
) -> Picture:
    return Picture(
        name=name,
        content_type=kind,
        size=size,
        pixels=shape,
        inline=inline,
        place=place,
        known=known,
        repeated=repeated,
    )


SHOT = (1280, 720)


@pytest.mark.parametrize(
    ("given_picture", "rule", "decorative"),
    [
        (picture("OpenPGP_0x0123456789ABCDEF.asc", kind="application/pgp-keys"), "public_key", True),
        (picture("our-key.asc", kind="application/pgp-keys"), "no_picture", False),
        (picture("report.pdf", kind="application/pdf", place=Place.SIGNATURE), "no_picture", False),
        (picture(shape=(1, 1)), "spy_pixel", True),
        (picture(shape=(600, 2), place=Place.NOWHERE, inline=False), "spy_pixel", True),
        (picture("logo.png", place=Place.NOWHERE, inline=False), "attached_by_hand", False),
        (picture(place=Place.NOWHERE, inline=False, repeated=True), "attached_by_hand", False),
        (picture(repeated=True), "shown_again", True),
        (picture(repeated=True, place=Place.QUOTE, shape=SHOT), "shown_again", True),
        (picture(repeated=True, shape=SHOT), "shown_in_words", False),
        (picture(), "shown_in_words", False),
        (picture("logo.png"), "shown_in_words", False),
        (picture(known=True), "shown_in_words", False),
        (picture(place=Place.QUOTE, shape=SHOT, known=True), "quoted_and_known", True),
        (picture(place=Place.QUOTE, shape=SHOT), "photo", False),
        (picture(place=Place.SIGNATURE, shape=SHOT), "photo", False),
        (picture(place=Place.SIGNATURE, shape=None, size=400_000), "photo", False),
        (picture(place=Place.SIGNATURE), "below_the_words", True),
        (picture(place=Place.SIGNATURE, shape=(900, 250)), "below_the_words", True),
        (picture(place=Place.SIGNATURE, shape=None), "below_the_words", True),
        (picture(place=Place.QUOTE), "below_the_words", True),
        (picture("image002.png", place=Place.NOWHERE), "called_like_a_logo", True),
        (picture("Outlook-5xq2.png", place=Place.NOWHERE), "called_like_a_logo", True),
        (picture("company_logo.gif", place=Place.NOWHERE), "called_like_a_logo", True),
        (picture("image002.png", place=Place.NOWHERE, size=60_000), "anything_else", False),
        (picture("lamp.png", place=Place.NOWHERE), "anything_else", False),
    ],
)  # fmt: skip
def test_rules(given_picture: Picture, rule: str, decorative: bool) -> None:  # noqa: FBT001 - a table
    verdict = judge(given_picture)
    assert (verdict.rule, verdict.decorative) == (rule, decorative)


PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)
GIF = b"GIF89a" + struct.pack("<HH", 640, 480)
BMP = b"BM" + bytes(16) + struct.pack("<II", 640, 480)
APP = b"\xff\xe0" + struct.pack(">H", 16) + bytes(14)
JPEG = b"\xff\xd8" + APP * 3 + b"\xff\xc2" + struct.pack(">HBHH", 17, 8, 480, 640) + bytes(9)


@pytest.mark.parametrize("data", [PNG, GIF, BMP, JPEG])
def test_pixels(data: bytes) -> None:
    assert pixels(data) == (640, 480)


@given(st.sampled_from([PNG, GIF, BMP, JPEG, b""]), st.binary(max_size=40))
def test_pixels_of_any_bytes(start: bytes, rest: bytes) -> None:
    for end in range(len(start)):
        pixels(start[:end] + rest)


def test_a_jpeg_of_endless_segments_is_given_up() -> None:
    assert pixels(b"\xff\xd8" + b"\xff\xe0\x00\x02" * 100_000 + JPEG[2:]) is None


def file(content_id: str, *, decorative: bool) -> File:
    return File(
        name="a.png",
        content_type="image/png",
        size=1,
        sha256="",
        content_id=content_id,
        inline=True,
        decorative=decorative,
    )


def test_words_lose_the_places_of_decoration_only() -> None:
    files = [file("logo@firm", decorative=True), file("shot@firm", decorative=False)]
    page = '<p>See <img alt="a > b" src="cid:shot@firm"></p><p><img src="cid:logo@firm" alt="x"> Ann</p>'
    assert without_pictures(page, files) == (
        '<p>See <img alt="a > b" src="cid:shot@firm"></p><p> Ann</p>'
    )
    assert without_marks("See [cid:shot@firm]\n[cid:logo@firm] Ann", files) == (
        "See [cid:shot@firm]\n Ann"
    )
