"""Several workers on one conversation at once: every message answered once, in the order in which it came."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from chatbot.models import ChatbotSession, ChatbotStep
from messaging.claiming import claim_in_order
from messaging.models import Message
from tests import factories as make
from tests.chatbot.talk import publish_seeded, whatsapp
from tickets.models import Ticket

PHONE, WORKERS = "+62 000 1000 0778", 6
SAID = (
    ("Halo", ""),
    ("Rangga Aditya", ""),
    ("Kab. Gowa", ""),
    ("ya", ""),
    ("BPKAD Kab. Gowa", ""),
    ("rangga@gowa.example", ""),
    ("Mengapa hibah kami batal?", ""),
    ("Informasi Pajak dan Retribusi Daerah", "m:PDRD"),
    ("Chat Agent", "agent"),
)


@pytest.mark.django_db(transaction=True)
def test_workers_that_take_the_same_conversation_answer_it_as_one_would():
    publish_seeded()
    messages = [
        whatsapp(text, phone=PHONE, choice=choice, at=make.NOW + timedelta(minutes=turn))
        for turn, (text, choice) in enumerate(SAID)
    ]
    start = threading.Barrier(WORKERS)

    def work(mine: int) -> None:
        try:
            start.wait(30)
            for message in [*messages[mine:], *messages[:mine]]:
                claim_in_order(message=message, at=message.received_at)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session, ticket = ChatbotSession.objects.get(), Ticket.objects.get()
    assert (session.outcome, session.ticket, session.menu.code) == ("HANDED_OVER", ticket, "PDRD")
    assert list(ChatbotStep.objects.values_list("kind", "menu__code")) == [("OPENED", "PDRD")]
    answered = Message.objects.filter(direction="OUT", flags__contains=["chatbot"]).order_by("pk")
    order = [row.reply_to_id for row in answered]
    assert order == sorted(order)
    assert set(order) == {message.pk for message in messages}
    assert ticket.entries.first().message.body == "Mengapa hibah kami batal?"
    assert [row.body for row in answered].count(answered.first().body) == 1
