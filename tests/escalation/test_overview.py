"""Looking back: scores that explain themselves, disputes, the report, draft tables, and who stands in for whom."""

from datetime import date

import pytest
from django.test import Client

from escalation import verbs
from escalation.absences import end_absence, enter_absence
from escalation.access import away_on, leads, stands_in_for
from escalation.explained import explain_score
from escalation.models import Escalation, EscalationEvent
from escalation.reporting import Period, report_of
from escalation.scores import score_answered
from escalation.whatif import draft_rubric, try_rubric
from kernel.errors import Refused
from kernel.months import Month
from people.models import Role, StaffRole, Unit
from reports.filling import fill_month
from reports.report import build
from tests import factories as make
from tests.factories import HOUR, NOW, staff, unit, wib

pytestmark = pytest.mark.django_db
AUGUST = Month(2024, 8)


def client(name):
    browser = Client()
    browser.force_login(staff(name))
    return browser


def escalated(topic="DAU", code="PK.2", at=NOW):
    ticket = make.ticket(topic=make.topic(topic), at=at)
    return verbs.escalate(ticket, unit=unit(code), question="Mohon.", at=at, actor=staff("laras"))


def answered(at, asked=NOW, who="damar", **more):
    row = escalated(at=asked, **more)
    verbs.answer(row, answer="Sudah.", at=at, actor=staff(who))
    score_answered(at=at)
    row.refresh_from_db()
    return row


def test_the_page_of_a_score_tells_each_interval_and_pause():
    row = escalated(at=wib("2024-08-15 15:00"))
    verbs.return_to_layer1(row, reason="Nomor surat?", at=wib("2024-08-16 09:00"), actor=staff("damar"))
    verbs.resume(row, note="S-50.", at=wib("2024-08-16 10:00"), actor=staff("laras"))
    verbs.answer(row, answer="Sudah.", at=wib("2024-08-16 10:30"), actor=staff("damar"))
    score_answered(at=wib("2024-08-16 10:31"))
    row.refresh_from_db()
    found = explain_score(row)
    assert [(one.paused, one.reason, one.length) for one in found.stretches] == [
        (False, "", "2 j"), (True, "Nomor surat?", "1 j"), (False, "", "30 m"),
    ]  # fmt: skip
    assert [(part.day, part.start, part.end) for part in found.stretches[0].intervals] == [
        ("Kamis, 15 Agt 2024", "15.00", "16.00"), ("Jumat, 16 Agt 2024", "08.00", "09.00"),
    ]  # fmt: skip
    assert (found.length, found.minutes, found.score) == ("2 j 30 m", 150, 120)
    assert [(step.words, step.hit) for step in found.steps][:2] == [("≤ 1", True), ("≤ 2", False)]
    body = client("damar").get(f"/layer2/{row.pk}/skor/").content.decode()
    assert "Nomor surat?" in body
    assert "2022-1" in body
    assert "Kecualikan" not in body
    assert client("tirta").get(f"/layer2/{row.pk}/skor/").status_code == 404


def test_only_a_supervisor_leaves_an_answer_out_and_the_reason_stays():
    row = answered(NOW + HOUR)
    assert client("damar").post(f"/layer2/{row.pk}/aksi/kecualikan/", {"alasan": "x"}).status_code == 403
    sekar = client("sekar")
    sekar.post(f"/layer2/{row.pk}/aksi/kecualikan/", {"alasan": "Sistem mati.", "kembali": "skor"})
    row.refresh_from_db()
    assert (row.excluded, row.excluded_reason, row.score) == (True, "Sistem mati.", 120)
    assert "Sistem mati." in sekar.get(f"/layer2/{row.pk}/skor/").content.decode()
    found = report_of(Period(AUGUST, AUGUST), Unit.objects.all())
    assert [one.excluded_reason for one in found.excluded] == ["Sistem mati."]
    line = next(line for line, _cells in found.units if line.label == "PK.2 DTU")
    assert (line.answered, line.excluded, line.average) == (0, 1, None)


def test_the_report_by_unit_person_and_topic():
    answered(NOW + HOUR)
    slow = answered(wib("2024-08-22 09:30"), topic="DBH")
    returned = escalated("DBH")
    verbs.return_to_layer1(returned, reason="Data?", at=NOW + HOUR, actor=staff("damar"))
    found = report_of(Period.parse("2024-08"), Unit.objects.all())
    line = next(line for line, _cells in found.units if line.label == "PK.2 DTU")
    assert (line.asked, line.answered, line.returned, line.open, line.on_target) == (3, 2, 1, 1, 1)
    assert (line.spread, line.average) == ({120: 1, 80: 1}, 100)
    assert [(person.label, person.answered) for person, _cells in found.people] == [("Damar Wicaksono", 2)]
    assert {topic.label: topic.average for topic, _cells in found.topics} == {"DAU": 120, "DBH": 80}
    assert found.slowest[0].row == slow
    assert report_of(Period.parse("2024"), Unit.objects.all()).units == found.units
    assert report_of(Period.parse("2024-07"), Unit.objects.all()).scores == []


def test_members_see_their_own_line_and_the_head_everybodys():
    answered(NOW + HOUR)
    StaffRole.objects.create(user=staff("bima"), role=Role.AGENT_L2, unit=unit("PK.2"))
    answered(NOW + HOUR, who="bima")

    def names():
        report = client("damar").get("/layer2/laporan/?masa=2024-08").context["report"]
        return [line.label for line, _cells in report.people]

    assert names() == ["Damar Wicaksono"]
    StaffRole.objects.filter(user=staff("damar")).update(is_head=True)
    assert sorted(names()) == ["Bima Pradipta", "Damar Wicaksono"]
    assert client("damar").get("/layer2/laporan/?unit=PK.4").status_code == 404


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2024-13", "2024-12"), ("2024-00", "2024-01"), ("2024-8", "2024-08"), ("8/2024", "2024-08"), ("20248", "2024-08"),
        ("Agustus 2024", "2024"), ("kemarin", "2024-08"), ("9999", "2024-08"), ("1899-05", "2024-08"), ("0000", "2024-08"),
    ],
)  # fmt: skip
def test_what_is_no_month_shows_the_nearest_and_says_so(monkeypatch, typed, shown):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    answer = client("damar").get("/layer2/laporan/", {"masa": typed})
    assert str(answer.context["report"].period) == shown
    assert f"“{typed}” bukan bulan atau tahun; tulis seperti 2024-08 atau 2024." in answer.content.decode()
    assert "bukan bulan" not in client("damar").get("/layer2/laporan/?masa=2024-08").content.decode()


def test_a_draft_table_is_tried_without_changing_anything():
    answered(NOW + HOUR)
    answered(wib("2024-08-19 09:00"))
    before = list(Escalation.objects.order_by("id").values("score", "rule_id")), EscalationEvent.objects.count()
    trial = try_rubric(draft_rubric(steps=[(1, 120), (2, 80)], later=50, target_days=1), AUGUST)
    assert [(one.unit, one.count, one.now, one.draft, one.moved) for one in trial.units] == [("PK.2", 2, 115, 100, 1)]
    assert trial.spread == [(120, 1, 1), (110, 1, 0), (80, 0, 1)]
    nala = client("nala")
    sent = {"bulan": "2024-08", "steps": "1 = 120\n2 = 80", "later": "50"}
    body = nala.post("/layer2/andaikan/", sent).content.decode()
    assert "100,00" in body
    assert "-15,00" in body
    assert "Hari harus naik" in nala.post("/layer2/andaikan/", sent | {"steps": "2 = 80\n1 = 120"}).content.decode()
    assert (
        list(Escalation.objects.order_by("id").values("score", "rule_id")),
        EscalationEvent.objects.count(),
    ) == before


def test_a_deputy_does_what_the_absent_head_would():
    head, deputy = staff("damar"), staff("bima")
    StaffRole.objects.filter(user=head).update(is_head=True)
    StaffRole.objects.create(user=deputy, role=Role.AGENT_L2, unit=unit("PK.2"))
    days = {"starts_on": date(2024, 8, 15), "ends_on": date(2024, 8, 17)}
    row = enter_absence(user=head, deputy=deputy, **days, at=NOW, actor=head)
    assert leads(deputy, "PK.2", date(2024, 8, 16))
    assert stands_in_for(deputy, date(2024, 8, 16)) == {head.pk}
    assert not leads(deputy, "PK.2", date(2024, 8, 17))
    with pytest.raises(Refused, match=r"absence\.taken"):
        enter_absence(user=head, **days, at=NOW, actor=head)
    with pytest.raises(Refused, match=r"absence\.deputy_away"):
        enter_absence(user=deputy, deputy=head, **days, at=NOW, actor=head)
    with pytest.raises(Refused, match=r"absence\.deputy"):
        enter_absence(user=deputy, deputy=staff("tirta"), **days, at=NOW, actor=head)
    with pytest.raises(Refused, match=r"absence\.range"):
        enter_absence(user=deputy, starts_on=date(2024, 8, 1), ends_on=date(2024, 8, 3), at=NOW, actor=head)
    end_absence(row, at=NOW + 24 * HOUR, actor=head)
    assert away_on(date(2024, 8, 16)) == {}


def test_absences_are_entered_on_their_page():
    StaffRole.objects.create(user=staff("bima"), role=Role.AGENT_L2, unit=unit("PK.2"))
    damar = client("damar")
    sent = {"siapa": "damar", "mulai": "2999-01-01", "sampai": "2999-01-02", "pengganti": "bima"}
    damar.post("/layer2/tidak-di-tempat/", sent)
    body = damar.get("/layer2/tidak-di-tempat/").content.decode()
    assert "2 Jan 2999" in body
    body = damar.post("/layer2/tidak-di-tempat/", sent | {"siapa": "bima"}).content.decode()
    assert "Damar Wicaksono sudah tercatat" not in body, "others are for the head to enter"
    assert len(away_on(date(2999, 1, 1))) == 1


def test_the_reports_notes_say_why_answers_were_left_out():
    for reason in ("Sistem mati.", "100% salah unit"):
        row = answered(NOW + HOUR)
        verbs.exclude_from_score(row, reason=reason, at=NOW + 2 * HOUR, actor=staff("sekar"))
    fill_month(AUGUST, at=wib("2024-09-01 00:05"))
    notes = {note["code"]: note["text"] for note in build(AUGUST)["quality_notes"]}
    said = "2 eskalasi dikecualikan dari nilai oleh penyelia: Sistem mati; 100% salah unit"
    assert notes["layer2.excluded"] == said
