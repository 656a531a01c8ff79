"""S/MIME (RFC 8551): what a signed mail of one piece says, without checking who signed it. Pure."""

from collections.abc import Iterator

MOST_PIECES = 100_000
_SEQUENCE, _OID, _OCTETS, _CONTEXT = 0x30, 0x06, 0x04, 0xA0
_SIGNED = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")


def signed_content(content: bytes) -> bytes | None:
    """The MIME part inside a SignedData; None when it is anything else, or the content lies beside it.

    ContentInfo ::= SEQUENCE { type, [0] SignedData ::= SEQUENCE { version, digests, SEQUENCE { type, [0] OCTETS } } }
    """
    outer = _children(content, _SEQUENCE)
    if len(outer) < 2 or outer[0] != (_OID, _SIGNED) or outer[1][0] != _CONTEXT:
        return None
    signed = _children(outer[1][1], _SEQUENCE)
    if len(signed) < 3 or signed[2][0] != _SEQUENCE:
        return None
    inner = _pieces(signed[2][1])
    if len(inner) < 2 or inner[0] != (_OID, _DATA) or inner[1][0] != _CONTEXT:
        return None
    return b"".join(_octets(inner[1][1]))


def _children(content: bytes, tag: int) -> list[tuple[int, bytes]]:
    first = next(iter(_pieces(content)), (0, b""))
    return _pieces(first[1]) if first[0] == tag else []


def _octets(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes of octet strings, also of those that come in pieces."""
    for tag, value in _pieces(content):
        if tag == _OCTETS:
            yield value
        elif tag == _OCTETS | 0x20 and depth < 5:
            yield from _octets(value, depth + 1)


def _pieces(content: bytes) -> list[tuple[int, bytes]]:
    """(tag, value) one after the other; what follows something unreadable is left out."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(content) and len(found) < MOST_PIECES:
        one = _piece(content, at)
        if one is None:
            break
        tag, value, at = one
        found.append((tag, value))
    return found


def _piece(content: bytes, at: int) -> tuple[int, bytes, int] | None:
    """(tag, value, where the next begins)."""
    if at + 2 > len(content):
        return None
    tag, length, start = content[at], content[at + 1], at + 2
    if tag == 0 and length == 0:  # the end of something of unknown length
        return None
    if length == 0x80:
        end = _end(content, start)
        return (tag, content[start:end], end + 2) if end >= 0 else None
    if length > 0x80:
        width = length & 0x7F
        length, start = int.from_bytes(content[start : start + width], "big"), start + width
    return tag, content[start : start + length], start + length


def _end(content: bytes, at: int) -> int:
    """Where the value of unknown length that begins at `at` ends: at the two zeros of its own level; -1 for nowhere."""
    open_ones = 1
    for _number in range(MOST_PIECES):
        if at + 2 > len(content):
            return -1
        tag, length = content[at], content[at + 1]
        at += 2
        if tag == 0 and length == 0:
            open_ones -= 1
            if not open_ones:
                return at - 2
        elif length == 0x80:
            open_ones += 1
        elif length > 0x80:
            width = length & 0x7F
            at += width + int.from_bytes(content[at : at + width], "big")
        else:
            at += length
    return -1
