"""`bin/bench load`: agents with open pages working at once, against the web process as `bin/demo` starts it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.crypto import get_random_string

from djpk.bench import pages_database
from djpk.bench.web import Server, signed_in
from djpk.embedded.paths import ROOT
from people.models import ContactHandle, Role, User
from people.staff import Grant, create_staff
from people.tokens import issue_token
from tickets.models import Ticket

PAGES = 200
ACTIONS_PER_SECOND = 20.0
SECONDS = 120
SETTLE = 20  # seconds after the last page opened until measuring begins
WORKED_ON = 600  # tickets that the agents answer, assign and close
QUERIES = [
    "tampilan=milik-saya",
    "tampilan=terbuka",
    "tampilan=belum-ditugaskan",
    "kanal=EMAIL",
    "tampilan=jatuh-tempo",
]


@dataclass(frozen=True)
class Line:
    """One line of the result, with what belongs to it."""

    name: str
    values: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, **self.values}

    def as_line(self) -> str:
        return f"{self.name:<34} " + "  ".join(f"{key} {_short(value)}" for key, value in self.values.items())


def run(tickets: int, say, seconds: int = SECONDS, pages: int = PAGES) -> Iterator[Line]:
    pages_database.use(tickets, say)
    marks = pages_database.Marks()
    agents = [_agent(number) for number in range(pages)]
    browsers = [signed_in(agent) for agent in agents]
    try:
        with Server() as server:
            plan = _plan(server, agents, browsers)
            say(f"{pages} pages, {ACTIONS_PER_SECOND:.0f} actions a second, {seconds} s …")
            began = server.cpu_ms()
            found = _locust({"plan": plan, "pages": pages, "seconds": seconds, "settle": SETTLE})
            spent = server.cpu_ms() - began
            yield from _lines(found)
            yield Line("web process", {"cpu_s": round(spent / 1000, 1), "peak_mb": server.peak_mb()})
    finally:
        for browser in browsers:
            browser.logout()
        marks.restore()
    yield Line("machine", {"cores": os.cpu_count(), "load_average": [round(one, 1) for one in os.getloadavg()]})


def _agent(number: int) -> User:
    now = timezone.now()
    return create_staff(
        username=f"load{number}", display_name=f"Agen Beban {number}", grants=[Grant(Role.AGENT_L1)], at=now, actor=None
    )


def _plan(server: Server, agents: list[User], browsers: list[Any]) -> dict[str, Any]:
    _token, secret = issue_token(
        name="load", user=agents[0], scopes=["tickets:read", "tickets:write"], at=timezone.now(), actor=agents[0]
    )
    csrf = get_random_string(32)
    cookies = [
        "; ".join(
            f"{name}={value}"
            for name, value in ({k: m.value for k, m in browser.cookies.items()} | {"csrftoken": csrf}).items()
        )
        for browser in browsers
    ]
    free = Ticket.objects.filter(status__in=["OPEN", "ANSWERED"], topic__isnull=False)
    free = free.exclude(channel__code="WHATSAPP")  # its window has closed on most: a reply there would be refused
    numbers = list(free.order_by("-last_message_at").values_list("number", flat=True)[:WORKED_ON])
    for place, agent in enumerate(agents):  # what an agent answers is what the agent's own list shows
        Ticket.objects.filter(number__in=numbers[place :: len(agents)]).update(assignee=agent)
    emails = ContactHandle.objects.filter(kind=ContactHandle.Kind.EMAIL).order_by("pk")
    return {
        "host": f"http://localhost:{server.port}",
        "every": len(agents) / ACTIONS_PER_SECOND,
        "cookies": cookies,
        "csrf": csrf,
        "token": secret,
        "queries": QUERIES,
        "numbers": numbers,
        "emails": list(emails.values_list("value", flat=True)[:500]),
        "agents": [agent.username for agent in agents[:20]],
    }


def _locust(spec: dict[str, Any]) -> dict[str, Any]:
    """Run the pages in a process of their own: gevent changes the whole interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(spec))
        done = subprocess.run(
            [sys.executable, "-m", "djpk.bench.load_pages", str(path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def _lines(found: dict[str, Any]) -> Iterator[Line]:
    for entry in sorted(found["entries"], key=lambda entry: entry["name"]):
        rate = round(entry["requests"] / found["seconds"], 1)
        values = {"requests": entry["requests"], "per_s": rate, "errors": entry["failures"]}
        yield Line(entry["name"], values | {f"{key}_ms": round(entry[key]) for key in ("p50", "p95", "longest")})
    yield Line(
        "sockets",
        {
            "open": found["sockets"],
            "broken": len(found["broken"]),
            "hints_per_s": round(found["hints_per_second"], 2),
            "most_in_a_second": found["most_in_a_second"],
        },
    )
    for error in [*found["errors"], *sorted(set(found["broken"]))]:
        yield Line("error", {"what": error})


def _short(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
