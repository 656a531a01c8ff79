"""The life of an escalation: each move, what it refuses, what it leaves behind, what it does to the clock."""

from datetime import timedelta
from decimal import Decimal

import pytest

from escalation import verbs
from escalation.models import Escalation, EscalationEvent, ScoreRule
from escalation.scores import Judge, score_answered
from escalation.scoring import Standing
from kernel.errors import Refused
from tests import factories
from tests.factories import HOUR, NOW, staff, unit, wib
from tickets import verbs as ticket_verbs
from tickets.models import Ticket
from worktime import verbs as calendar_verbs

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return factories.ticket(topic=factories.topic("DAU"))


def escalated(ticket, code="PK.2", at=NOW, **fields):
    return verbs.escalate(
        ticket, unit=unit(code), question="Mohon jadwal salur.", at=at, actor=staff("laras"), **fields
    )


def scored(escalation):
    score_answered(at=NOW + 60 * HOUR)
    escalation.refresh_from_db()
    return escalation


def status_of(ticket):
    return Ticket.objects.get(pk=ticket.pk).status


def codes(escalation):
    return list(escalation.events.order_by("id").values_list("code", flat=True))


def test_from_question_to_score(ticket, run_tasks, django_capture_on_commit_callbacks):
    damar = staff("damar")
    escalation = escalated(ticket)
    assert (escalation.status, status_of(ticket)) == ("OPEN", "WAITING_LAYER2")
    verbs.take(escalation, at=NOW + HOUR, actor=damar)
    with django_capture_on_commit_callbacks(execute=True):
        verbs.answer(escalation, answer="Disalurkan tanggal 20.", at=NOW + 24 * HOUR, actor=damar)
    assert status_of(ticket) == "OPEN"
    assert "escalation.tasks.score_answers" in run_tasks()
    escalation.refresh_from_db()
    assert (escalation.status, escalation.answered_by, escalation.score) == ("ANSWERED", damar, 120)
    assert escalation.working_minutes == Decimal(480)
    assert (escalation.rule.version, escalation.calendar_version) == ("2022-1", "OFFICE@1")
    assert codes(escalation) == ["escalation.opened", "escalation.taken", "escalation.answered", "escalation.scored"]


def test_an_answer_stands_while_the_broker_is_away(ticket, monkeypatch, django_capture_on_commit_callbacks):
    damar = staff("damar")
    escalation = escalated(ticket)
    verbs.take(escalation, at=NOW + HOUR, actor=damar)

    def refused(**_arguments: object) -> None:
        raise ConnectionError("connection refused")

    monkeypatch.setattr(verbs.score_answers, "delay", refused)
    with django_capture_on_commit_callbacks(execute=True):
        verbs.answer(escalation, answer="Disalurkan tanggal 20.", at=NOW + 24 * HOUR, actor=damar)
    escalation.refresh_from_db()
    assert (escalation.status, escalation.score) == ("ANSWERED", None)
    assert scored(escalation).score == 120, "the sweep finds it"


def test_scored_event_tells_which_hours_counted(ticket):
    escalation = escalated(ticket, at=wib("2024-08-16 15:00"))  # Friday before Independence Day
    verbs.answer(escalation, answer="Sudah.", at=wib("2024-08-19 09:00"), actor=staff("damar"))
    assert scored(escalation).score == 120
    data = EscalationEvent.objects.get(code="escalation.scored").data
    assert data["working_minutes"] == "120.0000"
    assert data["rows"][0]["intervals"] == [
        ["2024-08-16T08:00:00+00:00", "2024-08-16T09:00:00+00:00"],
        ["2024-08-19T01:00:00+00:00", "2024-08-19T02:00:00+00:00"],
    ]


def test_returned_to_layer_1_stops_the_clock(ticket):
    escalation = escalated(ticket, at=wib("2024-08-15 09:30"))
    verbs.return_to_layer1(
        escalation, reason="Nomor surat belum ada.", at=wib("2024-08-15 10:30"), actor=staff("damar")
    )
    assert status_of(ticket) == "OPEN"
    verbs.resume(escalation, note="Nomor terlampir.", at=wib("2024-08-19 09:00"), actor=staff("laras"))
    assert status_of(ticket) == "WAITING_LAYER2"
    verbs.answer(escalation, answer="Sudah.", at=wib("2024-08-19 10:00"), actor=staff("damar"))
    assert scored(escalation).working_minutes == Decimal(120)


def test_answer_while_returned_ends_the_pause(ticket):
    escalation = escalated(ticket)
    verbs.return_to_layer1(escalation, reason="Data kurang.", at=NOW + HOUR, actor=staff("damar"))
    verbs.answer(escalation, answer="Ternyata ada.", at=NOW + 3 * HOUR, actor=staff("damar"))
    assert escalation.pauses.get().resumed_at == NOW + 3 * HOUR
    assert scored(escalation).working_minutes == Decimal(60)


def test_transfer_gives_the_new_unit_its_own_clock(ticket):
    first = escalated(ticket, "PK.4")
    second = verbs.transfer(
        first, unit=unit("PK.2"), reason="Kewenangan DTU.", at=NOW + 30 * HOUR, actor=staff("tirta")
    )
    verbs.answer(second, answer="Sudah.", at=NOW + 31 * HOUR, actor=staff("damar"))
    first.refresh_from_db()
    assert (first.status, first.score, first.closed_at) == ("TRANSFERRED", None, NOW + 30 * HOUR)
    assert (second.transferred_from, second.question) == (first, "Mohon jadwal salur.")
    assert scored(second).working_minutes == Decimal(30)  # the office closed at 16.00
    assert score_answered(at=NOW) == 0


def test_recalled_question_has_no_score(ticket):
    escalation = escalated(ticket)
    verbs.recall(escalation, reason="Sudah ada di FAQ.", at=NOW + HOUR, actor=staff("laras"))
    escalation.refresh_from_db()
    assert (escalation.status, status_of(ticket)) == ("RECALLED", "OPEN")
    assert score_answered(at=NOW) == 0


def test_units_work_in_parallel_and_the_ticket_waits_for_the_last(ticket):
    one, other = escalated(ticket, "PK.2"), escalated(ticket, "PK.4")
    verbs.answer(one, answer="Bagian DAU.", at=NOW + HOUR, actor=staff("damar"))
    assert status_of(ticket) == "WAITING_LAYER2"
    verbs.answer(other, answer="Bagian Dana Desa.", at=NOW + 2 * HOUR, actor=staff("tirta"))
    assert status_of(ticket) == "OPEN"


def test_same_unit_only_once_at_a_time(ticket):
    first = escalated(ticket)
    with pytest.raises(Refused, match="already_open"):
        escalated(ticket)
    verbs.answer(first, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    assert escalated(ticket, at=NOW + 2 * HOUR).status == "OPEN"


def test_first_answer_stays(ticket):
    escalation = escalated(ticket)
    verbs.answer(escalation, answer="Pertama.", at=NOW + HOUR, actor=staff("damar"))
    with pytest.raises(Refused) as refusal:
        verbs.answer(escalation, answer="Kedua.", at=NOW + 2 * HOUR, actor=staff("damar"))
    assert "Terjawab" in refusal.value.message
    assert Escalation.objects.get().answer == "Pertama."


def test_taking_and_assigning(ticket):
    escalation = escalated(ticket)
    verbs.take(escalation, at=NOW, actor=staff("damar"))
    with pytest.raises(Refused, match="wrong_status"):
        verbs.take(escalation, at=NOW, actor=staff("damar"))
    with pytest.raises(Refused, match="not_of_unit"):
        verbs.assign(escalation, assignee=staff("tirta"), at=NOW, actor=staff("sekar"))
    verbs.return_to_layer1(escalation, reason="Data kurang.", at=NOW, actor=staff("damar"))
    verbs.assign(escalation, assignee=staff("damar"), at=NOW, actor=staff("sekar"))
    assert Escalation.objects.get().status == "RETURNED"
    verbs.resume(escalation, at=NOW + HOUR, actor=staff("laras"))
    assert Escalation.objects.get().status == "TAKEN"


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (lambda e: verbs.return_to_layer1(e, reason=" ", at=NOW, actor=None), "needs_reason"),
        (lambda e: verbs.answer(e, answer="", at=NOW, actor=None), "needs_answer"),
        (lambda e: verbs.recall(e, reason="", at=NOW, actor=None), "needs_reason"),
        (lambda e: verbs.transfer(e, unit=unit("PK.4"), reason="", at=NOW, actor=None), "needs_reason"),
        (lambda e: verbs.transfer(e, unit=unit("PK.2"), reason="x", at=NOW, actor=None), "same_unit"),
        (lambda e: verbs.resume(e, at=NOW, actor=None), "wrong_status"),
        (lambda e: verbs.exclude_from_score(e, reason="x", at=NOW, actor=None), "wrong_status"),
        (lambda e: verbs.answer(e, answer="x", at=NOW - HOUR, actor=None), "time_order"),
    ],
)
def test_refused_moves_change_nothing(ticket, move, code):
    escalation = escalated(ticket)
    with pytest.raises(Refused, match=code):
        move(escalation)
    assert Escalation.objects.get().status == "OPEN"
    assert codes(escalation) == ["escalation.opened"]


def test_what_cannot_be_escalated(ticket):
    pointer = factories.ticket(topic=factories.topic("NON_DJPK"))
    with pytest.raises(Refused, match="not_ours"):
        escalated(pointer)
    with pytest.raises(Refused, match="time_order"):
        escalated(ticket, at=NOW - HOUR)
    gone = unit("PK.2")
    gone.valid_to = NOW.date()
    gone.save()
    with pytest.raises(Refused, match="unit_not_in_force"):
        escalated(ticket)
    assert status_of(ticket) != "WAITING_LAYER2"


def test_exclusion_from_the_averages_keeps_the_score(ticket):
    escalation = escalated(ticket)
    verbs.answer(escalation, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    verbs.exclude_from_score(escalation, reason="Aplikasi mati.", at=NOW + 2 * HOUR, actor=staff("sekar"))
    assert (scored(escalation).score, escalation.excluded_reason) == (120, "Aplikasi mati.")
    with pytest.raises(Refused, match="excluded"):
        verbs.exclude_from_score(escalation, reason="Lagi.", at=NOW + 2 * HOUR, actor=staff("sekar"))
    verbs.include_in_score(escalation, reason="Keliru.", at=NOW + 3 * HOUR, actor=staff("sekar"))
    escalation.refresh_from_db()
    assert (escalation.excluded, escalation.excluded_reason) == (False, "")


def test_new_rule_and_new_holiday_never_change_a_score(ticket):
    escalation = escalated(ticket)
    verbs.answer(escalation, answer="Sudah.", at=NOW + 24 * HOUR, actor=staff("damar"))
    before = scored(escalation).score, escalation.working_minutes
    rule = ScoreRule.objects.get()
    rule.valid_to = (NOW + timedelta(days=10)).date()
    rule.save()
    strict = ScoreRule.objects.create(
        version="2024-2", valid_from=rule.valid_to, calendar=rule.calendar, later_score=0, target_days=1
    )
    strict.steps.create(within_days=1, score=50)
    calendar_verbs.add_holiday(day=NOW.date(), name="Pilkada", kind="NATIONAL", at=NOW, actor=None)
    assert score_answered(at=NOW) == 0
    escalation.refresh_from_db()
    assert (escalation.score, escalation.working_minutes) == before
    later = escalated(ticket, at=NOW + timedelta(days=20))
    verbs.answer(later, answer="Sudah.", at=NOW + timedelta(days=20, hours=1), actor=staff("damar"))
    assert (scored(later).score, later.rule, later.calendar_version) == (50, strict, "OFFICE@2")


def test_answers_before_the_first_rule_stay_unscored(ticket):
    ScoreRule.objects.update(valid_from=(NOW + timedelta(days=30)).date())
    escalation = escalated(ticket)
    verbs.answer(escalation, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    assert scored(escalation).score is None


def test_standing_in_the_queue(ticket):
    escalation = escalated(ticket)
    judge = Judge.load()
    assert judge.standing(escalation, NOW + HOUR) == Standing(120, 7 * HOUR)
    verbs.return_to_layer1(escalation, reason="Data kurang.", at=NOW + HOUR, actor=None)
    assert judge.standing(Escalation.objects.get(), NOW + 40 * HOUR) == Standing(120, 7 * HOUR)


def test_scoring_many_costs_few_queries(django_assert_max_num_queries):
    for _ in range(12):
        escalation = escalated(factories.ticket(contact=factories.stranger()))
        verbs.answer(escalation, answer="Sudah.", at=NOW + HOUR, actor=None)
    with django_assert_max_num_queries(25):
        assert score_answered(at=NOW) == 12
    assert score_answered(at=NOW) == 0


def test_ticket_does_not_close_while_a_unit_owes_an_answer(ticket):
    escalation = escalated(ticket)
    with pytest.raises(Refused) as refusal:
        ticket_verbs.close(ticket=ticket, at=NOW + HOUR, actor=staff("laras"))
    assert refusal.value.code == "ticket.escalation_open"
    assert "PK.2" in refusal.value.message
    verbs.answer(escalation, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    ticket_verbs.close(ticket=ticket, at=NOW + HOUR, actor=staff("laras"))
    assert status_of(ticket) == "CLOSED"


def test_ticket_tells_the_story(ticket):
    escalation = escalated(ticket, "PK.4")
    verbs.return_to_layer1(escalation, reason="Data kurang.", at=NOW + HOUR, actor=staff("tirta"))
    verbs.resume(escalation, at=NOW + HOUR, actor=staff("laras"))
    second = verbs.transfer(escalation, unit=unit("PK.2"), reason="Bukan kami.", at=NOW + HOUR, actor=staff("tirta"))
    assert status_of(ticket) == "WAITING_LAYER2"
    verbs.answer(second, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    lines = (
        ticket.events.filter(code__contains="layer2").order_by("id").values_list("code", "data__status", "data__unit")
    )
    assert list(lines) == [
        ("ticket.layer2_released", "RETURNED", "PK.4"),
        ("ticket.layer2_released", "TRANSFERRED", "PK.4"),
        ("ticket.layer2_answered", None, "PK.2"),
    ]


def test_answer_on_an_imported_closed_ticket_leaves_the_ticket_closed(ticket):
    escalation = escalated(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(status="CLOSED", closed_at=NOW + HOUR, due_at=None)
    verbs.answer(escalation, answer="Menyusul.", at=NOW + 2 * HOUR, actor=staff("damar"))
    assert status_of(ticket) == "CLOSED"
    assert scored(escalation).score == 120
