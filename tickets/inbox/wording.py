"""Plain text as safe HTML: paragraphs, links to http, https and mail addresses, names of colleagues, numbers in one
piece. Pure."""

import re
from collections.abc import Collection

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kernel.numbering import unbroken

_LINK = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"']+)|(?P<mail>(?:\bmailto:)?\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE
)
_MENTION = re.compile(r"(?<![\w@/.])@(?P<name>[\w.@+-]*\w)")
_TRAILING = ".,;:!?)]}'\"»”’"
_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def html_of(text: str, *, mentions: Collection[str] = ()) -> SafeString:
    """Paragraphs with links; `@username` of those in `mentions` (lower case) is marked. Everything else is escaped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    blocks = [block for block in _PARAGRAPHS.split(lines) if block.strip()]
    return mark_safe("".join(f"<p>{_line_breaks(block, mentions)}</p>" for block in blocks))  # noqa: S308


def names_in(text: str) -> list[str]:
    """The usernames written as `@name`, lower case, each once, in order."""
    return list(dict.fromkeys(found["name"].lower() for found in _MENTION.finditer(text)))


def _line_breaks(block: str, mentions: Collection[str]) -> str:
    return "<br>".join(_linked(line, mentions) for line in block.split("\n"))


def _linked(line: str, mentions: Collection[str]) -> str:
    made, done = [], 0
    for match in _LINK.finditer(line):
        target = _bare(match.group())
        made.append(_mentioned(line[done : match.start()], mentions))
        made.append(_anchor(target, is_mail=match["url"] is None))
        done = match.start() + len(target)
    made.append(_mentioned(line[done:], mentions))
    return "".join(made)


def _anchor(target: str, *, is_mail: bool) -> str:
    shown = escape(target)
    if is_mail:
        return f'<a href="mailto:{escape(re.sub("^mailto:", "", target, flags=re.IGNORECASE))}">{shown}</a>'
    return f'<a href="{shown}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'


def _bare(target: str) -> str:
    """Without the punctuation that ends the sentence; a closing bracket stays if its opening one is in the link."""
    while target and target[-1] in _TRAILING:
        if target[-1] == ")" and target.count("(") >= target.count(")"):
            break
        target = target[:-1]
    return target


def _mentioned(text: str, mentions: Collection[str]) -> str:
    if not mentions:
        return str(unbroken(text))
    made, done = [], 0
    for match in _MENTION.finditer(text):
        if match["name"].lower() not in mentions:
            continue
        made.append(str(unbroken(text[done : match.start()])))
        made.append(f'<span class="dr-mention">{escape(match.group())}</span>')
        done = match.end()
    made.append(str(unbroken(text[done:])))
    return "".join(made)
