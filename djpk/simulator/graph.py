"""A Graph API for WhatsApp on loopback: messages, media, templates and webhooks as Meta documents them.

Faults are put in by `Graph.faults`, a list used up one per call to /messages: "429", "131047", "500", "drop"
(taken, then the line breaks), "slow". `Graph.taken` hears of every message that was answered with an id.
"""

import hashlib
import hmac
import json
import socket
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_ERRORS: dict[str, tuple[int, int, str]] = {
    "429": (429, 130429, "Rate limit hit"),
    "131047": (400, 131047, "Re-engagement message: more than 24 hours have passed since the customer last replied"),
    "131056": (400, 131056, "(Business Account, Consumer Account) pair rate limit hit"),
    "131026": (400, 131026, "Message undeliverable"),
    "500": (500, 131000, "Something went wrong"),
}


def template(name: str, body: str, *, status: str = "APPROVED", **rest: Any) -> dict[str, Any]:
    """A template as the Graph API lists it."""
    shown = {"name": name, "language": "id", "status": status, "category": "UTILITY", "parameter_format": "POSITIONAL"}
    return {**shown, "components": [{"type": "BODY", "text": body}], **rest}


TEMPLATES = [
    template(
        "balasan_konsultasi",
        "Yth. {{1}}, konsultasi Anda nomor {{2}} sudah kami jawab. Balas pesan ini untuk membaca jawabannya.",
    ),
    template("jawaban_singkat", "Yth. {{1}}, jawaban atas konsultasi {{2}}: {{3}}"),
    template("permintaan_data", "Yth. {{1}}, mohon lengkapi data konsultasi {{2}}.", status="PENDING"),
]


@dataclass
class Graph:
    """What the server knows: messages taken (in order), files by id, templates, numbers, faults to come."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    templates: list[dict[str, Any]] = field(default_factory=lambda: [dict(one) for one in TEMPLATES])
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    taken: Callable[[dict[str, Any]], None] = field(default=lambda _message: None)
    refused: Callable[[dict[str, Any], str], None] = field(default=lambda _message, _fault: None)
    url: str = ""

    def add_media(self, kind: str, content: bytes) -> str:
        name = str(uuid.uuid4().int)[:15]
        self.media[name] = (kind, content)
        return name

    def add_upload(self, content_type: str, body: bytes) -> str:
        """The file of a form as /media gets it."""
        form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body, policy=policy.HTTP)
        for part in form.iter_parts():
            if part.get_filename():
                content = part.get_payload(decode=True)
                return self.add_media(part.get_content_type(), content if isinstance(content, bytes) else b"")
        return self.add_media("application/octet-stream", body)


def serve(graph: Graph, port: int = 0) -> ThreadingHTTPServer:
    """Start in a thread of its own; `shutdown()` stops it."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (GraphHandler,), {"graph": graph}))
    graph.url = f"http://127.0.0.1:{server.server_address[1]}/v23.0"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def post_webhook(url: str, secret: str, body: dict[str, Any]) -> int:
    """Deliver a webhook call, signed; the answer's status."""
    raw = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(secret, raw)}
    with urllib.request.urlopen(urllib.request.Request(url, raw, headers), timeout=20) as answer:  # noqa: S310
        return int(answer.status)


def signature(secret: str, raw: bytes) -> str:
    """The header that proves who sent a body."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


class GraphHandler(BaseHTTPRequestHandler):
    graph: Graph
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._authorised():
            return
        if self.path.endswith("/media"):
            self._answer(200, {"id": self.graph.add_upload(self.headers.get("Content-Type", ""), body)})
        elif self.path.endswith("/messages"):
            self._message(json.loads(body))
        else:
            self._refuse(404, 100, "Unsupported post request")

    def do_GET(self) -> None:
        if not self._authorised():
            return
        name = self.path.rpartition("/")[2].partition("?")[0]
        if self.path.startswith("/files/") and name in self.graph.media:
            self._bytes(200, self.graph.media[name][1], self.graph.media[name][0])
        elif name == "message_templates":
            self._templates()
        elif name in self.graph.numbers:
            self._answer(200, {"id": name, **self.graph.numbers[name]})
        elif name in self.graph.media:
            kind, content = self.graph.media[name]
            base = self.graph.url.rpartition("/")[0]
            digest = hashlib.sha256(content).hexdigest()
            self._answer(200, {"url": f"{base}/files/{name}", "mime_type": kind, "sha256": digest, "id": name})
        else:
            self._refuse(404, 100, "Object does not exist")

    def _templates(self) -> None:
        """A page of the catalogue, with cursors as Meta gives them."""
        asked = parse_qs(urlsplit(self.path).query)
        start, size = int(asked.get("after", ["0"])[0]), int(asked.get("limit", ["25"])[0])
        end, all_of_them = start + size, self.graph.templates
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(all_of_them):
            paging["next"] = f"{self.graph.url}/message_templates?after={end}&limit={size}"
        self._answer(200, {"data": all_of_them[start:end], "paging": paging})

    def _message(self, body: dict[str, Any]) -> None:
        fault = self.graph.faults.pop(0) if self.graph.faults else ""
        if fault == "slow":
            time.sleep(0.5)
        if fault in _ERRORS:
            self._refuse(*_ERRORS[fault])
            self.graph.refused(body, fault)
            return
        name = f"wamid.{uuid.uuid4().hex}"
        self.graph.sent.append({**body, "id": name})
        if fault == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            self.graph.taken({**body, "id": name})
            return
        contact = {"input": body.get("to", ""), "wa_id": body.get("to", "")}
        self._answer(200, {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": name}]})
        self.graph.taken({**body, "id": name})

    def _authorised(self) -> bool:
        if self.headers.get("Authorization", "").removeprefix("Bearer "):
            return True
        self._refuse(401, 190, "Access token missing")
        return False

    def _refuse(self, status: int, code: int, text: str) -> None:
        self._answer(status, {"error": {"message": f"(#{code}) {text}", "code": code, "error_data": {"details": text}}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._bytes(status, json.dumps(body).encode(), "application/json")

    def _bytes(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read what was sent."""
