"""What administrators change in the admin goes through the verbs, and what a verb refuses stands on the form."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.models import ConsultationRule, SlotException, SlotPattern
from escalation.models import Escalation, ScoreRule
from escalation.scores import score_answered
from information.models import PpidEvent, PpidRequest
from messaging.models import Channel
from people.models import AccessLog, ApiToken, RegionAlias, Unit, User
from people.tokens import find_token
from reports.catalogue import CATALOGUE
from reports.models import IndicatorSetting, MetricSnapshot, ReportEvent
from tests import factories as make
from tickets.models import ResolutionTarget, TicketRule, Topic, TopicAlias
from worktime.models import CalendarEvent, CalendarException, Holiday, ServiceSchedule, WorkCalendar

pytestmark = pytest.mark.django_db
TOMORROW = timezone.now().astimezone(make.JAKARTA).date() + timedelta(days=1)
INDICATOR = next(key for key, one in CATALOGUE.items() if one.stored)


@pytest.fixture
def nala(client):
    client.force_login(make.staff("nala"))
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def add(client, model, **data):
    return client.post(address(model, "add"), data)


def change(client, row, **data):
    return client.post(address(type(row), "change", row.pk), data)


def move(client, row, slug, **data):
    return client.post(address(type(row), "move", row.pk, slug), data)


def done(response):
    assert response.status_code == 302, response.context["errors"]


def refused(response, *words):
    """The form again, with the reason and with what was typed."""
    assert response.status_code == 200
    page = response.content.decode()
    for word in words:
        assert word in page
    return response.context["errors"]


def revisions():
    return dict(WorkCalendar.objects.values_list("code", "revision"))


def test_a_holiday_grows_the_revisions_and_moves_open_deadlines(nala):
    request = PpidRequest.objects.create(
        number="PPID-1", applicant_name="Dewi", data_requested="DAU", received_at=make.wib("2024-08-05 09:00"),
        due_on=date(2024, 8, 19), status="IN_PROGRESS",
    )  # fmt: skip
    before = revisions()
    done(add(nala, Holiday, date="2024-08-16", name="Cuti bersama", kind="COLLECTIVE_LEAVE", basis="Keputusan"))
    request.refresh_from_db()
    assert request.due_on == date(2024, 8, 20)
    assert revisions() == {code: revision + 1 for code, revision in before.items()}
    assert PpidEvent.objects.get().actor == make.staff("nala")
    holiday = Holiday.objects.get(date=date(2024, 8, 16))
    wanted = {"name": "Cuti", "kind": "COLLECTIVE_LEAVE", "basis": ""}
    done(change(nala, holiday, date="2024-08-15", **wanted, reason="Perubahan keputusan"))
    done(move(nala, holiday, "hapus", reason="Keputusan dicabut"))
    request.refresh_from_db()
    assert request.due_on == date(2024, 8, 19)
    assert not Holiday.objects.filter(pk=holiday.pk).exists()


def test_what_a_verb_refuses_stands_on_the_form_with_the_input(nala):
    known = Holiday.objects.order_by("date").first()
    data = {"date": str(known.date), "name": known.name, "kind": known.kind, "basis": "Keputusan nomor 7"}
    before = revisions()
    errors = refused(add(nala, Holiday, **data), "Keputusan nomor 7", str(known.date))
    assert "sudah ada" in str(errors)
    assert revisions() == before


def test_weekly_hours_are_written_as_people_say_them(nala):
    calendar = WorkCalendar.objects.get(code="SERVICE")
    week = {f"hours_{number}": "08.00-12.00, 13.00-16.30" for number in range(4)}
    done(
        add(
            nala,
            ServiceSchedule,
            calendar=calendar.pk,
            valid_from="2027-01-01",
            **week,
            hours_4="07:30-16:00",
            basis="",
        )
    )
    schedule = ServiceSchedule.objects.get(valid_from=date(2027, 1, 1))
    windows = list(schedule.windows.values_list("weekday", "opens", "closes"))
    assert len(windows) == 9
    assert windows[:2] == [(0, 480, 720), (0, 780, 990)]
    assert windows[-1] == (4, 450, 960)
    broken = add(nala, ServiceSchedule, calendar=calendar.pk, valid_from="2027-02-01", hours_0="pagi")
    assert "hours_0" in refused(broken, "pagi")
    assert refused(add(nala, ServiceSchedule, calendar=calendar.pk, valid_from="2027-02-01"))


def test_an_exception_comes_changes_and_goes(nala):
    calendar = WorkCalendar.objects.get(code="SERVICE")
    data = {"starts_on": "2027-02-08", "ends_on": "2027-03-09", "working_days_only": "on", "reason": "Ramadan"}
    done(add(nala, CalendarException, calendar=calendar.pk, hours_all="08.00-11.30, 12.30-15.00", **data))
    row = CalendarException.objects.get()
    assert (row.closed, row.windows.count()) == (False, 2)
    page = nala.get(address(CalendarException, "change", row.pk)).content.decode()
    assert 'value="08.00-11.30, 12.30-15.00"' in page
    done(change(nala, row, **{**data, "reason": "Libur panjang"}))
    row.refresh_from_db()
    assert (row.closed, row.reason) == (True, "Libur panjang")
    done(move(nala, row, "cabut", reason="Batal"))
    codes = list(CalendarEvent.objects.order_by("id").values_list("code", flat=True))
    assert codes == ["exception.added", "exception.changed", "exception.removed"]


def test_the_clock_of_a_calendar_is_chosen_with_a_reason(nala):
    calendar = WorkCalendar.objects.get(code="SERVICE")
    assert "reason" in refused(change(nala, calendar, basis="WIB"))
    done(change(nala, calendar, basis="WIB", reason="Arahan pimpinan"))
    assert WorkCalendar.objects.get(pk=calendar.pk).basis == "WIB"


def score_rule(**given):
    data = {"version": "2027-1", "valid_from": str(TOMORROW), "steps": "1 = 120\n2 = 100", "later_score": 50}
    return {**data, "target_days": 2, "basis": "KMK baru", **given}


def test_a_new_score_table_never_changes_what_was_scored(nala):
    escalation = Escalation.objects.create(
        ticket=make.ticket(), unit=make.unit("PK.2"), status="ANSWERED", escalated_at=make.wib("2024-08-12 09:00"),
        answered_at=make.NOW, closed_at=make.NOW,
    )  # fmt: skip
    score_answered(at=make.NOW)
    before = Escalation.objects.values().get(pk=escalation.pk)
    assert "belum dipakai" in str(refused(add(nala, ScoreRule, **score_rule(version="2022-1")), "KMK baru"))
    assert "steps" in refused(add(nala, ScoreRule, **score_rule(steps="satu = 120")), "satu = 120")
    assert refused(add(nala, ScoreRule, **score_rule(valid_from="2024-08-15")))
    done(add(nala, ScoreRule, **score_rule()))
    score_answered(at=timezone.now())
    assert Escalation.objects.values().get(pk=escalation.pk) == before
    rule = ScoreRule.objects.get(version="2027-1")
    assert list(rule.steps.values_list("within_days", "score")) == [(1, 120), (2, 100)]
    assert nala.post(address(ScoreRule, "change", rule.pk), score_rule(later_score=0)).status_code == 403
    done(move(nala, rule, "cabut", reason="Keliru"))
    assert ScoreRule.objects.get().valid_to is None
    assert refused(move(nala, ScoreRule.objects.get(), "cabut", reason="Keliru"))


def test_limits_are_versions_too(nala):
    data = {"guest_limit": 4, "lead_working_days": 2, "slot_opens": "09.00", "slot_closes": "14.30", "slot_minutes": 90}
    done(add(nala, ConsultationRule, valid_from=str(TOMORROW), basis="SE-9/PK.1/2027", **data))
    rule = ConsultationRule.objects.get(valid_from=TOMORROW)
    assert (rule.slot_opens, rule.slot_closes, rule.letter_required) == (540, 870, False)
    done(add(nala, TicketRule, valid_from=str(TOMORROW), reopen_working_days=5, rating_days=10))
    assert TicketRule.objects.get(valid_to=None).rating_days == 10
    assert refused(add(nala, TicketRule, valid_from="2024-01-01", reopen_working_days=5, rating_days=10))


def test_resolution_targets_are_set_ended_and_withdrawn(nala):
    ticket = make.ticket(at=timezone.now())
    today = timezone.localdate().isoformat()
    done(add(nala, ResolutionTarget, valid_from=today, minutes=960, basis="SK 1"))
    ticket.refresh_from_db()
    assert ticket.resolution_due_at is not None
    done(add(nala, ResolutionTarget, valid_from=str(TOMORROW), minutes=240, priority=40, channel=make.channel().pk))
    urgent = ResolutionTarget.objects.get(priority=40)
    assert refused(add(nala, ResolutionTarget, valid_from=str(TOMORROW), minutes=0))
    assert refused(add(nala, ResolutionTarget, valid_from="2024-01-01", minutes=60))
    done(move(nala, urgent, "cabut", reason="Keliru"))
    general = ResolutionTarget.objects.get()
    assert refused(move(nala, general, "cabut", reason="Keliru"))
    assert refused(move(nala, general, "akhiri", valid_to="2024-01-01", reason="Keliru"))
    done(move(nala, general, "akhiri", valid_to=str(TOMORROW), reason="Diganti"))
    actions = AccessLog.objects.filter(action__startswith="target.").values_list("action", flat=True)
    assert sorted(actions) == ["target.ended", "target.set", "target.set", "target.withdrawn"]


def test_reference_data_is_set_by_verbs_that_are_logged(nala):
    channel = make.channel("EMAIL")
    values = {"label": "Email", "label_en": "E-mail", "address": "dering@djpk.example", "active": "on"}
    done(change(nala, channel, **values, first_answer_minutes=240))
    assert Channel.objects.get(pk=channel.pk).first_answer_minutes == 240
    done(add(nala, Unit, code="PK.8", short="Baru", name="Direktorat Baru", valid_from=str(TOMORROW)))
    unit = Unit.objects.get(code="PK.8")
    topic = make.topic("DAU")
    data = {"label": topic.label, "label_en": "", "definition": "", "position": 3, "owner_unit": unit.pk}
    done(change(nala, topic, **data, active="on", reason="Reorganisasi"))
    assert Topic.objects.get(pk=topic.pk).owner_unit == unit
    assert refused(change(nala, topic, **{**data, "label": "DAK Fisik"}), "DAK Fisik")
    done(move(nala, topic, "ejaan", alias="Dana Umum"))
    done(move(nala, TopicAlias.objects.get(alias="Dana Umum"), "hapus", reason="Keliru"))
    done(add(nala, RegionAlias, region_code="73.06", alias="Kab. Gowwa"))
    assert "region_code" in refused(add(nala, RegionAlias, region_code="99", alias="Kab. Entah"))
    actions = AccessLog.objects.order_by("id").values_list("action", flat=True)
    assert [action for action in actions if not action.startswith("staff")] == [
        "channel.changed", "unit.opened", "topic.changed", "topic.alias_added", "alias.removed", "alias.added",
    ]  # fmt: skip


def test_accounts_and_roles(nala):
    data = {"username": "damar", "display_name": "Damar", "role": "AGENT_L2", "password": "kopi-tubruk-hangat"}
    assert "Layer 2" in str(refused(add(nala, User, **data), 'value="damar"'))
    assert not User.objects.filter(username="damar").exists()
    done(add(nala, User, **data, unit=make.unit("PK.2").pk))
    damar = User.objects.get(username="damar")
    assert damar.check_password("kopi-tubruk-hangat")
    done(move(nala, damar, "beri-peran", role="SUPERVISOR"))
    done(move(nala, damar, "cabut-peran", role_row=damar.roles.get(role="SUPERVISOR").pk, reason="Mutasi"))
    own = make.staff("nala").roles.get()
    assert "role_row" in refused(move(nala, damar, "cabut-peran", role_row=own.pk, reason="x"))
    assert "Administrator" in str(refused(move(nala, own.user, "cabut-peran", role_row=own.pk, reason="x")))
    assert refused(move(nala, damar, "kata-sandi", password="pendek", again="pendek"))
    done(move(nala, damar, "kata-sandi", password="teh-melati-dingin", again="teh-melati-dingin"))
    done(move(nala, damar, "tutup", reason="Pensiun"))
    damar.refresh_from_db()
    assert (damar.is_active, damar.check_password("teh-melati-dingin")) == (False, True)
    assert [role.role for role in damar.roles.all()] == ["AGENT_L2"]
    history = nala.get(address(User, "history", damar.pk)).content.decode()
    assert "Pengguna: ditutup" in history
    assert "Pensiun" in history


def test_a_token_is_shown_once(nala):
    data = {"name": "Portal", "user": make.staff("laras").pk, "scopes": ["tickets:read"]}
    response = add(nala, ApiToken, **data)
    token = ApiToken.objects.get()
    secret = response.context["secret"]
    assert find_token(secret, at=timezone.now()) == token
    assert "no-store" in response.headers["Cache-Control"]
    for page in ("change", "history"):
        text = nala.get(address(ApiToken, page, token.pk)).content.decode()
        assert secret not in text
        assert token.digest not in text
    done(move(nala, token, "cabut", reason="Bocor"))
    assert find_token(secret, at=timezone.now()) is None


def test_figures_are_printed_and_filled_by_the_reports_verbs(nala):
    data = {"decimals": 2, "rounding": "DOWN", "live_from": "2024-08", "reason": "Sesuai laporan"}
    done(add(nala, IndicatorSetting, indicator=INDICATOR, aspect="VALUE", **data))
    row = IndicatorSetting.objects.get()
    assert (row.decimals, row.rounding, row.live_from) == (2, "DOWN", date(2024, 8, 1))
    done(change(nala, row, **{**data, "decimals": 1}))
    done(move(nala, row, "hapus", reason="Kembali"))
    assert not IndicatorSetting.objects.exists()
    wanted = {"month": "2023-07", "indicator": INDICATOR, "value": "812,5", "source": "Laporan Juli 2023"}
    done(add(nala, MetricSnapshot, **wanted))
    assert "sudah ada" in str(refused(add(nala, MetricSnapshot, **wanted), "812,5"))
    snapshot = MetricSnapshot.objects.get()
    done(change(nala, snapshot, value="813", source="Ralat"))
    snapshot.refresh_from_db()
    assert (snapshot.value, snapshot.source, snapshot.entered_by) == (813, "Ralat", make.staff("nala"))
    done(move(nala, snapshot, "hapus", reason="Keliru"))
    codes = list(ReportEvent.objects.order_by("id").values_list("code", flat=True))
    assert codes == ["indicator.set"] * 3 + ["snapshot.entered"] * 2 + ["snapshot.withdrawn"]


def test_slots_are_offered_and_closed(nala):
    data = {"mode": "VIDEO", "weekdays": ["0", "2"], "opens": "08.00", "closes": "09.30", "slot_minutes": 45}
    more = {"buffer_minutes": 0, "capacity": 3, "cutoff": "15.00", "valid_from": str(TOMORROW)}
    assert "opens" in refused(add(nala, SlotPattern, **{**data, **more, "opens": "delapan"}), "delapan")
    done(add(nala, SlotPattern, **data, **more))
    pattern = SlotPattern.objects.latest("id")
    assert (pattern.weekdays, pattern.opens, pattern.closes, pattern.cutoff) == ([0, 2], 480, 570, 900)
    assert pattern.lead_working_days is None
    days = {"starts_on": str(TOMORROW), "ends_on": str(TOMORROW), "reason": "Rapat kerja"}
    assert refused(add(nala, SlotException, **days, opens="10.00"), "10.00")
    done(add(nala, SlotException, **days, pattern=pattern.pk, opens="10.00", closes="11.30"))
    row = SlotException.objects.get()
    assert (row.pattern, row.opens, row.closes) == (pattern, 600, 690)
    done(move(nala, row, "hapus", reason="Batal"))
    assert not SlotException.objects.exists()
    done(move(nala, pattern, "akhiri", reason="Diganti", valid_to=str(TOMORROW)))
    pattern.refresh_from_db()
    assert pattern.valid_to == TOMORROW
