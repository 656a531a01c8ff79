"""One question followed from the first chatbot message to the printed report, by verbs and workers only."""

from chatbot.models import ChatbotMenu
from chatbot.verbs import Introduction, choose_menu, end, hand_to_agent, start_session
from consultations.desk import check_in
from consultations.verbs import hold, no_show
from escalation import verbs as layer2
from kernel.months import Month
from messaging.verbs import store_message
from reports.report import build
from reports.tasks import fill_dirty_months
from tests import factories as make
from tests.consultations.cast import STARTS, confirmed
from tickets.conversation import post_reply
from tickets.intake import receive_message
from tickets.models import Ticket
from tickets.rating import rate_ticket
from tickets.sorting import take
from tickets.verbs import close

ASKED = make.wib("2024-08-15 15:30")  # 16.30 in Gowa: outside service hours there


def session(number, at):
    row, _ = start_session(channel=make.channel("WHATSAPP"), external_id=f"wa-{number}", at=at)
    return choose_menu(session=row, menu=ChatbotMenu.objects.get(code="SIKD"), at=at)


def ask() -> Ticket:
    introduction = Introduction(
        name="Arung Mappatunru",
        region=make.region("73.06"),
        organization="BPKAD",
        email="arung@gowa.example",
        question="Kapan DAU bulan Agustus disalurkan?",
    )
    return hand_to_agent(session=session(1, ASKED), introduction=introduction, at=ASKED)


def thanks(ticket, at):
    """A word from the requester, after which WhatsApp takes free text again."""
    message, _ = store_message(
        channel=ticket.channel, external_id="wamid.again", contact=ticket.contact, body="Kami tunggu.", at=at
    )
    return message


def answer_by_layer_2(ticket, laras) -> None:
    """Escalated on Thursday at the close of office, answered on Tuesday at 12: two working days and a half."""
    damar = make.staff("damar")
    escalation = layer2.escalate(
        ticket, unit=make.unit("PK.2"), question="Kapan?", at=make.wib("2024-08-15 16:00"), actor=laras
    )
    layer2.take(escalation, at=make.wib("2024-08-16 09:00"), actor=damar)
    layer2.answer(escalation, answer="Tanggal 20.", at=make.wib("2024-08-20 12:00"), actor=damar)


def work_through_august() -> None:
    """A ticket, a chatbot session without one, and two bookings of which one was held."""
    laras, later = make.staff("laras"), make.wib("2024-08-20 13:00")
    ticket = take(ticket=ask(), at=ASKED + make.MINUTE, actor=laras)
    answer_by_layer_2(ticket, laras)
    receive_message(ticket=ticket, message=thanks(ticket, later), at=later)
    post_reply(ticket=ticket, text="Disalurkan tanggal 20.", at=later, actor=laras)
    close(ticket=ticket, topic=make.topic("DAU"), at=later, actor=laras)
    rate_ticket(ticket=ticket, service_score=5, substance_score=4, at=later + make.DAY)
    end(session=session(2, ASKED), at=ASKED + make.HOUR)
    hold(reservation=check_in(reservation=confirmed(), guest_count=7, at=STARTS, actor=laras), at=later, actor=laras)
    no_show(reservation=confirmed(starts_at=STARTS + make.HOUR), at=later, actor=laras)


def test_august_by_verbs_and_workers(transactional_db, run_tasks):
    work_through_august()
    assert sorted(run_tasks()) == ["escalation.tasks.score_answers", "messaging.tasks.send_message"]
    fill_dirty_months.delay()
    run_tasks()
    sections = build(Month(2024, 8))["sections"]
    printed = {figure["key"]: figure["printed"] for section in sections for figure in section.get("figures", [])}
    expected = {
        "whatsapp.total": "1",
        "consultations.total": "1",
        "chatbot.users_without_agent": "1",
        "ticket_breakdown.out_of_hours": "1",
        "ticket_breakdown.out_of_hours_escalated": "1",
        "satisfaction.average": "4,5",
        "face_to_face.total": "1",
        "face_to_face.guests": "7",
        "face_to_face.over_limit": "1",
    }
    assert {key: printed.get(key) for key in expected} == expected
    layer2_section = next(section for section in sections if section["id"] == "S34")
    assert "capaian tertinggi diraih DTU (100)" in " ".join(layer2_section["sentences"])
