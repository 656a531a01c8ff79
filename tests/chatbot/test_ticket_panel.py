"""Beside a ticket: what the requester told the chatbot, and earlier visits to it."""

import pytest
from django.test import Client

from chatbot.models import ChatbotSession
from chatbot.ticket_panel import conversation
from tests import factories as make
from tests.chatbot.talk import publish_seeded
from tests.chatbot.test_running import introduce, tell
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(db) -> Ticket:
    """Rangga's, who looked at a menu the day before and has now asked for an agent."""
    publish_seeded()
    introduce()
    tell("Informasi Pajak dan Retribusi Daerah", 8, choice="m:PDRD")
    tell("selesai", 9)
    ChatbotSession.objects.filter(outcome="RUNNING").update(outcome="ANSWERED", ended_at=make.NOW + 9 * make.MINUTE)
    tell("Halo lagi", 30)
    tell("Chat Agent", 31, choice="agent")
    tell("Mengapa hibah kami batal?", 32)
    return Ticket.objects.get()


def test_the_conversation_is_told_in_order_without_what_came_before(ticket):
    session = ticket.chatbot_session
    said = conversation(session)
    assert [line.text for line in said if not line.bot][:2] == ["Halo lagi", "Chat Agent"]
    assert said[0].at == session.started_at
    assert all("1." not in line.text for line in said if line.bot and "Silakan" in line.text)


def test_the_page_shows_it_and_earlier_visits(ticket):
    client = Client()
    client.force_login(make.staff("laras"))
    html = client.get(f"/tiket/{ticket.number}/").content.decode()
    panel = html[html.index('id="obrolan-bot"') :]
    assert "Halo lagi" in panel
    assert "Kunjungan sebelumnya" in panel
    assert "Informasi Pajak dan Retribusi Daerah · Terjawab oleh menu" in " ".join(panel.split())


def test_tickets_of_channels_without_a_chatbot_ask_nothing(ticket, django_assert_num_queries):
    from chatbot.ticket_panel import panel

    mail = make.ticket(channel=make.channel())
    with django_assert_num_queries(0):
        assert panel(None, mail, make.NOW, True).html == ""
