"""Mail headers as they really come: encoded, folded, broken. Nothing here raises."""

import re
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message as Mail
from email.utils import getaddresses, parsedate_to_datetime

_ID = re.compile(r"<([^<>\s]{1,240})>")
_BARE = re.compile(r"[^\s<>,;\"@]{1,64}@[^\s<>,;\"]{1,255}")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST = 30_000  # characters of a header that are read
_ALIASES = {
    "unknown-8bit": "utf-8", "x-unknown": "utf-8", "default": "utf-8",
    "ansi": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
}  # fmt: skip


def values_of(mail: Mail, name: str) -> list[str]:
    """What stands under a name, with its letters where a client wrote them down unencoded."""
    return [readable(value) for key, value in mail.raw_items() if key.lower() == name.lower()]


def readable(value: object) -> str:
    """A header as it was parsed: bytes that are no ASCII are UTF-8, else those of old Windows clients."""
    text = str(value)
    return text if text.isascii() else decode_bytes(text.encode("utf-8", "surrogateescape"), "utf-8")


def text_of(mail: Mail, name: str) -> str:
    """A header in words, unfolded; several of one name are joined by a comma."""
    return ", ".join(decoded(value[:LONGEST]) for value in values_of(mail, name)[:20])


def decoded(value: str) -> str:
    """An encoded header decoded piece by piece; what cannot be read stays as it is."""
    try:
        pieces = decode_header(value)
    except Exception:  # decode_header raises several kinds for broken base64
        return _line(value)
    return _line("".join(_piece(*piece) for piece in pieces))


def _piece(text: str | bytes, charset: str | None) -> str:
    if isinstance(text, str):
        return text
    if charset is None:  # what stood unencoded beside encoded words, as `decode_header` gives it
        return text.decode("raw-unicode-escape", "backslashreplace")
    return decode_bytes(text, charset or "")


def decode_bytes(content: bytes, charset: str) -> str:
    """Text in the charset that is named, else UTF-8, else the one of old Windows clients."""
    named = _ALIASES.get(charset.strip().lower(), charset.strip().lower())
    for attempt in (named, "utf-8"):
        try:
            return content.decode(attempt)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def addresses(mail: Mail, *names: str) -> list[tuple[str, str]]:
    """(name, address in lower case) of these headers."""
    values = [value[:LONGEST] for name in names for value in values_of(mail, name)]
    try:
        pairs = getaddresses(values)
    except Exception:  # the parser trips over some malformed groups
        pairs = []
    if not any("@" in address for _name, address in pairs):  # strict parsers give up on a whole broken header
        pairs = [("", found) for value in values for found in _BARE.findall(value)]
    return [(decoded(name), address.strip().lower()) for name, address in pairs if "@" in address]


def ids(mail: Mail, *names: str) -> list[str]:
    """Message ids in these headers, without brackets, in order, each once."""
    found = [one for name in names for value in mail.get_all(name, []) for one in _ID.findall(str(value))]
    return list(dict.fromkeys(found))


def sent_at(mail: Mail) -> datetime | None:
    """The Date header, aware; None when there is none that can be read."""
    try:
        moment = parsedate_to_datetime(str(mail.get("Date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def file_name(text: str) -> str:
    """A file's name without folders and without marks that turn it round (`gnp.exe` that reads as `exe.png`)."""
    return _TURNS.sub("", text.replace("\\", "/").rpartition("/")[2]).strip()[:255]


def _line(text: str) -> str:
    return " ".join(text.split())
