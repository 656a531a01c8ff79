"""A Graph API for Teams meetings on loopback, as far as we use it; faults are used up one per call."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote


@dataclass
class Teams:
    """Meetings by our own name of them; `faults` are HTTP codes to answer with, "empty" or "drop"."""

    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[int | str] = field(default_factory=list)
    url: str = ""

    @property
    def settings(self) -> dict[str, str]:
        given = {"organizer": "dering@djpk.example", "tenant": "djpk", "client_id": "app", "client_secret": "rahasia"}
        return {**given, "graph_url": self.url, "login_url": self.url}


@contextmanager
def running():
    teams = Teams()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(teams))
    teams.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield teams
    finally:
        server.shutdown()
        server.server_close()


def _handler(teams: Teams):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args):
            pass

        def _answer(self, code: int, body: Any = None):
            text = json.dumps(body).encode() if body is not None else b""
            self.send_response(code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def _faulty(self) -> bool:
            teams.calls.append(f"{self.command} {unquote(self.path)}")
            if self.path.endswith("/token") or not teams.faults:
                return False
            fault = teams.faults.pop(0)
            if fault == "drop":
                self.connection.close()
            elif fault == "empty":
                self._answer(200, {})
            else:
                self._answer(int(fault), {"error": {"code": "TooManyRequests", "message": "rahasia"}})
            return True

        def do_POST(self):
            body = self._body()
            if self._faulty():
                return None
            if self.path == "/djpk/oauth2/v2.0/token":
                given = parse_qs(body.decode())
                right = given.get("client_secret") == ["rahasia"] and given["grant_type"] == ["client_credentials"]
                return self._answer(200, {"access_token": "t-1"}) if right else self._answer(401, {"error": "invalid"})
            if self.headers.get("Authorization") != "Bearer t-1":
                return self._answer(401, {"error": {"code": "InvalidAuthenticationToken"}})
            wanted = json.loads(body)
            made = {"id": f"m-{len(teams.meetings) + 1}", "joinWebUrl": f"https://teams.example/{wanted['externalId']}"}
            return self._answer(201, teams.meetings.setdefault(wanted["externalId"], {**wanted, **made}))

        def do_DELETE(self):
            if self._faulty():
                return None
            key = unquote(self.path.rpartition("/")[2])
            name = next((name for name, row in teams.meetings.items() if row["id"] == key), None)
            if name is None:
                return self._answer(404, {"error": {"code": "NotFound"}})
            del teams.meetings[name]
            return self._answer(204)

    return Handler
