"""A message is stored once, claimed once and only moves forward."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import IntegrityError, connection, transaction

from kernel.errors import Refused
from messaging.models import Message
from messaging.verbs import claim_message, record_delivery, store_message, write_message
from tests import factories as make


def incoming(**fields):
    given = {
        "channel": make.channel(),
        "external_id": "<1@gowa.example>",
        "contact": None,
        "body": "Kapan disalurkan?",
        "at": make.NOW,
    }
    return store_message(**{**given, **fields})


def test_the_same_message_again_changes_nothing(db):
    first, new = incoming()
    again, newer = incoming(body="lain", at=make.NOW + make.HOUR)
    assert (new, newer) == (True, False)
    assert first == again
    assert again.body == "Kapan disalurkan?"
    other, newest = incoming(channel=make.channel("WHATSAPP"))
    assert newest
    assert other != first


def test_five_workers_with_one_message_store_it_once(transactional_db):
    def bring(_):
        try:
            return incoming()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(bring, range(5)))
    assert sum(new for _message, new in results) == 1
    assert len({message.pk for message, _new in results}) == 1


def test_five_claimers_and_one_winner(transactional_db):
    message, _ = incoming()

    def claim(name):
        try:
            return claim_message(message=message, claimer=name)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        won = list(pool.map(claim, ["a", "b", "c", "d", "e"]))
    assert sum(won) == 1
    message.refresh_from_db()
    assert message.claimed_by == "abcde"[won.index(True)]


def test_the_database_refuses_a_second_row(db):
    incoming()
    twin = Message(channel=make.channel(), external_id="<1@gowa.example>", direction="IN", received_at=make.NOW)
    with pytest.raises(IntegrityError, match="message_once"), transaction.atomic():
        twin.save()


def test_delivery_goes_forward_only(db):
    message = write_message(
        channel=make.channel(), contact=make.contact(), body="Jawaban", at=make.NOW, actor=None, claimed_by="tickets"
    )
    steps = ["SENDING", "SENT", "READ", "DELIVERED", "SENT"]
    assert [record_delivery(message=message, delivery=step, at=make.NOW) for step in steps] == [
        True,
        True,
        True,
        False,
        False,
    ]
    message.refresh_from_db()
    assert message.delivery == "READ"
    with pytest.raises(Refused, match=r"message\.incoming"):
        record_delivery(message=incoming()[0], delivery="SENT", at=make.NOW)


def test_an_empty_answer_is_refused(db):
    with pytest.raises(Refused, match=r"message\.empty"):
        write_message(
            channel=make.channel(), contact=make.contact(), body=" ", at=make.NOW, actor=None, claimed_by="tickets"
        )


def test_messages_are_found_by_their_indonesian_stem(db):
    incoming(body="Bagaimana penyaluran dana desa?")
    found = Message.objects.filter(search=SearchQuery("disalurkan", config="indonesian"))
    assert [message.body for message in found] == ["Bagaimana penyaluran dana desa?"]
