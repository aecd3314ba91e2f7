"""What tags, attributes and styles mean in a mail: blocks, quotes, signatures, links."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Attributes of an element by name.
Attributes = Mapping[str, str | None]

#: Hints: what a client's own structure says about a line, or (QUOTE) about a whole element.
ATTRIBUTION, SIGNATURE, CUT, QUOTE = "attribution", "signature", "cut", "quote"

#: Elements whose content nobody reads.
SKIPPED = frozenset("script style head title template noscript object iframe -comment".split())  # noqa: SIM905 - a list takes a line a word
#: Elements with space around them.
PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table".split())  # noqa: SIM905 - a list takes a line a word
#: Elements that begin and end a line.
BLOCKS = PARAGRAPHS | frozenset(
    "div tr li section article header footer main aside nav center address figure form fieldset"  # noqa: SIM905 - a list takes a line a word
    " dt dd body html tbody thead caption".split()
)
_HIDDEN = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|max-height\s*:\s*0(?:px)?\s*(?:;|$)"
    r"|(?<![\w-])opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))",
    re.IGNORECASE,
)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
# Outlook draws a grey or blue line above the header of the old mail, and a blue one beside it.
_OUTLOOK_LINE = re.compile(
    r"border(?:-top)?(?:-color)?\s*:[^;]{0,40}(?:#e1e1e1|#b5c4df|rgb\(225, ?225, ?225\)|rgb\(181, ?196, ?223\))",
    re.IGNORECASE,
)
_OUTLOOK_BAR = re.compile(
    r"border-left\s*:\s*(?:solid blue 1\.5pt|1\.5pt solid blue)", re.IGNORECASE
)
#: What attributes say: id, class, name and data-marker, lower-cased.
_HINTS: Mapping[str, Mapping[str, str]] = {
    "id": {
        "appendonsend": CUT,  # Outlook on the web
        "divrplyfwdmsg": CUT,
        "mail-editor-reference-message-container": CUT,  # Outlook on a phone or a Mac
        "olk_src_body_section": CUT,  # Outlook 2011 for Mac
        "_persistentheader": CUT,  # BlackBerry
        "reply-intro": ATTRIBUTION,  # Roundcube
        "zm-_id_-sgn1": ATTRIBUTION,  # Zoho
        "zm-_id_-sgn": SIGNATURE,
        "signature": SIGNATURE,  # Outlook on the web
        "ms-outlook-mobile-signature": SIGNATURE,
        "applemailsignature": SIGNATURE,
        "composer_signature": SIGNATURE,  # Samsung
        "ymail_android_signature": SIGNATURE,
        "ymail_ios_signature": SIGNATURE,
        "_rc_sig": SIGNATURE,  # Roundcube
    },
    "class": {
        "ms-outlook-mobile-reference-message": CUT,
        "outlookmessageheader": CUT,  # Outlook 2000
        "gmail_attr": ATTRIBUTION,
        "moz-cite-prefix": ATTRIBUTION,
        "yahoo_quoted": QUOTE,
        "inoteshistory": QUOTE,  # Domino
        "gmail_signature": SIGNATURE,
        "moz-signature": SIGNATURE,
        "protonmail_signature_block": SIGNATURE,
        "ms-outlook-mobile-signature": SIGNATURE,
        "front-signature": SIGNATURE,
        "missive_signature": SIGNATURE,
        "-x-evo-signature": SIGNATURE,
        "signature": SIGNATURE,  # Fastmail and others
    },
    "name": {
        "quote": QUOTE,  # GMX and Web.de
        "messagesignaturesection": SIGNATURE,  # Spark
    },
    "data-marker": {
        "__headers__": ATTRIBUTION,  # Zimbra
        "__quoted_text__": QUOTE,
        "__sig_pre__": SIGNATURE,
        "__sig_post__": SIGNATURE,
    },
}


def _marks(*kinds: str) -> tuple[str, ...]:
    return tuple(
        f'name="{value}"' if name == "name" else value
        for name, hints in _HINTS.items()
        for value, kind in hints.items()
        if kind in kinds
    )


#: Strings of which lower-cased HTML has one when its structure tells a quote from the words.
QUOTE_MARKS = (
    "<blockquote",
    "#e1e1e1",
    "#b5c4df",
    "(181,",
    "(225,",
    "solid blue",
    *_marks(CUT, QUOTE, ATTRIBUTION),
)
#: The same for signatures.
SIGNATURE_MARKS = ("data-signatureblock", *_marks(SIGNATURE))


def is_hidden(style: str) -> bool:
    """Whether a style takes an element out of sight, as previews of newsletters are."""
    return _HIDDEN.search(style) is not None


def is_indentation(style: str) -> bool:
    """Whether a blockquote only moves its text to the right."""
    return _NO_BORDER.search(style) is not None


def is_tight(attributes: Attributes, style: str) -> bool:
    """Outlook's paragraphs are single lines; empty ones make the space between."""
    return (attributes.get("class") or "").startswith("Mso") or bool(
        style and _NO_MARGIN.search(style)
    )


def hint(attributes: Attributes, style: str) -> str:
    """What an element says about its lines; empty for most."""
    for name, hints in _HINTS.items():
        value = attributes.get(name)
        for word in value.lower().split() if value else ():
            if word in hints:
                return hints[word]
    if "data-signatureblock" in attributes:
        return SIGNATURE
    if "border" in style.lower():
        return CUT if _OUTLOOK_LINE.search(style) else QUOTE if _OUTLOOK_BAR.search(style) else ""
    return ""


def target(href: str) -> str:
    """What to print of a link: a web address or a mail address, nothing else."""
    href = href.strip()
    scheme = href[:7].lower()
    if scheme == "mailto:":
        return href[7:].partition("?")[0]
    return href if scheme.startswith(("http://", "https:/", "ftp://", "tel:")) else ""


def bare(address: str) -> str:
    """An address as people write it: no scheme, no ``www.``, no final slash."""
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
