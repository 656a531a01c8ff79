"""A mail server on loopback: what comes for our mailboxes goes on to the pipe, the rest to the requesters.

RFC 5321, as much as a client of ours and a requester's mail program need; no extensions but 8BITMIME and SIZE.
"""

import re
import socketserver
import threading
from collections.abc import Callable

LARGEST = 35 * 1024 * 1024
Deliver = Callable[[str, str, bytes], str]
"""(envelope sender, recipient, mail) to the server's answer, such as "250 OK"."""
_ADDRESS = re.compile(r"<([^<>\s]*)>")


def serve(deliver: Deliver, port: int = 0) -> socketserver.ThreadingTCPServer:
    """Start in a thread of its own; `shutdown()` stops it. The port is in `server_address`."""
    bound = type("Bound", (_Talk,), {"deliver": staticmethod(deliver)})
    server = _Server(("127.0.0.1", port), bound)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


class _Talk(socketserver.StreamRequestHandler):
    deliver: Deliver
    timeout = 60

    def handle(self) -> None:
        self._reset()
        self._say("220 simulator.example")
        while line := self.rfile.readline(2048):
            word, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if word.upper() == "QUIT":
                self._say("221 Bye")
                return
            self._say(self._answer(word.upper(), rest))

    def _reset(self) -> None:
        self.sender, self.to = "", []  # type: ignore[var-annotated]

    def _answer(self, word: str, rest: str) -> str:
        address = found[1] if (found := _ADDRESS.search(rest)) else ""
        match word:
            case "EHLO":
                return f"250-simulator.example\r\n250-8BITMIME\r\n250 SIZE {LARGEST}"
            case "HELO" | "NOOP":
                return "250 OK"
            case "RSET":
                self._reset()
                return "250 OK"
            case "MAIL":
                self._reset()
                self.sender = address
                return "250 OK"
            case "RCPT" if address:
                self.to.append(address)
                return "250 OK"
            case "DATA" if self.to:
                return self._data()
        return "503 Bad sequence" if word in ("DATA", "RCPT") else "502 Not implemented"

    def _data(self) -> str:
        self._say("354 Go ahead")
        lines, size = [], 0
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > LARGEST:
            return "552 Too large"
        sender, to, raw = self.sender, self.to, b"".join(lines)
        self._reset()
        answers = [self.deliver(sender, one, raw) for one in to]
        return next((answer for answer in answers if not answer.startswith("2")), answers[0])

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
