"""Which attached pictures are decoration: logos, portraits and icons of signatures, spy pixels.

Decoration is kept like every file, and is nobody's attachment: it is not listed and not sent on. When
in doubt a picture is content, because a logo too many annoys, and a screenshot lost is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Place(Enum):
    """Where in the mail a picture is shown."""

    WORDS = "words"
    SIGNATURE = "signature"
    QUOTE = "quote"
    #: In no part of the text; attached, or shown by a program that we do not know.
    NOWHERE = "nowhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One attachment, as far as it matters here."""

    name: str
    #: Media type, lower-cased.
    content_type: str
    #: Bytes.
    size: int
    #: Width and height, or None when the bytes do not tell.
    pixels: tuple[int, int] | None = None
    #: True when the mail means it to be shown inside the text.
    inline: bool = False
    place: Place = Place.NOWHERE
    #: True when some earlier mail brought the same bytes.
    known: bool = False
    #: True when an earlier mail of this author did.
    repeated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Decoration or content, and the rule that says so."""

    decorative: bool
    rule: str


#: A screenshot or photo is larger than this both ways; banners of signatures are wide and flat.
_PHOTO_WIDTH, _PHOTO_HEIGHT = 350, 350
#: The same for pictures that do not tell their pixels.
_PHOTO_BYTES = 100_000
#: Lines, spacers and spies.
_THIN = 3
_LOGO_BYTES = 20_000
#: What mail programs and agencies call the pictures of signatures.
_LOGO_NAME = re.compile(
    r"(?:image\d{3}|outlook-[^.]{1,40}|logo[^.]{0,40}|[^.]{0,40}[_-]logo|signature[^.]{0,20}"
    r"|banner[^.]{0,20}|facebook|linkedin|twitter|instagram|youtube|xing|icon[^.]{0,20})"
    r"\.(?:png|jpe?g|gif|bmp|svg)\Z",
    re.IGNORECASE,
)
_KEY_NAME = re.compile(r"openpgp_0x[0-9a-f]{8,40}\.asc\Z", re.IGNORECASE)


def _is_photo(picture: Picture) -> bool:
    if picture.pixels is None:
        return picture.size >= _PHOTO_BYTES
    width, height = picture.pixels
    return width >= _PHOTO_WIDTH and height >= _PHOTO_HEIGHT


# --- the rules: True for decoration, False for content, None to let the next one say ---------------


def public_key(picture: Picture) -> bool | None:
    """Thunderbird adds its user's PGP key to every signed mail."""
    key = picture.content_type == "application/pgp-keys" and _KEY_NAME.match(picture.name)
    return True if key else None


def no_picture(picture: Picture) -> bool | None:
    """Documents are content."""
    return None if picture.content_type.startswith("image/") else False


def spy_pixel(picture: Picture) -> bool | None:
    """A picture of one pixel, or a line."""
    return True if picture.pixels and min(picture.pixels) <= _THIN else None


def attached_by_hand(picture: Picture) -> bool | None:
    """Behind a paper clip, and nowhere in the text."""
    return False if picture.place is Place.NOWHERE and not picture.inline else None


def shown_again(picture: Picture) -> bool | None:
    """The author's earlier mails brought it too, and it is no screenshot or photo of theirs.

    Phones mark whatever is attached as inline, and show it in no part of the text.
    """
    pasted = picture.place in {Place.WORDS, Place.NOWHERE} and _is_photo(picture)
    return True if picture.repeated and not pasted else None


def shown_in_words(picture: Picture) -> bool | None:
    """The author put it among their words."""
    return False if picture.place is Place.WORDS else None


def quoted_and_known(picture: Picture) -> bool | None:
    """The mail program brought it along with an old mail that the desk has."""
    return True if picture.place is Place.QUOTE and picture.known else None


def photo(picture: Picture) -> bool | None:
    """People put photos below their signature, phones below a line of their own."""
    return False if _is_photo(picture) else None


def below_the_words(picture: Picture) -> bool | None:
    """Shown in the signature or the quote alone."""
    return True if picture.place in {Place.SIGNATURE, Place.QUOTE} else None


def called_like_a_logo(picture: Picture) -> bool | None:
    """Inside a text that we could not read, small, and called as programs call logos."""
    small = picture.size <= _LOGO_BYTES
    return True if small and _LOGO_NAME.match(picture.name) else None


def anything_else(_: Picture) -> bool | None:
    """Content, when in doubt."""
    return False


RULES: tuple[Callable[[Picture], bool | None], ...] = (
    public_key,
    no_picture,
    spy_pixel,
    attached_by_hand,
    shown_again,
    shown_in_words,
    quoted_and_known,
    photo,
    below_the_words,
    called_like_a_logo,
    anything_else,
)


def judge(picture: Picture) -> Verdict:
    """Decide by the first rule that says something."""
    for rule in RULES:
        if (decorative := rule(picture)) is not None:
            return Verdict(decorative=decorative, rule=rule.__name__)
    raise AssertionError("the last rule always says something")


# --- how large -------------------------------------------------------------------------------------


def pixels(data: bytes) -> tuple[int, int] | None:
    """Width and height by the file's own head (PNG, GIF, BMP, JPEG), or None."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) >= 24:  # noqa: PLR2004 - its head
        return _two(data, 16, 4, "big")
    if data[:6] in {b"GIF87a", b"GIF89a"} and len(data) >= 10:  # noqa: PLR2004 - its head
        return _two(data, 6, 2, "little")
    if data[:2] == b"BM" and len(data) >= 26:  # noqa: PLR2004 - its head
        return _two(data, 18, 4, "little")
    return _jpeg_pixels(data) if data[:2] == b"\xff\xd8" else None


def _two(data: bytes, at: int, size: int, order: Literal["big", "little"]) -> tuple[int, int]:
    first, second = data[at : at + size], data[at + size : at + 2 * size]
    return int.from_bytes(first, order), int.from_bytes(second, order)


#: Segments of a JPEG file before the one that tells; cameras write a dozen.
_MOST_SEGMENTS = 64
#: Start of frame, whichever coding follows (ITU T.81, table B.1).
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def _jpeg_pixels(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if at + 9 > len(data) or data[at] != 0xFF:  # noqa: PLR2004 - every segment begins so
            return None
        if data[at + 1] in _FRAMES:
            height, width = _two(data, at + 5, 2, "big")
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
