"""ClamAV's daemon, by its own protocol: INSTREAM sends the content, the answer names what was found."""

import socket
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT = 30
CHUNK = 256 * 1024  # bytes
_LONGEST = 4096


class Unreachable(Exception):
    """The daemon is away, or answers what is no answer: ask again later."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`found` names what is in it; `skipped` says why it was not looked at. Neither: clean."""

    found: str = ""
    skipped: str = ""


def scan(address: str, content: bytes) -> Verdict:
    """Have one content checked by the daemon at `tcp://host:port` or `unix:///path`. Raises Unreachable."""
    try:
        with _connected(address) as line:
            said = _exchange(line, content)
    except (OSError, ValueError) as error:
        raise Unreachable(str(error)) from error
    return _verdict(said)


def ping(address: str) -> str:
    """What the daemon says its version is. Raises Unreachable."""
    try:
        with _connected(address) as line:
            line.sendall(b"zVERSION\0")
            return _answer(line)
    except (OSError, ValueError) as error:
        raise Unreachable(str(error)) from error


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT)
        try:
            line.connect(parts.path)
        except BaseException:
            line.close()
            raise
        return line
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError(f"{address} is no tcp://host:port or unix:///path")
    return socket.create_connection((parts.hostname, parts.port or 3310), TIMEOUT)


def _exchange(line: socket.socket, content: bytes) -> str:
    try:
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), CHUNK):
            piece = content[at : at + CHUNK]
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # past its limit the daemon answers and closes before everything is sent
    return _answer(line)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST:
        piece = line.recv(_LONGEST)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(said: str) -> Verdict:
    body = said.partition(": ")[2] or said
    if body == "OK":
        return Verdict()
    if body.endswith(" FOUND"):
        return Verdict(found=body.removesuffix(" FOUND").strip() or "?")
    if "size limit exceeded" in body:
        return Verdict(skipped=body)
    raise Unreachable(said[:200] or "no answer")
