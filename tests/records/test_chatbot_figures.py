"""Figures of the chatbot are the same whether sessions were lived or imported."""

import pgtrigger
import pytest

from chatbot.models import ChatbotSession, ChatbotStep
from chatbot.timing import end_idle
from kernel.months import Month
from messaging.claiming import claim_in_order
from reports.models import MonthlyFigure
from reports.tasks import fill_dirty_months
from tests import factories as make
from tests.chatbot.talk import publish_seeded, whatsapp
from tests.records.files import exported, load

AUGUST = Month(2024, 8)


def tell(who: str, *texts: str, choice: str = "") -> None:
    phone = make.CONTACTS[who][2]
    for minute, text in enumerate(texts):
        message = whatsapp(text, phone=phone, at=make.NOW + minute * make.MINUTE, choice=choice if minute else "")
        claim_in_order(message=message, at=message.received_at)


def introduce(who: str) -> None:
    contact = make.contact(who)
    contact.organization = "BPKAD"
    contact.save(update_fields=["organization"])


@pytest.fixture
def lived(db):
    """One answered from a submenu, one not continued, one handed to an agent."""
    publish_seeded()
    for who in ("arung", "melati", "yosef"):
        introduce(who)
    tell("arung", "Halo", "DAU", choice="m:TKD_DAU")
    tell("melati", "Halo")
    tell("yosef", "Bagaimana cara mengisi data SIKD kami?", "Chat Agent", choice="agent")
    end_idle(at=make.NOW + make.HOUR)


def figures() -> set:
    fill_dirty_months()
    rows = MonthlyFigure.objects.filter(month=AUGUST.first_day, indicator__startswith="chatbot.")
    return set(rows.values_list("indicator", "dim1", "value"))


def test_lived_and_imported_sessions_give_the_same_figures(lived, tmp_path):
    assert set(ChatbotSession.objects.values_list("outcome", flat=True)) == {"ANSWERED", "DROPPED", "HANDED_OVER"}
    by_life = figures()
    assert len(by_life) == 3  # a menu, those who did not continue, the sum
    path = tmp_path / "sessions.csv"
    path.write_text(exported("chatbot_sessions"), encoding="utf-8", newline="")
    forget()
    assert figures() != by_life
    run = load("chatbot_sessions", path)
    assert run.created == 3
    assert figures() == by_life


def forget() -> None:
    with pgtrigger.ignore("chatbot.ChatbotStep:append_only"):
        ChatbotStep.objects.all().delete()
    ChatbotSession.objects.all().delete()
