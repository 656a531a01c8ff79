"""What the simulator makes up is marked where agents see it and counted nowhere."""

import pytest
from django.test import Client
from django.utils import timezone

from calls.models import Call
from chatbot.models import ChatbotMenu, ChatbotSession
from chatbot.statistics import statistics
from chatbot.verbs import Introduction, choose_menu, end, hand_to_agent, start_session
from djpk.records.chatbot import CHATBOT_SESSIONS
from kernel.months import Month
from livechat.models import ChatSession
from livechat.tokens import simulation_pass
from messaging.claiming import claim_in_order
from messaging.models import Message
from reports.behind import BEHIND
from reports.filling import fill_month
from reports.models import MonthlyFigure
from tests import factories as make
from tests.livechat.conftest import OPEN, Visitor, widget  # noqa: F401
from tickets.models import Ticket

AUGUST = Month(2024, 8)


def page(path, name="laras"):
    client = Client()
    client.force_login(make.staff(name))
    return client.get(path).content.decode()


def session(number: int, **how) -> ChatbotSession:
    row, _new = start_session(
        channel=make.channel("WHATSAPP"), external_id=f"s{number}", contact=make.contact(), at=make.NOW, **how
    )
    return row


def test_a_simulated_session_is_in_no_figure_statistic_or_export(db):
    menu = ChatbotMenu.objects.filter(parent=None, active=True).first()
    for number, made_up in ((1, False), (2, True), (3, True)):
        row = choose_menu(session=session(number, simulated=made_up), menu=menu, at=make.NOW)
        end(session=row, at=make.NOW)
    fill_month(AUGUST, at=timezone.now())
    figure = MonthlyFigure.objects.get(month=AUGUST.first_day, indicator="chatbot.by_menu", dim1="", dim2="")
    assert int(figure.value) == 1
    assert BEHIND["chatbot.by_menu"].rows(AUGUST).count() == 1
    assert (statistics(AUGUST).sessions, statistics(AUGUST).answered) == (1, 1)
    assert len(list(CHATBOT_SESSIONS.export((None, None)))) == 1


def test_chat_agent_of_a_simulated_session_makes_a_simulated_ticket(db):
    who = Introduction(
        name="Arung", region=make.region("73.06"), organization="BKAD", email="arung@gowa.example", question="Kapan?"
    )
    ticket = hand_to_agent(session=session(1, simulated=True), introduction=who, at=make.NOW)
    assert ticket.source == Ticket.Source.SIMULATOR
    assert hand_to_agent(session=session(2), introduction=who, at=make.NOW).source == Ticket.Source.LIVE


@pytest.mark.parametrize(("given", "made_up"), [(None, False), ("palsu", False), ("", False), ("pass", True)])
def test_only_the_simulators_window_begins_simulated_chats(widget, time_machine, given, made_up):  # noqa: F811
    time_machine.move_to(OPEN, tick=False)
    more = {} if given is None else {"simulation": simulation_pass() if given == "pass" else given}
    visitor = Visitor().begin(**more)
    visitor.say("Kapan DAU disalurkan?")
    message = Message.objects.get()
    assert (ChatSession.objects.get().simulated, message.is_simulated) == (made_up, made_up)
    claim_in_order(message=message, at=OPEN)
    ticket = Ticket.objects.get()
    assert ticket.source == ("SIMULATOR" if made_up else "LIVE")
    assert Ticket.objects.consultations().count() == (0 if made_up else 1)
    for path in ("/tiket/", f"/tiket/{ticket.number}/"):
        assert ("Simulasi" in page(path)) == made_up


def test_a_simulated_chat_in_the_chatbot_is_a_simulated_session(widget, time_machine):  # noqa: F811
    from chatbot.versions import change_settings
    from tests.chatbot.talk import publish_seeded

    time_machine.move_to(OPEN, tick=False)
    change_settings(changes={"channels": ["LIVE_CHAT"]}, at=make.NOW - 2 * make.DAY, actor=None)
    publish_seeded()
    visitor = Visitor().begin(simulation=simulation_pass())
    visitor.say("Halo")
    claim_in_order(message=Message.objects.filter(direction="IN").get(), at=OPEN)
    assert ChatbotSession.objects.get().simulated


def test_a_simulated_call_is_marked_in_the_log(db):
    for name in ("simulator-1", "avaya-1"):
        Call.objects.create(call_id=name, status="ENDED", started_at=make.NOW, answered_at=make.NOW, ended_at=make.NOW)
    assert page("/telepon/").count("Simulasi") == 1
