"""What tags, attributes and styles mean in a mail: blocks, quotes, signatures, links."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Attributes of an element by name.
Attributes = Mapping[str, str | None]

#: Hints: what a client's own structure says about a line.
ATTRIBUTION, SIGNATURE, CUT = "attribution", "signature", "cut"

#: Elements whose content nobody reads.
SKIPPED = frozenset("script style head title template noscript object iframe -comment".split())  # noqa: SIM905 - a list takes a line a word
#: Elements with space around them.
PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table".split())  # noqa: SIM905 - a list takes a line a word
#: Elements that begin and end a line.
BLOCKS = PARAGRAPHS | frozenset(
    "div tr li section article header footer main aside nav center address figure form fieldset"  # noqa: SIM905 - a list takes a line a word
    " dt dd body html tbody thead caption".split()
)
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_NO_BORDER = re.compile(r"border\s*:\s*(?:none|0)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0", re.IGNORECASE)
_CUT_IDS = frozenset(
    "appendonsend divrplyfwdmsg olk_src_body_section mail-editor-reference-message-container".split()  # noqa: SIM905 - a list takes a line a word
)
_CUT_CLASSES = frozenset(["yahoo_quoted", "zmail_extra", "ms-outlook-mobile-reference-message"])
_ATTRIBUTION_CLASSES = frozenset(["gmail_attr", "moz-cite-prefix"])
_SIGNATURE_CLASSES = frozenset(
    [
        "gmail_signature",
        "moz-signature",
        "protonmail_signature_block",
        "ms-outlook-mobile-signature",
    ]
)
_SIGNATURE_IDS = frozenset(["signature", "ms-outlook-mobile-signature"])


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


def hint(attributes: Attributes) -> str:
    """What an element's id or class says about its lines; empty for most."""
    identifier = (attributes.get("id") or "").lower()
    classes = (attributes.get("class") or "").lower().split()
    if identifier in _CUT_IDS or not _CUT_CLASSES.isdisjoint(classes):
        return CUT
    if not _ATTRIBUTION_CLASSES.isdisjoint(classes):
        return ATTRIBUTION
    if identifier in _SIGNATURE_IDS or not _SIGNATURE_CLASSES.isdisjoint(classes):
        return SIGNATURE
    return SIGNATURE if "data-signatureblock" in attributes else ""


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
