"""A session ends in a menu's answer, in nothing, or in a ticket from the moment of “Chat Agent”."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from chatbot.models import ChatbotMenu, ChatbotSession
from chatbot.verbs import Introduction, choose_menu, drop, end, hand_to_agent, start_session
from kernel.errors import Refused
from tests import factories as make
from tickets.models import Ticket

LATER = make.NOW + make.HOUR


@pytest.fixture
def session(db):
    return start_session(channel=make.channel("WHATSAPP"), external_id="wa-1", at=make.NOW)[0]


@pytest.fixture
def introduction(db):
    return Introduction(
        name="Arung Mappatunru",
        region=make.region("73.06"),
        organization="BPKAD",
        email="arung@gowa.example",
        question="Berapa tarif PBJT?",
        phone="+62 000 1000 0001",
    )


def menu(code):
    return ChatbotMenu.objects.get(code=code)


def test_the_same_session_starts_once(session):
    again, new = start_session(channel=session.channel, external_id="wa-1", at=LATER)
    assert (again, new, again.started_at) == (session, False, make.NOW)


def test_a_chosen_menu_answers_and_none_means_dropped(session):
    choose_menu(session=session, menu=menu("SIKD"), at=LATER)
    session = choose_menu(session=session, menu=menu("PDRD"), at=LATER)
    with pytest.raises(Refused, match=r"chatbot\.menu_chosen"):
        drop(session=session, at=LATER)
    ended = end(session=session, at=LATER)
    assert (ended.outcome, ended.menu.code, ended.ended_at) == ("ANSWERED", "PDRD", LATER)
    other, _ = start_session(channel=session.channel, external_id="wa-2", at=make.NOW)
    assert end(session=other, at=LATER).outcome == "DROPPED"
    with pytest.raises(Refused, match=r"chatbot\.ended"):
        choose_menu(session=other, menu=menu("PDRD"), at=LATER)


def test_chat_agent_makes_a_ticket_of_that_moment(session, introduction):
    choose_menu(session=session, menu=menu("PDRD"), at=make.NOW)
    ticket = hand_to_agent(session=session, introduction=introduction, at=LATER)
    session.refresh_from_db()
    assert (session.outcome, session.ticket, session.contact) == ("HANDED_OVER", ticket, ticket.contact)
    assert (ticket.created_at, ticket.topic.code, ticket.channel.code) == (LATER, "PDRD", "WHATSAPP")
    assert ticket.contact == make.contact("arung")
    with pytest.raises(Refused, match=r"chatbot\.ended"):
        hand_to_agent(session=session, introduction=introduction, at=LATER)
    assert Ticket.objects.count() == 1


def test_an_incomplete_introduction_makes_none(session, introduction):
    with pytest.raises(Refused, match=r"chatbot\.incomplete: .*daerah, pertanyaan"):
        hand_to_agent(session=session, introduction=replace(introduction, region=None, question=" "), at=LATER)
    session.refresh_from_db()
    assert (session.outcome, Ticket.objects.count()) == ("RUNNING", 0)


def test_the_database_holds_what_an_ended_session_is(session):
    for values, constraint in (
        ({"outcome": "ANSWERED", "ended_at": LATER}, "chatbot_answered_has_menu"),
        ({"outcome": "DROPPED", "ended_at": LATER, "menu": menu("PDRD")}, "chatbot_dropped_has_no_menu"),
        ({"outcome": "DROPPED"}, "chatbot_ended_has_time"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ChatbotSession.objects.filter(pk=session.pk).update(**values)
