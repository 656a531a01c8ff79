"""The client's side of `bin/bench load`: agents' pages under locust, in a process of its own (`python -m`, one JSON
file in, one JSON object out). Each keeps a socket and, as assets/js does, fetches what it shows when that changed.
"""

import json
import random
import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import gevent
import websocket
from locust import constant, task
from locust.contrib.fasthttp import FastHttpUser
from locust.env import Environment

BEAT = 4.0  # seconds between two signs of life
ROWS, COUNTS, AGES = 2.5, 10.0, 60.0  # seconds between two rounds, as in assets/js/live-list.js
QUICK, LONGEST = 0.05, 60.0  # seconds: a slower answer makes rounds rarer, up to the longest pause
ROW = re.compile(r'id="tiket-(\d+)" data-ticket="([^"]+)"')
ENTRY = re.compile(r'data-entry="(\d+)"')
OPENED = re.compile(r'id="percakapan"[^>]* data-pk="(\d+)" data-ticket="([^"]+)" data-now="([^"]+)"')
LIST = re.compile(r'<div[^>]* id="daftar"[^>]*>')
ADDRESS = re.compile(r' (data-rows|data-now|hx-get)="([^"]+)"')
WEIGHTS = {"open": 42, "reply": 18, "note": 12, "assign": 10, "close": 8, "reopen": 3, "create": 7}


@dataclass
class Plan:
    """What the bench hands over."""

    host: str
    every: float
    cookies: list[str]
    csrf: str
    token: str
    queries: list[str]
    numbers: list[str]
    emails: list[str]
    agents: list[str]


@dataclass
class Heard:
    """What the sockets received: moments of hints by socket, and breaks."""

    hints: dict[int, list[float]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


PLAN: Plan
HEARD = Heard()
_agents: Iterator[int]


class Page(FastHttpUser):
    """An agent with the inbox open. One user acts every `every` seconds on average."""

    wait_time = constant(0)
    connection_timeout = network_timeout = 30.0

    def on_start(self) -> None:
        self.number = next(_agents)
        self.headers = {"Cookie": PLAN.cookies[self.number], "HX-Request": "true"}
        self.query = PLAN.queries[self.number % len(PLAN.queries)]
        self.mine = deque(PLAN.numbers[self.number :: len(PLAN.cookies)])
        self.closed: deque[str] = deque()
        self.changed: set[int] = set()
        self.stale = self.fetching = self.again = False
        self.opened: tuple[int, str, str] | None = None
        self.newest = 0
        self.load_list("start: inbox")
        self.listen()
        gevent.sleep(random.random() * PLAN.every)

    @task
    def act(self) -> None:
        began = time.time()
        name = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, f"act_{name}")()
        gevent.sleep(max(0.0, random.expovariate(1 / PLAN.every) - (time.time() - began)))

    # What an agent does.

    def act_open(self) -> None:
        self.open(random.choice(list(self.rows.values()) or PLAN.numbers))

    def act_reply(self) -> None:
        self.say("reply", "teks", "Terima kasih. Berkas sudah kami terima dan sedang kami periksa.")

    def act_note(self) -> None:
        self.say("note", "catatan", "Sudah ditelepon, menunggu kelengkapan surat.")

    def act_assign(self) -> None:
        number = self.own()
        self.post("assign", f"/tiket/{number}/ubah/agen/", {"nilai": random.choice(PLAN.agents)})
        self.acted_on(number)

    def act_close(self) -> None:
        if len(self.mine) < 2:
            return self.act_reopen()
        number = self.mine.popleft()
        self.post("close", f"/tiket/{number}/aksi/selesai/", {})
        self.closed.append(number)
        return self.acted_on(number)

    def act_reopen(self) -> None:
        if not self.closed:
            return self.act_open()
        self.mine.append(self.closed.popleft())
        self.post("reopen", f"/tiket/{self.mine[-1]}/aksi/buka/", {})
        return self.load_list("list again after an action")

    def act_create(self) -> None:
        email = random.choice(PLAN.emails) if random.random() < 0.6 else f"{uuid4()}@pemda.example"
        body = {
            "channel": "EMAIL",
            "contact": {"name": "Melati Kusumah", "email": email, "user_group": "PEMDA", "region": "32.73"},
            "subject": "Penyaluran DAU Agustus",
            "text": "Kapan DAU bulan Agustus disalurkan? Mohon informasi jadwal dan syarat salurnya.",
            "topic": "DAU",
        }
        self.client.post(
            "/api/v1/tickets/", json=body, name="create", headers={"Authorization": f"Bearer {PLAN.token}"}
        )

    def own(self) -> str:
        """A ticket that only this agent closes, so that nothing is refused."""
        self.mine.rotate()
        return self.mine[0]

    def open(self, number: str) -> None:
        found = self.client.get(f"/tiket/{number}/?{self.query}", name="open", headers=self.headers).text or ""
        self.show(found)

    def show(self, found: str) -> None:
        if match := OPENED.search(found):
            self.opened = int(match[1]), match[2], match[3]
            self.newest = max(map(int, ENTRY.findall(found)), default=0)
            self.tell({"view": self.opened[0], "writes": ""})

    def say(self, mode: str, name: str, text: str) -> None:
        number = self.own()
        self.open(number)
        if self.opened:
            self.tell({"view": self.opened[0], "writes": mode})
        form = {"mode": mode, name: text, "terlihat": self.newest}
        found = self.post(mode, f"/tiket/{number}/pesan/?{self.query}", form)
        self.show(found)
        self.acted_on(number)

    def acted_on(self, number: str) -> None:
        """The row of a move of one's own is renewed at once; the list is read again where the row has left it."""
        self.stale = True
        pk = next((pk for pk, shown in self.rows.items() if shown == number), None)
        if pk is None:
            return
        name = "own row after an action"
        found = self.client.get(f"{self.addresses['rows']}?{self.query}&id={pk}", name=name, headers=self.headers)
        if found.status_code == 200 and not ROW.search(found.text or ""):
            self.load_list("list again after an action")

    def post(self, name: str, path: str, form: dict[str, Any]) -> str:
        body = urlencode(form | {"csrfmiddlewaretoken": PLAN.csrf})
        headers = self.headers | {"Content-Type": "application/x-www-form-urlencoded"}
        with self.client.post(path, body, name=name, headers=headers, catch_response=True) as answer:
            if 'id="penolakan"' in (answer.text or ""):
                answer.failure("refused")
            return answer.text or ""

    def load_list(self, name: str) -> None:
        found = self.client.get(f"/tiket/?{self.query}", name=name, headers=self.headers).text or ""
        self.rows = {int(pk): number for pk, number in ROW.findall(found)}
        tag = LIST.search(found)
        self.addresses = {name.removeprefix("data-"): value for name, value in ADDRESS.findall(tag[0] if tag else "")}
        if "hx-get" in self.addresses:
            self.query = self.addresses["hx-get"].partition("?")[2].replace("&amp;", "&")
        self.changed.clear()

    # What the page does by itself.

    def listen(self) -> None:
        """Open the socket and start what runs beside the agent."""
        address = PLAN.host.replace("http", "ws", 1) + f"/ws/tiket/?sejak={time.time()}"
        origin, cookie = PLAN.host, f"Cookie: {self.headers['Cookie']}"
        try:
            self.socket = websocket.create_connection(address, origin=origin, header=[cookie], timeout=60)
        except (websocket.WebSocketException, OSError) as error:
            HEARD.broken.append(f"not opened: {type(error).__name__}: {error}")
            raise
        HEARD.hints[self.number] = []
        for work in (self.hear, self.beat, self.renew_rows, self.renew_counts, self.renew_ages):
            gevent.spawn(work)

    def tell(self, words: dict[str, Any]) -> None:
        with suppress(websocket.WebSocketException, OSError):
            self.socket.send(json.dumps(words))

    def beat(self) -> None:
        while True:
            gevent.sleep(BEAT)
            self.tell({"ping": True} if random.random() < 0.2 else {})

    def hear(self) -> None:
        try:
            while True:
                said = json.loads(self.socket.recv())
                if "changed" in said or "present" in said or "everything" in said:
                    HEARD.hints[self.number].append(time.time())
                self.note({int(pk): entry for pk, entry in said.get("changed", {}).items()}, "everything" in said)
        except (websocket.WebSocketException, OSError, ValueError) as error:
            HEARD.broken.append(f"{type(error).__name__}: {error}")

    def note(self, changed: dict[int, int], everything: bool) -> None:
        self.changed |= self.rows.keys() & changed.keys() if not everything else set(self.rows)
        self.stale = self.stale or bool(changed) or everything
        if self.opened and (everything or self.opened[0] in changed):
            entry = changed.get(self.opened[0], 0)
            if not entry or entry > self.newest:
                gevent.spawn(self.renew_ticket)

    def renew_ticket(self) -> None:
        """At once, one at a time."""
        self.again = True
        if self.fetching or self.opened is None:
            return
        self.fetching = True
        while self.again and self.opened:
            self.again = False
            found = self.client.get(f"{self.opened[2]}?{self.query}", name="live: open ticket", headers=self.headers)
            self.newest = max(map(int, ENTRY.findall(found.text or "")), default=self.newest)
        self.fetching = False

    def renew_rows(self) -> None:
        def work() -> None:
            ids = urlencode([("id", pk) for pk in list(self.changed)[:100]])
            self.changed.clear()
            self.client.get(f"{self.addresses['rows']}?{self.query}&{ids}", name="live: rows", headers=self.headers)

        self.rounds(ROWS, lambda: bool(self.changed) and "rows" in self.addresses, work)

    def renew_counts(self) -> None:
        def work() -> None:
            self.stale = False
            self.client.get(f"{self.addresses['now']}?{self.query}", name="live: counts", headers=self.headers)

        self.rounds(COUNTS, lambda: self.stale and "now" in self.addresses, work)

    def renew_ages(self) -> None:
        while True:
            gevent.sleep(AGES * (0.75 + random.random() / 2))
            self.changed |= set(self.rows)

    def rounds(self, pause: float, due: Callable[[], bool], work: Callable[[], None]) -> None:
        last = took = 0.0
        while True:
            while not due():
                gevent.sleep(0.1)
            slow = min(max(1.0, took / QUICK) * pause, max(pause, LONGEST))
            wait = max(last + slow - time.time(), 0.0)
            gevent.sleep(wait + random.random() * pause * (0.3 if wait else 0.5))
            began = time.time()
            if due():
                work()
            last = time.time()
            took = last - began


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """Ramp up, let it settle, measure."""
    global PLAN, _agents
    PLAN, pages, seconds = Plan(**spec["plan"]), spec["pages"], spec["seconds"]
    _agents = iter(range(pages))
    Page.host = PLAN.host
    environment = Environment(user_classes=[Page], reset_stats=False)
    runner = environment.create_local_runner()
    runner.start(pages, spawn_rate=max(5, pages // 10))
    gevent.sleep(pages / max(5, pages // 10) + spec["settle"])
    environment.stats.reset_all()
    began = time.time()
    gevent.sleep(seconds)
    stats, ended = environment.stats, time.time()
    entries = [_line(entry) for entry in stats.entries.values()]
    errors = [f"{error.method} {error.name}: {error.error} ({error.occurrences}×)" for error in stats.errors.values()]
    hints = [[at for at in moments if began <= at < ended] for moments in HEARD.hints.values()]
    result = {
        "entries": entries,
        "errors": errors,
        "sockets": len(hints),
        "broken": HEARD.broken,
        "hints_per_second": sum(map(len, hints)) / max(1, len(hints)) / (ended - began),
        "most_in_a_second": max((_most(moments) for moments in hints), default=0),
        "seconds": ended - began,
    }
    runner.quit()
    return result


def _line(entry: Any) -> dict[str, Any]:
    return {
        "name": entry.name,
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "p50": entry.get_response_time_percentile(0.5) or 0,
        "p95": entry.get_response_time_percentile(0.95) or 0,
        "longest": entry.max_response_time,
    }


def _most(moments: list[float]) -> int:
    """The largest number of hints of one socket within a second, a tenth of it left to the way through the machine."""
    most, window = 0, deque[float]()
    for at in moments:
        window.append(at)
        while window[0] <= at - 0.9:
            window.popleft()
        most = max(most, len(window))
    return most


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text()))))  # noqa: T201
