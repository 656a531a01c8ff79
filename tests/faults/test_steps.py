"""A process ends at each step of the pipeline in turn, by kill -9 or because the database cuts it off: what is
there right afterwards, and what there is in the end."""

import pytest
from django.utils import timezone

from chatbot.loading import current_version
from messaging.email.receiving import receive_mail
from messaging.models import Message
from tests.chatbot.talk import publish_seeded
from tests.faults import work
from tests.faults.calls import call, deliver, text
from tests.faults.conftest import Counts, recover
from tests.messaging.mails import mail

NOTHING = Counts()
STORED = Counts(messages=1, contacts=1)
TICKET = Counts(messages=1, claimed=1, contacts=1, tickets=1, shown=2, answers=1)
TALK = Counts(messages=1, claimed=1, contacts=1, sessions=1, answers=2)  # the chatbot greets and asks
FAULTS = pytest.mark.parametrize("fault", ["kill", "cut"])


def ended(end: work.End, fault: str, told: int) -> bool:
    """Killed, or it told whoever brought the message to try again."""
    return end.code == -9 if fault == "kill" else end == work.End(0, told)


def letter(serial: int) -> bytes:
    """A mail of somebody new."""
    return mail(sender=f"Pemohon <p{serial}@gowa.example>", Message_ID=f"<{serial}@gowa.example>")


def chat(serial: int) -> bytes:
    """A call that brings a message of somebody new, who talks with the chatbot."""
    if current_version() is None:
        publish_seeded()
    return call(text(f"wamid.{serial}", f"62000{serial:08d}", "Halo"))


@FAULTS
@pytest.mark.parametrize(
    ("step", "right_after"),
    [
        ("original written", NOTHING),
        ("contact resolved", NOTHING),
        ("stored, not committed", NOTHING),
        ("stored, from a pipe", STORED),
        ("ticket made", STORED),
        ("claimed", STORED),
        ("acknowledged", STORED),
        ("claim committed", TICKET),
        ("sender woken", TICKET),
    ],
)
def test_a_mail_comes_in_by_a_pipe(mailbox, post, serial, since, step, right_after, fault):
    end = work.run("mail", letter(serial), stop=step, fault=fault)
    assert ended(end, fault, 75)
    assert since() == right_after
    assert work.run("mail", letter(serial)) == work.End(0, 0)  # the mail server tries again
    recover()
    assert (since(), since.deliveries(), len(post.taken)) == (TICKET, ["SENT"], 1)


@FAULTS
@pytest.mark.parametrize(
    ("step", "right_after"),
    [
        ("contact resolved", NOTHING),
        ("stored, not committed", NOTHING),
        ("stored", STORED),
        ("worker woken", STORED),
    ],
)
def test_a_webhook_brings_a_message(line, graph, serial, since, step, right_after, fault):
    raw = chat(serial)
    end = deliver(raw, stop=step, fault=fault)
    assert ended(end, fault, 200 if right_after == STORED else 500)
    assert since() == right_after
    assert deliver(raw) == work.End(0, 200)  # Meta tries again
    recover(graph.url)
    assert (since(), since.deliveries(), len(graph.sent)) == (TALK, ["SENT", "SENT"], 2)


@FAULTS
@pytest.mark.parametrize(
    ("step", "right_after"),
    [
        ("asked who takes it", STORED),
        ("claimed by the chatbot", STORED),
        ("session begun", STORED),
        ("answered", STORED),
        ("claim committed", TALK),
        ("sender woken", TALK),
    ],
)
def test_a_worker_answers_in_the_chatbot(line, graph, serial, since, step, right_after, fault):
    assert deliver(chat(serial)) == work.End(0, 200)
    end = work.run("worker", stop=step, fault=fault, graph=graph.url)
    assert end.code == (-9 if fault == "kill" else 0)
    if fault == "kill":
        assert (since(), len(graph.sent)) == (right_after, 0)
    recover(graph.url)
    assert (since(), since.deliveries(), len(graph.sent)) == (TALK, ["SENT", "SENT"], 2)


UNCERTAIN, DONE = "UNKNOWN", "SENT"


@FAULTS
@pytest.mark.parametrize(
    ("step", "left", "after_kill", "in_the_end"),
    [
        ("leased", 0, "SENDING", UNCERTAIN),
        ("named", 0, "SENDING", UNCERTAIN),
        ("line open", 0, "SENDING", UNCERTAIN),
        ("mail sent", 1, "SENDING", UNCERTAIN),
        ("recorded, not committed", 1, "SENDING", UNCERTAIN),
        ("recorded", 1, "SENT", DONE),
    ],
)
def test_a_worker_sends_a_mail(mailbox, post, serial, since, step, left, after_kill, in_the_end, fault):
    receive_mail(letter(serial), at=timezone.now())
    end = work.run("worker", stop=step, fault=fault)
    assert end.code == (-9 if fault == "kill" else 0)
    if fault == "kill":
        assert (since(), since.deliveries(), len(post.taken)) == (TICKET, [after_kill], left)
    recover()
    sure = fault == "cut"  # the process lives, connects anew and says what it knows
    assert (since(), since.deliveries()) == (TICKET, [DONE if sure else in_the_end])
    assert len(post.taken) == (1 if sure else left)


@FAULTS
@pytest.mark.parametrize(("step", "in_the_end"), [("text sent", UNCERTAIN), ("recorded", DONE)])
def test_a_worker_sends_a_text(line, graph, serial, since, step, in_the_end, fault):
    assert deliver(chat(serial)) == work.End(0, 200)
    work.run("worker", stop=step, fault=fault, graph=graph.url)
    recover(graph.url)
    assert (since(), len(graph.sent)) == (TALK, 2)
    assert since.deliveries() == [DONE if fault == "cut" else in_the_end, DONE]


def test_what_is_uncertain_is_sent_again_only_when_someone_decides_so(mailbox, post, serial, since):
    receive_mail(letter(serial), at=timezone.now())
    work.run("worker", stop="mail sent")
    recover()
    recover()
    assert (since.deliveries(), len(post.taken)) == (["UNKNOWN"], 1)
    [message] = Message.objects.filter(delivery="UNKNOWN", details__thread__isnull=False, pk__gt=since.last)
    assert [step.code for step in message.steps.all()] == ["lease_expired"]
