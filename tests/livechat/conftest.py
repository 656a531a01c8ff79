"""A chat as browsers have it: calls of the widget by HTTP, and workers that run when told."""

import itertools
import json
from dataclasses import dataclass, field

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from kernel.secrets import seal
from messaging.models import Connection, Message
from tests import factories as make
from tickets import conversation
from tickets.models import Ticket

OPEN, SHUT = make.wib("2024-08-15 09:30"), make.wib("2024-08-15 20:00")
_ids = itertools.count(1)


@dataclass
class Visitor:
    """A browser with a token; `say` and `sync` answer what the widget would get."""

    token: str = ""
    client: Client = field(default_factory=Client)

    def call(self, name: str, given: dict | None = None, **rest):
        headers = {"Authorization": f"Bearer {self.token}", **rest.pop("headers", {})}
        return self.client.post(
            f"/obrolan/{name}/", json.dumps(given or {}), "application/json", headers=headers, **rest
        )

    def begin(self, name: str = "Arung Mappatunru", email: str = "arung@gowa.example", **rest) -> "Visitor":
        answer = self.call(
            "mulai", {"name": name, "email": email, "consent": True, "page": "https://pemda.example/a?b=c", **rest}
        )
        assert answer.status_code == 200, answer.content
        self.token = answer.json()["token"]
        return self

    def send(self, text: str, id: str = "", files=(), **rest):
        given = {"id": id or f"pesan-{next(_ids):06}", "text": text, "files": list(files), **rest}
        return self.client.post("/obrolan/pesan/", given, headers={"Authorization": f"Bearer {self.token}"})

    def say(self, text: str, **rest) -> dict:
        answer = self.send(text, **rest)
        assert answer.status_code == 200, answer.content
        return answer.json()["line"]

    def sync(self, after: int = 0, read: int = 0, **rest) -> dict:
        answer = self.call("kabar", {"after": after, "read": read, **rest})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def texts(self, after: int = 0) -> list[str]:
        return [line["text"] for line in self.sync(after)["lines"]]


@pytest.fixture
def widget(db, settings, tmp_path) -> Connection:
    """The connected channel; a reply leaves at once."""
    settings.MEDIA_ROOT, settings.COMPOSER_UNDO_SECONDS = tmp_path, 0
    return Connection.objects.create(
        channel=make.channel("LIVE_CHAT"), name="Live Chat DJPK", address="obrolan",
        settings={"sites": "https://djpk.example"},
    )  # fmt: skip


@pytest.fixture
def mailbox(db) -> Connection:
    return Connection.objects.create(
        channel=make.channel(), name="Contact Center DJPK", address="callcenter@djpk.example",
        settings={"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none"}, secrets=seal({}),
    )  # fmt: skip


@pytest.fixture
def visitor(widget) -> Visitor:
    """Pak Arung, in a chat."""
    return Visitor().begin()


@pytest.fixture
def clock():
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def work(django_capture_on_commit_callbacks, run_tasks):
    """Run what waits in the queue; `with work(): …` commits first."""

    class Work:
        def __enter__(self):
            self.catch = django_capture_on_commit_callbacks(execute=True)
            self.catch.__enter__()

        def __exit__(self, *error):
            self.catch.__exit__(*error)
            with django_capture_on_commit_callbacks(execute=True):
                run_tasks()
            with django_capture_on_commit_callbacks(execute=True):
                run_tasks()

    return Work


def asked(visitor, work, text: str = "Kapan DAU bulan Agustus disalurkan?") -> Ticket:
    with work():
        visitor.say(text)
    return Ticket.objects.latest("pk")


def answered(ticket: Ticket, work, text: str, **rest) -> Message:
    with work():
        message = conversation.write_reply(
            ticket=ticket, text=text, at=timezone.now(), actor=make.staff("laras"), **rest
        )[1]
    message.refresh_from_db()
    return message
