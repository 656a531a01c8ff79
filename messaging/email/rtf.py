r"""Text of rich text as Outlook wraps it: compressed (MS-OXRTFCP), as plain words (RTF 1.9). Pure, one pass each.

HTML that is wrapped in RTF (`\fromhtml1`, MS-OXRTFEX) gives the text that a reader without HTML would show.
"""

import re
import struct

LONGEST = 5_000_000  # bytes of rich text that are read
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_HEAD = struct.Struct("<IIII")
_WINDOW = 4096
_BEFORE = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    rb"\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\(?P<sign>.)"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
_SILENT = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "generator",
    "themedata", "datastore", "latentstyles", "rsidtbl", "fldinst",
})  # fmt: skip
_SAID = {
    "par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t", "cell": "\t", "emdash": "—",
    "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n", "{": "{", "}": "}", "\\": "\\"}


def decompressed(content: bytes) -> bytes:
    """The rich text; empty for what is none, as far as it goes for what is broken."""
    if len(content) < _HEAD.size:
        return b""
    _size, whole, kind, _checksum = _HEAD.unpack_from(content)
    if kind == _PLAIN:
        return content[_HEAD.size : _HEAD.size + min(whole, LONGEST)]
    if kind != _COMPRESSED:
        return b""
    window, at = bytearray(_BEFORE.ljust(_WINDOW, b"\0")), len(_BEFORE)
    found, place, most = bytearray(), _HEAD.size, min(whole, LONGEST)
    while place < len(content) and len(found) < most:
        kinds, place = content[place], place + 1
        for bit in range(8):
            if not kinds >> bit & 1:
                piece, place = content[place : place + 1], place + 1
            elif place + 1 < len(content):
                told, place = content[place] << 8 | content[place + 1], place + 2
                start, piece = told >> 4, b""
                if start == at:
                    return bytes(found[:most])
                for step in range((told & 15) + 2):
                    byte = window[(start + step) % _WINDOW]
                    found.append(byte)
                    window[at] = byte
                    at = (at + 1) % _WINDOW
            else:
                return bytes(found[:most])
            for byte in piece:
                found.append(byte)
                window[at] = byte
                at = (at + 1) % _WINDOW
    return bytes(found[:most])


def text_of(rich: bytes) -> str:
    """The words of rich text: destinations that are not shown are left out, blank lines stay single."""
    if not rich.lstrip().startswith(b"{\\rtf"):
        return ""
    said = _Saying()
    for token in _TOKEN.finditer(rich[:LONGEST]):
        said.take(token)
    lines = [line.rstrip() for line in said.words().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Saying:
    """What is said so far. A group inherits whether it is silent and how many stand-ins follow a `\\u`."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.charset, self.bytes, self.skip = "cp1252", bytearray(), 0
        self.silent, self.stand_ins = False, 1
        self.above: list[tuple[bool, int]] = []

    def take(self, token: "re.Match[bytes]") -> None:
        if token["byte"]:
            self._byte(int(token["byte"], 16))
        elif token["text"]:
            self._text(token["text"])
        elif token["brace"]:
            self._group(token["brace"] == b"{")
        elif token["word"]:
            self._word(token["word"].decode(), int(token["number"]) if token["number"] else None)
        elif token["sign"]:
            self._sign(token["sign"].decode("latin-1"))

    def words(self) -> str:
        self._flush()
        return "".join(self.made)

    def _group(self, begins: bool) -> None:
        self._flush()
        if begins:
            self.above.append((self.silent, self.stand_ins))
        elif self.above:
            self.silent, self.stand_ins = self.above.pop()
        self.skip = 0

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        if word == "ansicpg" and number:
            self.charset = {65001: "utf-8"}.get(number, f"cp{number}")
        elif word == "uc" and number is not None:
            self.stand_ins = max(0, min(number, 16))
        elif word == "u" and number is not None:
            self._say(chr(number % 0x10000))
            self.skip = self.stand_ins
        elif word in _SILENT:
            self.silent = True
        elif word in _SAID:
            self._say(_SAID[word])

    def _sign(self, sign: str) -> None:
        self._flush()
        if sign == "*":
            self.silent = True
        elif sign in _SIGNS:
            self._say(_SIGNS[sign])

    def _byte(self, value: int) -> None:
        if self.skip:
            self.skip -= 1
        elif not self.silent:
            self.bytes.append(value)

    def _text(self, text: bytes) -> None:
        self._flush()
        kept, self.skip = text[self.skip :], max(0, self.skip - len(text))
        self._say(_decoded(kept, self.charset))

    def _say(self, text: str) -> None:
        if not self.silent:
            self.made.append(text)

    def _flush(self) -> None:
        """Bytes in a row are one text: in some charsets two of them are a letter."""
        if self.bytes:
            self.made.append(_decoded(bytes(self.bytes), self.charset))
            self.bytes.clear()


def _decoded(text: bytes, charset: str) -> str:
    try:
        return text.decode(charset, "replace")
    except LookupError:
        return text.decode("cp1252", "replace")
