"""The roster: who is on duty, who of them gets a new ticket, and how its rows are edited."""

import threading
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation.absences import enter_absence
from kernel.errors import Refused
from kernel.kept import asking_once
from messaging.claiming import claim_in_order
from messaging.verbs import store_message
from people.staff import close_account
from tests import factories as make
from tickets.duty.picking import Load, Shift, on_duty, pick
from tickets.duty.verbs import Duty, add_shift, change_shift, end_shift
from tickets.duty.words import days_of, week_of
from tickets.intake import open_ticket
from tickets.models import DutyEvent, DutyShift, Notification, Ticket
from tickets.verbs import close
from worktime.models import Holiday

TODAY = make.NOW.date()


def duty(agent="laras", **how):
    given = {"opens": 480, "closes": 960, "valid_from": TODAY, **how}
    return add_shift(duty=Duty(agent=make.staff(agent), **given), at=make.NOW, actor=make.staff("sekar"))


def question(channel="WHATSAPP", at=make.NOW, **who):
    """A message of somebody new, claimed."""
    contact = make.stranger(**who)
    message, _new = store_message(
        channel=make.channel(channel), external_id=f"q-{contact.pk}", contact=contact, body="Kapan DAU cair?", at=at
    )
    claim_in_order(message=message, at=at)
    return Ticket.objects.get(contact=contact)


def test_nobody_on_duty_leaves_a_ticket_in_the_queue(db):
    ticket = question()
    assert (ticket.assignee, ticket.status) == (None, "NEW")
    duty(opens=1200, closes=1440)
    assert question().assignee is None


@pytest.mark.parametrize("channel", ["WHATSAPP", "EMAIL", "HAI", "LIVE_CHAT"])
def test_a_new_ticket_goes_to_who_is_on_duty_and_says_why(db, channel):
    duty()
    ticket = question(channel)
    event = ticket.events.get(code="ticket.assigned")
    assert (ticket.assignee.username, ticket.status) == ("laras", "OPEN")
    assert (event.actor, event.to_value, event.data["by"]) == (None, "laras", "duty")
    assert Notification.objects.get(ticket=ticket).user.username == "laras"
    page = Client()
    page.force_login(make.staff("laras"))
    assert "Ditugaskan menurut piket" in page.get(f"/tiket/{ticket.number}/").content.decode()


def test_what_is_said_again_and_what_staff_open_is_not_assigned(db):
    duty()
    ticket = make.ticket()
    assert ticket.assignee is None
    again, _new = store_message(
        channel=make.channel(), external_id="again", contact=ticket.contact, body="Ada kabar?", at=make.NOW
    )
    claim_in_order(message=again, at=make.NOW)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.entries.filter(kind="MESSAGE").count()) == (None, 2)


def test_fewest_open_tickets_first_then_who_waited_longest(db):
    duty("laras"), duty("bima")
    asked = [question(at=make.NOW + make.MINUTE * minute) for minute in range(4)]
    assert [one.assignee.username for one in asked] == ["laras", "bima", "laras", "bima"]
    close(ticket=asked[1], topic=make.topic(), at=make.NOW + make.HOUR, actor=None)
    assert question(at=make.NOW + make.HOUR).assignee.username == "bima"
    assert question(at=make.NOW + make.HOUR * 2).assignee.username == "laras"


def test_absent_closed_and_other_channels_get_nothing(db):
    duty("laras"), duty("bima", channels=["EMAIL"])
    assert question("WHATSAPP").assignee.username == "laras"
    enter_absence(user=make.staff("laras"), starts_on=TODAY, ends_on=TODAY + timedelta(days=1), at=make.NOW, actor=None)
    assert question("WHATSAPP").assignee is None
    assert question("EMAIL").assignee.username == "bima"
    close_account(user=make.staff("bima"), at=make.NOW, actor=make.staff("nala"))
    assert question("EMAIL").assignee is None


def test_a_row_that_takes_off_duty_wins(db):
    duty("laras")
    duty("laras", off=True, opens=0, closes=1440, valid_until=TODAY)
    assert question().assignee is None
    assert question(at=make.NOW + make.DAY).assignee.username == "laras"


def test_a_weekly_duty_rests_on_a_holiday_and_one_of_every_day_does_not(db, time_machine):
    holiday = date(2024, 8, 20)  # a Tuesday
    Holiday.objects.create(date=holiday, name="Hari libur", kind=Holiday.Kind.NATIONAL)
    weekly, noon = duty(weekdays=[0, 1, 2, 3, 4]), datetime.combine(holiday, time(10), make.JAKARTA)
    time_machine.move_to(noon, tick=False)
    (laras,) = week_of([weekly], date(2024, 8, 19))
    assert [bool(cells) for cells in laras.days] == [True, False, True, True, True, False, False]
    assert question(at=noon).assignee is None
    duty("bima")
    assert question(at=noon).assignee.username == "bima"
    assert question(at=noon + timedelta(days=1)).assignee.username == "laras"


def test_the_one_on_duty_when_it_is_claimed_not_when_it_came(db):
    duty("laras", closes=600), duty("bima", opens=600)
    contact = make.stranger()
    message, _new = store_message(channel=make.channel(), external_id="late", contact=contact, body="Halo", at=make.NOW)
    claim_in_order(message=message, at=make.NOW + make.HOUR)
    assert Ticket.objects.get(contact=contact).assignee.username == "bima"


def opened(**how):
    """The statements that opening a ticket takes, as one claim asks for versions."""
    said = []

    def note(execute, sql, *rest):
        if "SAVEPOINT" not in sql:
            said.append(sql)
        return execute(sql, *rest)

    with asking_once(), connection.execute_wrapper(note):
        open_ticket(channel=make.channel(), contact=make.contact(), text="Apa?", at=make.NOW, actor=None, **how)
    return said


def test_without_rows_the_roster_costs_nothing(db):
    opened(on_duty=make.NOW)  # warm
    assert opened(on_duty=make.NOW) == opened()


def test_choosing_takes_two_statements_however_many_are_on_duty(db):
    duty("laras")
    opened(on_duty=make.NOW)
    few = opened(on_duty=make.NOW)
    duty("bima"), duty("sekar"), duty("nala")
    opened(on_duty=make.NOW)
    many = opened(on_duty=make.NOW)
    assert len([sql for sql in few if "unnest" in sql]) == 1
    assert [sql for sql in many if "SELECT" in sql] == [sql for sql in few if "SELECT" in sql]
    chosen = [sql for sql in few if sql not in opened()]
    assert len([sql for sql in chosen if sql.startswith("\nSELECT agent")]) == 1


def test_two_workers_share_fairly(transactional_db):
    duty("laras", opens=0, closes=1440), duty("bima", opens=0, closes=1440)
    channel, failed = make.channel("WHATSAPP"), []
    people = [make.stranger() for _ in range(12)]
    messages = [
        store_message(channel=channel, external_id=f"w-{one.pk}", contact=one, body="Halo", at=make.NOW)[0]
        for one in people
    ]
    gate = threading.Barrier(2)

    def work(mine):
        try:
            gate.wait(10)
            for message in mine:
                claim_in_order(message=message, at=make.NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(messages[place::2],)) for place in range(2)]
    [one.start() for one in threads], [one.join() for one in threads]
    assert not failed
    shares = [Ticket.objects.filter(assignee__username=name).count() for name in ("laras", "bima")]
    assert shares == [6, 6]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes": 400}, "duty.hours"),
        ({"closes": 1441}, "duty.hours"),
        ({"weekdays": [7]}, "duty.weekday"),
        ({"channels": ["LAPOR"]}, "duty.channel"),
        ({"valid_from": TODAY - timedelta(days=1)}, "duty.past"),
        ({"valid_until": TODAY - timedelta(days=1)}, "duty.range"),
        ({"agent": "damar"}, "duty.not_an_agent"),
    ],
)
def test_rows_that_are_refused(db, changes, code):
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        duty(**changes)
    assert not DutyShift.objects.exists()


def test_changing_and_ending_keep_the_past(db):
    row = duty(weekdays=[3, 0, 0])
    later, actor = make.NOW + make.DAY, make.staff("sekar")
    wanted = Duty(agent=make.staff("bima"), opens=480, closes=720, valid_from=later.date())
    new = change_shift(shift=row, duty=wanted, at=later, actor=actor)
    row.refresh_from_db()
    assert (row.weekdays, row.valid_to, new.valid_from) == ([0, 3], later.date(), later.date())
    with pytest.raises(Refused, match=r"duty\.ended"):
        end_shift(shift=row, at=later, actor=actor)
    end_shift(shift=new, at=later, actor=actor)
    assert list(DutyEvent.objects.order_by("id").values_list("shift", "code")) == [
        (row.pk, "duty.added"),
        (row.pk, "duty.changed"),
        (new.pk, "duty.added"),
        (new.pk, "duty.ended"),
    ]


def test_a_row_that_has_not_begun_is_withdrawn(db):
    row = end_shift(shift=duty(valid_from=date(2024, 9, 2)), at=make.NOW, actor=None)
    assert row.valid_to == row.valid_from


def signed_in(name):
    client = Client()
    client.force_login(make.staff(name))
    return client


def test_a_supervisor_edits_the_week_on_the_page(db, time_machine):
    time_machine.move_to(make.NOW, tick=False)
    make.staff("laras"), make.staff("bima")
    client = signed_in("sekar")
    form = {"agen": "laras", "jenis": "bertugas", "hari": ["3", "4"], "mulai": "08.00", "selesai": "16:00",
            "dari": "2024-08-15", "sampai": ""}  # fmt: skip
    assert client.post("/tiket/piket/", form).status_code == 302
    row = DutyShift.objects.get()
    page = client.get("/tiket/piket/").content.decode()
    assert page.count("08.00–16.00") == 4  # Thursday and Friday, the row, the change
    assert "08.00–16.00" in client.get("/tiket/piket/?minggu=2024-09-01").content.decode()
    assert client.post(f"/tiket/piket/{row.pk}/", form | {"agen": "bima"}).status_code == 302
    assert list(DutyShift.objects.order_by("id").values_list("agent__username", "valid_to")) == [
        ("laras", TODAY),
        ("bima", None),
    ]
    client.post(f"/tiket/piket/{DutyShift.objects.last().pk}/akhiri/")
    assert "Belum ada piket" in client.get("/tiket/piket/").content.decode()


def test_agents_see_the_week_and_change_nothing(db):
    duty()
    client = signed_in("laras")
    page = client.get("/tiket/piket/").content.decode()
    assert "Tambah piket" not in page
    assert client.post("/tiket/piket/", {}).status_code == 403


def test_a_refusal_keeps_what_was_typed(db, time_machine):
    time_machine.move_to(make.NOW, tick=False)
    make.staff("laras")
    form = {"agen": "laras", "jenis": "tidak", "mulai": "16.00", "selesai": "08.00", "dari": "2024-08-15"}
    page = signed_in("sekar").post("/tiket/piket/", form).content.decode()
    assert "Jam selesai harus setelah jam mulai" in page
    assert 'value="16.00"' in page


def test_the_week_takes_the_same_statements_however_many_rows(db, django_assert_max_num_queries):
    client = signed_in("sekar")
    for name in ("laras", "bima", "sekar", "nala"):
        duty(name), duty(name, weekdays=[1])
    client.get("/tiket/piket/")
    with CaptureQueriesContext(connection) as many:
        client.get("/tiket/piket/")
    assert len(many) <= 12


CALM = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
DAYS = st.dates(date(2024, 8, 1), date(2024, 8, 31))
SHIFTS = st.builds(
    lambda agent, opens, length, start, days, weekdays, channels, off: Shift(
        agent, opens, min(opens + length, 1440), start, start + timedelta(days=days) if days else None,
        frozenset(weekdays), frozenset(channels), off,
    ),
    st.integers(1, 5), st.integers(0, 1439), st.integers(1, 1440), DAYS, st.integers(0, 20),
    st.sets(st.integers(0, 6)), st.sets(st.sampled_from(["EMAIL", "HAI"])), st.booleans(),
)  # fmt: skip
MOMENTS = st.datetimes(make.NOW.replace(tzinfo=None), make.NOW.replace(tzinfo=None) + timedelta(days=20))


@CALM
@given(st.lists(SHIFTS, max_size=12), st.sampled_from(["EMAIL", "HAI", "PHONE"]), MOMENTS, st.booleans())
def test_on_duty_is_who_has_a_row_and_no_row_against_it(shifts, channel, moment, closed):
    at = moment.replace(tzinfo=make.JAKARTA)
    found = on_duty(shifts, channel, at, closed=closed)
    minute = moment.hour * 60 + moment.minute
    for agent in range(1, 6):
        mine = [
            one for one in shifts
            if one.agent == agent
            and one.valid_from <= moment.date() and (one.valid_to is None or moment.date() < one.valid_to)
            and (not one.weekdays or (moment.weekday() in one.weekdays and not closed))
            and one.opens <= minute < one.closes and (not one.channels or channel in one.channels)
        ]  # fmt: skip
        assert (agent in found) == (any(not one.off for one in mine) and not any(one.off for one in mine))


@CALM
@given(
    st.lists(
        st.builds(
            Load, st.integers(1, 50), st.integers(0, 9),
            st.none() | st.datetimes().map(lambda moment: moment.replace(tzinfo=make.JAKARTA)),
        ),
        unique_by=lambda load: load.agent,
    ),
    st.randoms(),
)  # fmt: skip
def test_the_pick_has_the_fewest_then_the_longest_wait_in_whatever_order(loads, random):
    chosen = pick(loads)
    mixed = list(loads)
    random.shuffle(mixed)
    assert pick(mixed) == chosen
    if not loads:
        assert chosen is None
        return
    best = next(load for load in loads if load.agent == chosen)
    assert best.open == min(load.open for load in loads)
    equals = [load for load in loads if load.open == best.open and load is not best]
    assert all(best.newest is None or (load.newest and load.newest >= best.newest) for load in equals)


@CALM
@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 60))
def test_giving_one_after_the_other_levels_out(open_before, coming):
    held, newest = dict(enumerate(open_before, 1)), dict.fromkeys(range(1, len(open_before) + 1))
    for step in range(coming):
        agent = pick([Load(one, held[one], newest[one]) for one in held])
        held[agent] += 1
        newest[agent] = make.NOW + timedelta(minutes=step)
    grown = [one for one in held if newest[one]]
    assert max(held[one] for one in grown) - min(held.values()) <= 1


def test_days_in_a_row_are_a_span():
    assert days_of([0, 1, 2, 3, 4]) == "Senin–Jumat"
    assert days_of([6, 0, 1]) == "Senin, Selasa, Minggu"
