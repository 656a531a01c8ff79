"""A reply that answers one particular message, and messages that say which one they answer."""

import email

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.errors import Refused
from messaging import outbox
from messaging.models import Message
from tests import factories as make
from tests.messaging.test_whatsapp import call, claim_all, graph, line, post, text  # noqa: F401
from tickets.composer.sending import send_reply
from tickets.models import Ticket
from tickets.quotes import quoted_text


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.COMPOSER_UNDO_SECONDS = 0


def asked() -> Ticket:
    """A ticket with two messages, the second moments later."""
    post(call(text(1, "Kapan DAU salur?")))
    claim_all()
    post(call(text(2, "Dan DBH?")))
    claim_all()
    return Ticket.objects.get()


def reply(ticket, entry, body="Tanggal 20."):
    sent = send_reply(ticket=ticket, text=body, quoted=entry.pk, at=timezone.now(), actor=make.staff("laras"))
    for waits in Message.objects.filter(delivery="QUEUED").order_by("pk"):
        outbox.send(message_id=waits.pk, at=timezone.now())
    sent.message.refresh_from_db()
    return sent.message


def page_of(ticket, query=""):
    client = Client()
    client.force_login(make.staff("laras"))
    return client.get(f"/tiket/{ticket.number}/{query}").content.decode()


def test_whatsapp_is_told_which_message_of_either_side_is_answered(line, graph):  # noqa: F811
    ticket = asked()
    first = ticket.entries.filter(kind="MESSAGE").earliest("id")
    ours = reply(ticket, first)
    reply(ticket, ours.ticket_entry, "Maksudnya bulan ini.")
    assert [one["context"]["message_id"] for one in graph.sent] == ["wamid.1", ours.provider_id]


def test_only_the_first_part_of_a_long_reply_quotes(line, graph):  # noqa: F811
    ticket = asked()
    reply(ticket, ticket.entries.filter(kind="MESSAGE").earliest("id"), "a" * 5000)
    assert ["context" in one for one in graph.sent] == [True, False]


def test_an_answer_by_name_is_shown_folded_and_leads_to_what_it_answers(line, graph):  # noqa: F811
    ticket = asked()
    ours = reply(ticket, ticket.entries.filter(kind="MESSAGE").earliest("id"))
    post(call(text(3, "Terima kasih", context={"from": "620001110000", "id": ours.provider_id})))
    claim_all()
    page = page_of(ticket)
    assert page.count("dr-quoted") == 2
    assert f'#e{ours.ticket_entry.pk}" data-jump>Tanggal 20.</a>' in page
    assert "Membalas Laras Setyani" in page


def test_of_other_tickets_nothing_is_quoted(line, graph):  # noqa: F811
    ticket = asked()
    other = make.ticket()
    with pytest.raises(Refused, match=r"quote\.unknown"):
        reply(ticket, other.entries.filter(kind="MESSAGE").get())
    assert not Message.objects.filter(direction="OUT").exists()


def test_a_conversation_with_quotes_asks_one_query_more(line, graph, django_assert_num_queries):  # noqa: F811
    from tickets.inbox.conversation import conversation_of

    ticket = asked()
    first = ticket.entries.filter(kind="MESSAGE").earliest("id")
    conversation_of(ticket)
    with CaptureQueriesContext(connection) as plain:
        conversation_of(ticket)
    for _ in range(3):
        reply(ticket, first)
    conversation_of(ticket)
    with django_assert_num_queries(len(plain) + 1):
        conversation_of(ticket)


def test_a_mail_names_what_it_answers_and_offers_its_text(mailbox, post):
    from messaging.claiming import claim_in_order
    from messaging.email.receiving import receive_mail

    raw = (
        b"From: Arung <arung@gowa.example>\r\nTo: callcenter.djpk@kemenkeu.example\r\nSubject: DAU\r\n"
        b"Message-ID: <%d@gowa.example>\r\nReferences: <1@gowa.example>\r\n\r\nKapan DAU?\r\nDan DBH?\r\n"
    )
    for number in (1, 2):
        got = receive_mail(raw % number, connection=mailbox, wake=False, at=timezone.now())
        claim_in_order(message=got.message, at=timezone.now())
    ticket = Ticket.objects.get()
    first = ticket.entries.filter(kind="MESSAGE", message__external_id__contains="1@gowa").get()
    words = quoted_text(first, ticket)
    assert words.endswith("menulis:\n> Kapan DAU?\n> Dan DBH?")
    client = Client()
    client.force_login(make.staff("laras"))
    fragment = client.get(f"/tiket/{ticket.number}/kutip/{first.pk}/").content.decode()
    assert f'name="kutip" value="{first.pk}"' in fragment
    assert "&gt; Dan DBH?" in fragment
    reply(ticket, first, f"Tanggal 20.\n\n{words}")
    sent = email.message_from_bytes(post.taken[-1])
    assert sent["In-Reply-To"] == "<1@gowa.example>"
    page = page_of(ticket, f"?kutip={first.pk}")
    assert "data-quote-text" in page


def test_the_composer_is_empty_again_after_sending(line, graph):  # noqa: F811
    ticket = asked()
    first = ticket.entries.filter(kind="MESSAGE").earliest("id")
    client = Client()
    client.force_login(make.staff("laras"))
    form = {"mode": "reply", "teks": "Tanggal 20.", "kutip": str(first.pk), "terlihat": str(10**9)}
    answer = client.post(f"/tiket/{ticket.number}/pesan/", form, headers={"HX-Request": "true"})
    assert 'name="kutip" value=""' in answer.content.decode()
    assert Message.objects.get(direction="OUT").reply_to_id == first.message_id


@pytest.mark.parametrize("channel", ["PHONE", "HAI"])
def test_channels_without_quotations_refuse_them(db, channel):
    ticket = make.ticket(channel=make.channel(channel))
    entry = ticket.entries.filter(kind="MESSAGE").get()
    with pytest.raises(Refused, match=r"quote\.not_possible"):
        reply(ticket, entry)
    assert "data-quote" not in page_of(ticket).replace("data-quote-", "")
