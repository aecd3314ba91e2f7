"""What tags, attributes and styles mean in a mail: blocks, quotes, signatures, links."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

#: Attributes of an element by name.
Attributes = Mapping[str, str | None]

#: Hints: what a client's own structure says about a line, or (QUOTE) about a whole element.
ATTRIBUTION, SIGNATURE, CUT, QUOTE = "attribution", "signature", "cut", "quote"

#: Elements whose content nobody reads.
SKIPPED = frozenset("script style head title template noscript object iframe svg -comment".split())  # noqa: SIM905 - a list takes a line a word
#: Elements with space around them.
PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl pre blockquote table".split())  # noqa: SIM905 - a list takes a line a word
#: Elements that begin and end a line.
BLOCKS = PARAGRAPHS | frozenset(
    "div tr li section article header footer main aside nav center address figure form fieldset"  # noqa: SIM905 - a list takes a line a word
    " dt dd body html tbody thead caption".split()
)
_GATEWAY = ".safelinks.protection.outlook.com/"
#: In the id or class of an element most clients call a signature a signature.
_SIGNATURE_WORD = "signature"
#: Unless they only say that there is one.
_ABOUT_SIGNATURES = ("has", "with", "no-", "no_", "without")
#: What else attributes say: id, class, name and data-marker, lower-cased.
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
        "_rc_sig": SIGNATURE,  # Roundcube
    },
    "class": {
        "ms-outlook-mobile-reference-message": CUT,
        "outlookmessageheader": CUT,  # Outlook 2000
        "gmail_attr": ATTRIBUTION,
        "moz-cite-prefix": ATTRIBUTION,
        "yahoo_quoted": QUOTE,
        "inoteshistory": QUOTE,  # Domino
        "bloop_sign": SIGNATURE,  # Airmail
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


#: Strings of which lower-cased HTML has one when its structure says where the old mail begins.
CUT_MARKS = ("#e1e1e1", "#b5c4df", "(181,", "(225,", "solid blue", *_marks(CUT))
#: The same when it says which lines are quotes.
QUOTE_MARKS = ("<blockquote", *_marks(QUOTE, ATTRIBUTION))
#: The same for signatures.
SIGNATURE_MARKS = (_SIGNATURE_WORD, *_marks(SIGNATURE))


def hint(tag: str, attributes: Attributes) -> str:
    """What an element's name, id, class or marker says about its lines; empty for most."""
    for name, value in attributes.items():
        hints = _HINTS.get(name)
        if hints is None or not value:
            continue
        for word in value.lower().split():
            if word in hints:
                return hints[word]
            if _SIGNATURE_WORD in word and not word.startswith(_ABOUT_SIGNATURES):
                return SIGNATURE
    return SIGNATURE if tag == _SIGNATURE_WORD or "data-signatureblock" in attributes else ""


def target(href: str) -> str:
    """What to print of a link: a web address or a mail address, nothing else."""
    href = _unwrapped(href.strip())
    scheme = href[:7].lower()
    if scheme == "mailto:":
        return href[7:].partition("?")[0]
    return href if scheme.startswith(("http://", "https:/", "ftp://", "tel:")) else ""


def _unwrapped(href: str) -> str:
    """The address that a mail gateway wrapped into one of its own, to look at it when it is opened."""
    if _GATEWAY not in href[:100]:
        return href
    inner = parse_qs(urlsplit(href).query).get("url", [""])[0] if "[" not in href else ""
    return inner if inner.startswith(("http://", "https://")) else href


def bare(address: str) -> str:
    """An address as people write it: no scheme, no ``www.``, no final slash."""
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
