"""`bin/bench flood`: webhook messages shuffled, a third of them delivered twice, claimed and answered meanwhile; then
counted: one message each, one ticket for each contact, one sending or a visible uncertainty for each answer."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

from django.utils import timezone

from djpk.bench import pages_database
from djpk.bench.intake import CLIENTS, NUMBER, SECRET, Worker, call_of, in_threads, open_line, post, renew_queue
from djpk.bench.load import Line
from djpk.bench.web import Server
from djpk.simulator.graph import Graph, serve
from kernel.secrets import seal
from messaging import outbox
from messaging.models import Channel, Connection, Message
from messaging.tasks import sweep_unclaimed
from messaging.verbs import write_message
from tickets.models import Ticket, TicketEntry

MESSAGES = 10_000
EACH = 20  # messages of a contact
TWICE = 0.3
DROPPED = 50  # one of so many answers meets a line that breaks after it was taken
_OPEN = (Message.Delivery.QUEUED, Message.Delivery.SENDING)


def run(tickets: int, say, rounds: int = MESSAGES) -> Iterator[Line]:
    pages_database.use(tickets, say)
    marks, graph = pages_database.Marks(), Graph()
    renew_queue()
    server = serve(graph)
    os.environ["DERING_WHATSAPP_GRAPH_URL"] = graph.url
    try:
        channel = Channel.objects.get(code="WHATSAPP")
        Connection.objects.create(
            channel=channel, name="Bench", address="+62000",
            settings={"phone_number_id": NUMBER, "per_second": 0, "chatbot": "off"},
            secrets=seal({"app_secret": SECRET, "verify_token": "bench", "access_token": "bench"}),
        )  # fmt: skip
        senders = [f"62000{uuid4().int % 10**9:09d}" for _ in range(max(rounds // EACH, 1))]
        first = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
        with Server() as web, Worker():
            yield from _come(web, senders, rounds, first, say)
            yield from _leave(graph, channel, first, say)
    finally:
        del os.environ["DERING_WHATSAPP_GRAPH_URL"]
        server.shutdown()
        server.server_close()
        marks.restore()
        renew_queue()


def _come(web: Server, senders: list[str], rounds: int, first: int, say) -> Iterator[Line]:
    chance = random.Random(1)  # noqa: S311
    names = [f"wamid.{uuid4().hex}" for _ in range(rounds)]
    calls = [call_of(senders[n % len(senders)], name) for n, name in enumerate(names)]
    calls += chance.sample(calls, int(rounds * TWICE))
    chance.shuffle(calls)
    say(f"{len(calls)} deliveries of {rounds} messages by {len(senders)} contacts …")

    def client(number: int) -> None:
        line = open_line(web)
        for raw, signed in calls[number::CLIENTS]:
            post(line, raw, signed)

    in_threads(client, CLIENTS)
    came = Message.objects.filter(pk__gt=first, direction="IN")
    while came.filter(claimed_by="").exists():
        sweep_unclaimed()
        time.sleep(1)
    shown = TicketEntry.objects.filter(message__in=came)
    yield Line("before", {"deliveries": len(calls), "messages": rounds, "contacts": len(senders)})
    yield Line(
        "after",
        {
            "messages": came.count(),
            "tickets": Ticket.objects.filter(entries__message__in=came).distinct().count(),
            "shown": shown.count(),
            "shown once": shown.values("message").distinct().count(),
            "out of order": _out_of_order(shown),
        },
    )


def _out_of_order(shown) -> int:
    """Messages that were claimed, or are shown, before one that came earlier from the same contact."""
    wrong = 0
    last: dict[int, tuple] = {}
    rows = shown.order_by("pk").values_list("ticket", "at", "message__received_at", "message", "pk")
    for ticket, at, received, message, pk in rows.iterator():
        now = (at, received, message, pk)
        before = last.get(ticket)
        wrong += before is not None and (before[0] > at or before[1:3] >= now[1:3])
        last[ticket] = now
    return wrong


def _leave(graph: Graph, channel: Channel, first: int, say) -> Iterator[Line]:
    owners = Ticket.objects.filter(entries__message__pk__gt=first).distinct().select_related("contact")
    graph.faults += (["drop"] + [""] * (DROPPED - 1)) * (owners.count() // DROPPED + 1)
    say("answers …")
    for ticket in owners:
        write_message(
            channel=channel, contact=ticket.contact, body=ticket.number, at=timezone.now(), actor=None,
            claimed_by="tickets",
        )  # fmt: skip
    answers = Message.objects.filter(pk__gt=first, direction="OUT")
    while answers.filter(delivery__in=_OPEN).exists():
        outbox.sweep(at=timezone.now())
        time.sleep(1)
    taken = Counter(sent["text"]["body"] for sent in graph.sent)
    yield Line(
        "answers",
        {
            "written": answers.count(),
            "taken by the other side": sum(taken.values()),
            "more than once": sum(times > 1 for times in taken.values()),
            "sent": answers.filter(delivery="SENT").count(),
            "unknown": answers.filter(delivery="UNKNOWN").count(),
        },
    )
