"""The simulator's one HTTP server: the Graph API, the central desk's call-backs, and what the page asks.

POST /kendali/<name>   JSON in and out, with the token of `secrets.secret("control")`
POST /hai/             the call-backs of Dering
GET, POST /v23.0/…     the Graph API, see `graph.py`
"""

import base64
import hmac
import json
import socket
import threading
from dataclasses import asdict
from http.server import ThreadingHTTPServer
from typing import Any

from djpk.simulator.desks import CentralDesk, Exchange
from djpk.simulator.door import Door
from djpk.simulator.graph import Graph, GraphHandler
from djpk.simulator.handset import FAULTS, Handset
from djpk.simulator.mailing import HandOver, MailProgram, pipe
from djpk.simulator.secrets import secret
from djpk.simulator.world import World

LARGEST = 40 * 1024 * 1024


class Outside:
    """All of the world outside; `start()` serves it on loopback, `stop()` ends that."""

    def __init__(self, dering: str, hand_over: HandOver = pipe) -> None:
        self.world, self.graph = World(), Graph()
        door = Door(dering, self.world)
        self.handset, self.mail = Handset(self.world, self.graph, door), MailProgram(self.world, hand_over)
        self.desk, self.exchange = CentralDesk(self.world, door), Exchange(self.world, door)
        self.url = ""
        self._servers: list[Any] = []

    def start(self, listener: socket.socket | None = None) -> "Outside":
        """On a listening socket, or on a free port."""
        bound = type("Bound", (_Handler,), {"graph": self.graph, "outside": self})
        server = ThreadingHTTPServer(("127.0.0.1", 0), bound, bind_and_activate=listener is None)
        if listener is not None:
            server.socket.close()
            server.socket, server.server_address = listener, listener.getsockname()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.graph.url = f"{self.url}/v23.0"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._servers = [server, self.mail.serve()]
        return self

    def stop(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self.world.stop()

    def control(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """What the page asks; an unknown name raises KeyError."""
        found: dict[str, Any] = _CONTROLS[name](self, **given)
        return found

    def look(self, channel: str, person: str) -> dict[str, Any]:
        if channel == "WHATSAPP":
            self.handset.look(person)
        more = {"possible": self.exchange.possible(person)} if channel == "PHONE" else {}
        switches = {**asdict(self.handset.switches), "faults": list(self.graph.faults)}
        return {**self.world.shown(channel, person), "switches": switches, **more}

    def write(self, channel: str, person: str, name: str, **given: Any) -> dict[str, Any]:
        """A message of the requester's. `files`: [{"name", "type", "content" (base64)}]."""
        kept = [
            self.world.add_file(one["name"], one["type"], base64.b64decode(one["content"]))
            for one in given.pop("files", [])
        ]
        writers: dict[str, Any] = {"WHATSAPP": self.handset.write, "EMAIL": self.mail.write, "HAI": self.desk.ask}
        writers[channel](person, name, files=kept, **given)
        return {}

    def switch(self, fault: str = "", **switches: bool) -> dict[str, Any]:
        """Set the switches; `fault` meets the next message, an empty one takes back what waits."""
        self.graph.faults[:] = [fault] if fault in FAULTS else []
        for name, on in switches.items():
            setattr(self.handset.switches, name, bool(on))
        self.world.version += 1
        return {}

    def file(self, key: str) -> dict[str, Any]:
        found = self.world.file(key)
        if found is None:
            return {}
        return {"name": found[0], "type": found[1], "content": base64.b64encode(found[2]).decode()}


def _nothing(_done: None) -> dict[str, Any]:
    return {}


_CONTROLS: dict[str, Any] = {
    "look": Outside.look,
    "write": Outside.write,
    "switch": Outside.switch,
    "file": Outside.file,
    "choose": lambda outside, **given: _nothing(outside.handset.choose(**given)),
    "place": lambda outside, **given: _nothing(outside.handset.place(**given)),
    "away": lambda outside, **given: _nothing(outside.mail.out_of_office(**given)),
    "bounce": lambda outside, **given: _nothing(outside.mail.bounce(**given)),
    "call": lambda outside, **given: _nothing(outside.exchange.happen(**given)),
}


class _Handler(GraphHandler):
    outside: Outside

    def do_POST(self) -> None:
        if self.path.startswith("/kendali/"):
            self._control(self.path.removeprefix("/kendali/"))
        elif self.path == "/hai/":
            status = self.outside.desk.called_back(self.headers, self._body())
            self._answer(status, {"taken": status == 200})
        else:
            super().do_POST()

    def _control(self, name: str) -> None:
        raw = self._body()
        if not hmac.compare_digest(self.headers.get("Authorization", ""), f"Bearer {secret('control')}"):
            self._answer(403, {"error": "token"})
        elif name not in _CONTROLS:
            self._answer(404, {"error": "name"})
        else:
            self._answer(200, self.outside.control(name, json.loads(raw)))

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LARGEST))
