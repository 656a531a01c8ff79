"""winmail.dat (TNEF, MS-OXTNEF): the texts and files that Outlook wraps so that only Outlook can read them. Pure.

Read in one pass: whatever the lengths claim, the work is no more than the bytes there are.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from messaging.email import rtf

SIGNATURE = 0x223E9F78
_HEAD = struct.Struct("<BII")
_SUBJECT, _BODY, _TITLE, _DATA = 0x00018004, 0x0002800C, 0x00018010, 0x0006800F
_BEGINS, _MESSAGE_PROPERTIES, _PROPERTIES, _CODEPAGE = 0x00069002, 0x00069003, 0x00069005, 0x00069007
# Properties (MS-OXPROPS) that say something for people.
_P_BODY, _P_RICH, _P_HTML, _P_CHARSET = 0x1000, 0x1009, 0x1013, 0x3FDE
_P_CONTENT, _P_SHORT, _P_LONG, _P_SHOWN, _P_CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x3001, 0x3712
_WIDTHS = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _BINARY, _OBJECT, _MANY = 0x1E, 0x1F, 0x102, 0x0D, 0x1000
DEEPEST, MOST_PROPERTIES = 3, 4096
NAMELESS = "lampiran"


@dataclass(slots=True)
class Wrapped:
    """What stood in it: a text, HTML, and files as (name, content, content id)."""

    text: str = ""
    html: str = ""
    files: list[tuple[str, bytes, str]] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    title: str = ""
    content: bytes = b""
    known: dict[int, bytes | str] = field(default_factory=dict)


def unwrap(content: bytes, depth: int = 0) -> Wrapped | None:
    """What a winmail.dat holds, as far as it can be read; None when it is none at all."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        return None
    found, files, charset = Wrapped(), [], "cp1252"
    for name, data in _attributes(content):
        if name == _BEGINS:
            files.append(_File())
        elif name == _CODEPAGE and len(data) >= 4:
            charset = _charset(struct.unpack_from("<I", data)[0], charset)
        elif name == _BODY:
            found.text = found.text or _text(data, charset)
        elif name == _MESSAGE_PROPERTIES:
            _read_message(_properties(data, charset), found, charset)
        elif files:
            _read_file(name, data, files[-1], charset)
    for one in files:
        found.files += _unwrapped(one, depth)
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + _HEAD.size <= len(content):
        _level, name, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield name, content[at : at + length]
        at += length + 2  # the checksum behind it is Outlook's affair


def _read_message(known: dict[int, bytes | str], found: Wrapped, charset: str) -> None:
    body, page, number = known.get(_P_BODY), known.get(_P_HTML), known.get(_P_CHARSET)
    if isinstance(body, str):
        found.text = found.text or body
    if isinstance(number, bytes) and len(number) == 4:
        charset = _charset(struct.unpack("<I", number)[0], charset)
    rich = known.get(_P_RICH)
    if not found.text.strip() and isinstance(rich, bytes):
        found.text = rtf.text_of(rtf.decompressed(rich))
    found.html = found.html or (_text(page, charset) if isinstance(page, bytes) else page or "")


def _read_file(name: int, data: bytes, file: _File, charset: str) -> None:
    if name == _TITLE:
        file.title = _text(data, charset)
    elif name == _DATA:
        file.content = data
    elif name == _PROPERTIES:
        file.known = _properties(data, charset)


def _unwrapped(file: _File, depth: int) -> list[tuple[str, bytes, str]]:
    """The file; of a mail within the mail, its text and its files."""
    known = {number: value for number, value in file.known.items() if isinstance(value, str)}
    name = known.get(_P_LONG) or file.title or known.get(_P_SHORT) or known.get(_P_SHOWN) or NAMELESS
    kept = file.known.get(_P_CONTENT, b"")
    content = file.content or (kept if isinstance(kept, bytes) else b"")
    inner = unwrap(content[16:], depth + 1) if depth < DEEPEST else None
    if inner is None:
        return [(name, content, known.get(_P_CONTENT_ID, ""))] if content else []
    text = [(f"{name}.txt", inner.text.encode(), "")] if inner.text.strip() else []
    return text + inner.files


def _properties(data: bytes, charset: str) -> dict[int, bytes | str]:
    """Property number -> its first value; what comes after something unreadable is lost."""
    found: dict[int, bytes | str] = {}
    reader = _Reader(data)
    try:
        for _number in range(min(reader.number(), MOST_PROPERTIES)):
            kind, name = reader.pair()
            if name >= 0x8000:
                reader.skip_name()
            value = _value(reader, kind, charset)
            found.setdefault(name, value)
    except (struct.error, KeyError):
        pass
    return found


def _value(reader: "_Reader", kind: int, charset: str) -> bytes | str:
    plain = kind & ~_MANY
    if plain not in (_STRING, _UNICODE, _BINARY, _OBJECT):
        count = reader.number() if kind & _MANY else 1
        return reader.take(_WIDTHS[plain] * count)
    values = [reader.padded() for _number in range(min(reader.number(), MOST_PROPERTIES))]
    first = values[0] if values else b""
    if plain == _UNICODE:
        return _text(first, "utf-16-le")
    return _text(first, charset) if plain == _STRING else first


class _Reader:
    """Takes pieces off the front. Raises struct.error past the end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, length: int) -> bytes:
        if self.at + length > len(self.data):
            raise struct.error("past the end")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self) -> int:
        return int(struct.unpack("<I", self.take(4))[0])

    def pair(self) -> tuple[int, int]:
        kind, name = struct.unpack("<HH", self.take(4))
        return kind, name

    def padded(self) -> bytes:
        length = self.number()
        value = self.take(length)
        self.at = min(self.at + (-length % 4), len(self.data))
        return value

    def skip_name(self) -> None:
        self.take(16)
        if self.number():
            self.padded()
        else:
            self.take(4)


def _charset(number: int, other: str) -> str:
    return {65001: "utf-8", 20127: "ascii", 28591: "iso-8859-1"}.get(
        number, f"cp{number}" if 0 < number < 2000 else other
    )


def _text(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace").rstrip("\x00")
    except LookupError:
        return data.decode("cp1252", "replace").rstrip("\x00")
