"""HTML of strangers made harmless (nh3), and its text. Remote content never loads by itself. Pure.

Only what nh3 has parsed and written anew is looked at by patterns: on what strangers wrote they could run for hours.
"""

import html
import re

import nh3

LONGEST = 400_000  # characters of HTML that are cleaned; the original is kept whole
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "width", "height", "src"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "blockquote": {"type"},
}
_CELLS = {"td", "th"}
_LINES = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_UNSEEN = {"script", "style", "title"}
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_SRC = re.compile(r' src="([^"]*)"')
_BREAKS = re.compile(r"<(?:br|/[a-z0-9]+)>")
_CELL_ENDS = re.compile(r"</t[dh]>")
_BEGINS = re.compile(r"(?<=[^>\s])\s*<(?!br|td|th)[a-z0-9]+>")  # a paragraph or the like right behind words
_TAG = re.compile(r"<[a-z0-9]+>")
_OPENS, _ANY_TAG = re.compile(r"<[a-zA-Z]"), re.compile(r"<[^<>]*>")
MOST_TAGS = 10_000  # parsing takes the longer the deeper they nest; a mail with more is no letter, its text is shown


def clean_html(source: str) -> str:
    """Only harmless tags; images name their part (`data-cid`) or their address (`data-remote`), never load it."""
    given = source[:LONGEST]
    if len(_OPENS.findall(given)) > MOST_TAGS:
        return ""
    cleaned = nh3.clean(
        given,
        tags=_TAGS,
        clean_content_tags=_UNSEEN,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
    return _IMAGE.sub(lambda match: f"<img{_SRC.sub(_source, match[1])}>", cleaned)


def text_of_html(source: str) -> str:
    """The words of an HTML mail, a line per paragraph."""
    given = source[:LONGEST].replace("\n", " ")
    if len(_OPENS.findall(given)) > MOST_TAGS:
        plain = _ANY_TAG.sub("\n", given)
    else:
        plain = nh3.clean(given, tags=_LINES | _CELLS, clean_content_tags=_UNSEEN, attributes={}, link_rel=None)
    text = html.unescape(_TAG.sub("", _BREAKS.sub("\n", _BEGINS.sub("\n", _CELL_ENDS.sub(" ", plain)))))
    lines = [" ".join(line.split()) for line in text.replace("\xa0", " ").splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _source(match: re.Match[str]) -> str:
    """The name or address that a picture has, as nh3 wrote it: escaped already."""
    value = match.group(1).strip()[:2000]
    if value.lower().startswith("cid:"):
        return f' data-cid="{value[4:]}"'
    if value.lower().startswith(("http:", "https:", "//")):
        return f' data-remote="{value}"'
    return ""
