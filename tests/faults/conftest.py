"""Both sides of the pipeline as real servers, and what there is to count on the way.

All tests of a file share one database, with committed rows; each has senders of its own and counts what came since.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.utils import timezone

from chatbot.models import ChatbotSession
from djpk.embedded import testing
from djpk.simulator.graph import Graph, serve
from kernel.secrets import seal
from messaging import outbox
from messaging.models import Connection, Message
from messaging.tasks import sweep_unclaimed
from people.models import Contact
from tests import factories as make
from tests.conftest import _empty_queue
from tests.faults import work
from tests.faults.calls import NUMBER, SECRET
from tests.messaging.conftest import post  # noqa: F401  (a fixture)
from tests.messaging.mails import CALL_CENTRE
from tickets.models import Ticket, TicketEntry

_serial = count(1)
MOST_ROUNDS = 12


@pytest.fixture(scope="module")
def committed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The database as processes of their own see it; a fresh one for the next file."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        testing.clone_template(settings.DATABASES["default"]["NAME"])
        _empty_queue()


@pytest.fixture
def serial(committed) -> Iterator[int]:
    """A number that no other test of this file has, and a queue with nothing of theirs in it."""
    _empty_queue()
    yield next(_serial)
    Connection.objects.update(paused_at=timezone.now())


@pytest.fixture
def mailbox(serial, post) -> Connection:  # noqa: F811
    """The call centre's mailbox, sending through `post`."""
    given = {"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"}
    known = {"name": "Contact Center DJPK", "settings": given, "paused_at": None}
    return Connection.objects.update_or_create(channel=make.channel(), address=CALL_CENTRE, defaults=known)[0]


@pytest.fixture
def graph() -> Iterator[Graph]:
    known = Graph()
    server = serve(known)
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def line(serial, graph) -> Connection:
    """A WhatsApp number without a limit of messages a second."""
    secrets = seal({"app_secret": SECRET, "verify_token": "kata-sepakat", "access_token": "EAAB"})
    given = {"phone_number_id": NUMBER, "per_second": 0}
    known = {"name": "WhatsApp DJPK", "settings": given, "secrets": secrets, "paused_at": None}
    channel = make.channel("WHATSAPP")
    return Connection.objects.update_or_create(channel=channel, address="+620001110000", defaults=known)[0]


@dataclass(frozen=True)
class Counts:
    """Rows that came: messages (and how many of them are claimed), contacts, tickets with the messages shown on them,
    chatbot sessions, answers."""

    messages: int = 0
    claimed: int = 0
    contacts: int = 0
    tickets: int = 0
    shown: int = 0
    sessions: int = 0
    answers: int = 0

    def __sub__(self, before: "Counts") -> "Counts":
        return Counts(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))


def counted() -> Counts:
    """All there is."""
    came = Message.objects.filter(direction="IN")
    return Counts(
        came.count(), came.exclude(claimed_by="").count(), Contact.objects.count(), Ticket.objects.count(),
        TicketEntry.objects.filter(kind="MESSAGE").count(), ChatbotSession.objects.count(),
        Message.objects.filter(direction="OUT").count(),
    )  # fmt: skip


class Since:
    """Calling it counts what came since it was made."""

    def __init__(self) -> None:
        self.before, self.last = counted(), Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def __call__(self) -> Counts:
        return counted() - self.before

    def deliveries(self) -> list[str]:
        """What became of the answers, in the order in which they were written."""
        rows = Message.objects.filter(direction="OUT", pk__gt=self.last).order_by("pk")
        return list(rows.values_list("delivery", flat=True))


@pytest.fixture
def since(serial) -> Since:
    return Since()


def recover(graph: str = "") -> None:
    """What the clock starts, as often as it takes: the sweeps, and a worker; now, after leases have run out, and when
    everything that failed may be tried again."""
    for ahead in (timedelta(0), outbox.LEASE + make.SECOND, 2 * outbox.LONGEST_WAIT):
        for _round in range(MOST_ROUNDS):
            with time_machine.travel(timezone.now() + ahead):
                found = sweep_unclaimed() + outbox.sweep(at=timezone.now())
            if not found and not work.waiting():
                break
            work.run("worker", graph=graph, ahead=ahead.total_seconds())
        else:
            pytest.fail("the sweeps find something again and again")
