"""HTML bodies: readable text out of them, and markup that is safe to show."""

from __future__ import annotations

from html import escape

import nh3

from threading_engine import html_guard, html_lines

_FORMATTING = frozenset(
    "a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em"  # noqa: SIM905 - a list takes a line a word
    " font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub"
    " sup table tbody td tfoot th thead tr tt u ul var".split()
)
_EVERYWHERE = frozenset(["style", "title", "dir", "lang", "align"])
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(_EVERYWHERE),
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "width", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "valign", "bgcolor"},
    "tr": {"valign", "bgcolor"},
}
# Nothing here can load a resource, cover the page or move out of its place.
_STYLES = frozenset(
    "color background-color font-family font-size font-style font-weight text-align text-decoration"  # noqa: SIM905 - a list takes a line a word
    " text-indent line-height letter-spacing white-space margin margin-top margin-bottom margin-left"
    " margin-right padding padding-top padding-bottom padding-left padding-right border border-top"
    " border-bottom border-left border-right border-collapse border-color border-style border-width"
    " width max-width vertical-align list-style-type".split()
)


def _local_images_only(tag: str, attribute: str, value: str) -> str | None:
    """A remote image tells its sender that, when and where the mail was read."""
    if tag == "img" and attribute == "src" and value[:4].lower() != "cid:":
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_FORMATTING),
    clean_content_tags={"script", "style", "title", "template"},
    attributes=_ATTRIBUTES,
    attribute_filter=_local_images_only,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    filter_style_properties=set(_STYLES),
    link_rel="noopener noreferrer nofollow",
    url_relative="deny",
)


def to_text(html: str) -> str:
    """Readable text: paragraphs, lists, tables, quotes as "> " lines, links as ``text <url>``."""
    return "\n".join(html_lines.page(html).lines)


def sanitise(html: str) -> str:
    """Markup that can be shown: safe formatting, ``cid:`` images, nothing remote, no scripts.

    Markup built to exhaust the parser comes back as its escaped text.
    """
    if html_guard.is_hostile(html):
        return f"<pre>{escape(html_guard.without_tags(html))}</pre>"
    return _CLEANER.clean(html)
