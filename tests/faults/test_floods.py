"""Much at once, twice and in any order: one message each, one ticket for each contact, one sending or a visible
uncertainty each."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
from django.utils import timezone

from messaging.models import Message
from messaging.verbs import write_message
from tests import factories as make
from tests.faults import work
from tests.faults.calls import call, text
from tests.faults.conftest import Counts, recover
from tests.messaging.mails import mail
from tickets.models import Ticket, TicketEntry

THREADS = 8


def at_once(*works: tuple, **how) -> list[work.End]:
    """Each in a process of its own, all at the same time."""
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda one: work.run(*one, **how), works))


def in_order(tickets: list[Ticket]) -> list[list[str]]:
    """The ids of the messages that each shows, in the order in which it shows them; also the order in which they
    were claimed and in which they were received."""
    found = []
    for ticket in tickets:
        rows = TicketEntry.objects.filter(ticket=ticket, message__direction="IN")
        shown = list(rows.order_by("at", "pk").values_list("message__external_id", flat=True))
        assert shown == list(rows.order_by("pk").values_list("message__external_id", flat=True))
        assert shown == list(
            rows.order_by("message__received_at", "message__pk").values_list("message__external_id", flat=True)
        )
        found.append(shown)
    return found


def test_a_webhook_delivered_five_times_by_eight_threads(line, graph, serial, since):
    calls = [
        call(*(text(f"wamid.{serial}.{block}.{n}", f"62000{serial}{block % 4:06d}") for n in range(5)))
        for block in range(12)
    ]
    work_to_do = calls * 5
    random.Random(7).shuffle(work_to_do)
    delivered, *_claimed = at_once(("webhooks", work_to_do, THREADS), *[("claims", since.last, 60)] * 2)
    assert delivered.result == Counter({200: 60})
    recover(graph.url)
    assert since() == Counts(messages=60, claimed=60, contacts=4, tickets=4, shown=60)
    shown = in_order(list(Ticket.objects.order_by("-pk")[:4]))
    assert sorted(name for names in shown for name in names) == sorted(
        f"wamid.{serial}.{block}.{n}" for block in range(12) for n in range(5)
    )
    assert all(  # within a call in the order of the call
        [one for one in names if one.split(".")[2] == block]
        == sorted(one for one in names if one.split(".")[2] == block)
        for names in shown
        for block in {one.split(".")[2] for one in names}
    )


def test_shuffled_messages_of_which_a_third_come_twice_and_the_answers_to_them(line, graph, serial, since):
    """`bin/bench flood` does the same with 10,000."""
    chance = random.Random(serial)
    names = [(f"wamid.{serial}.{n}", f"62000{serial}{n % 20:06d}") for n in range(240)]
    calls = [call(text(*one)) for one in [*names, *chance.sample(names, 72)]]
    chance.shuffle(calls)
    ends = at_once(("webhooks", calls[::2], 4), ("webhooks", calls[1::2], 4), *[("claims", since.last, 240)] * 2)
    assert sum((end.result for end in ends[:2]), Counter()) == Counter({200: 312})
    recover(graph.url)
    assert since() == Counts(messages=240, claimed=240, contacts=20, tickets=20, shown=240)
    tickets = list(Ticket.objects.order_by("-pk")[:20])
    assert sorted(chain(*in_order(tickets))) == sorted(name for name, _sender in names)

    for ticket in tickets:
        for part in range(2):
            write_message(
                channel=ticket.channel, contact=ticket.contact, body=f"{ticket.number} {part}", at=timezone.now(),
                actor=None, claimed_by="tickets",
            )  # fmt: skip
    graph.faults += ["drop", "429", "500", "slow"] * 2
    at_once(*[("worker",)] * 3, graph=graph.url)
    recover(graph.url)
    left = Counter(sent["text"]["body"] for sent in graph.sent)
    answers = {row.body: row.delivery for row in Message.objects.filter(direction="OUT", pk__gt=since.last)}
    assert (len(answers), set(answers.values())) == (40, {"SENT", "UNKNOWN"})
    assert left == Counter(answers.keys())  # each once, also those nobody is sure of
    assert list(answers.values()).count("UNKNOWN") == 2
    for ticket in tickets:
        said = [sent["text"]["body"] for sent in graph.sent if sent["text"]["body"].startswith(ticket.number)]
        assert said == [f"{ticket.number} 0", f"{ticket.number} 1"]


def test_a_batch_of_mails_shared_by_processes(mailbox, post, serial, since, tmp_path):
    for n in range(24):
        sender = f"Pemohon <p{n % 6}.{serial}@gowa.example>"
        (tmp_path / f"{n:02d}.eml").write_bytes(mail(sender=sender, Message_ID=f"<{n}.{serial}@gowa.example>"))
    code, lines = work.batch(str(tmp_path), 3)
    assert (code, Counter(json.loads(line)["status"] for line in lines)) == (0, Counter(new=6, threaded=18))
    assert since() == Counts(messages=24, claimed=24, contacts=6, tickets=6, shown=30, answers=6)
    assert sorted(in_order(list(Ticket.objects.order_by("-pk")[:6]))) == sorted(
        [f"{n}.{serial}@gowa.example" for n in range(who, 24, 6)] for who in range(6)
    )
    code, lines = work.batch(str(tmp_path), 3)
    assert (code, {json.loads(line)["status"] for line in lines}) == (0, {"duplicate"})
    recover()
    assert (since.deliveries(), len(post.taken)) == (["SENT"] * 6, 6)


def test_a_broker_that_forgets_everything(mailbox, post, line, graph, serial, since):
    """Valkey is wiped when messages have come and answers wait: the sweeps find all of it again."""
    names = [(f"wamid.{serial}.{n}", f"62000{serial}{n:06d}") for n in range(6)]
    work.run("webhooks", [call(text(*one)) for one in names], 2)
    contact = make.stranger(email=f"p{serial}@gowa.example")
    for part in range(3):
        write_message(
            channel=make.channel(), contact=contact, body=f"Jawaban {part}", at=timezone.now(), actor=None,
            claimed_by="tickets",
        )  # fmt: skip
    assert work.waiting() == 9
    work.wipe()
    assert work.waiting() == 0
    assert since() == Counts(messages=6, contacts=7, answers=3)
    recover(graph.url)
    assert since() == Counts(messages=6, claimed=6, contacts=7, tickets=6, shown=6, answers=3)
    assert (since.deliveries(), len(post.taken)) == (["SENT"] * 3, 3)


@pytest.mark.parametrize("gone", ["before anything", "after DATA"])
def test_a_mail_server_that_drops_the_line(mailbox, post, serial, since, gone):
    contact = make.stranger(email=f"p{serial}@gowa.example")
    message = write_message(
        channel=make.channel(), contact=contact, body="Jawaban", at=timezone.now(), actor=None, claimed_by="tickets"
    )
    if gone == "after DATA":
        post.drop = True
    else:
        post.rcpt = "421 4.3.2 Shutting down"
    work.run("worker")
    expected = ("UNKNOWN", 1) if gone == "after DATA" else ("QUEUED", 0)
    assert (since.deliveries(), len(post.taken)) == ([expected[0]], expected[1])
    post.drop, post.rcpt = False, "250 OK"
    recover()
    assert len(post.taken) == 1
    assert since.deliveries() == ["UNKNOWN" if gone == "after DATA" else "SENT"]
    assert [step.delivery for step in message.steps.order_by("pk")][-1] == since.deliveries()[0]
