"""A call that an agent writes down becomes a ticket of the phone channel: closed, handed on or kept open."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from calls import verbs
from calls.desk import Caller, log_call
from calls.extensions import set_extension
from calls.folding import Signal
from calls.models import Call
from kernel.errors import Refused
from messaging.models import Message
from reports.filling import fill_dirty
from reports.models import MonthlyFigure
from tests import factories as make
from tickets.models import Ticket

LATER = make.NOW + timedelta(minutes=3)
ARUNG = "+6200010000001"


def log(**given):
    base = {
        "caller": Caller(number="+62 000 7777 0001", name="Bu Sinta", user_group="PEMDA"), "topic": make.topic("DAU"),
        "question": "Kapan DAU salur?", "answer": "Tanggal 20.", "outcome": "ANSWERED", "at": LATER,
        "actor": make.staff("laras"),
    }  # fmt: skip
    return log_call(**{**base, **given})


def heard(kind="ring", minutes=0, call_id="c-1", **more):
    signal = Signal(call_id, kind, make.NOW + timedelta(minutes=minutes), f"{kind}{minutes}", **more)
    return verbs.take_signal(signal=signal, at=make.NOW)[0]


def test_a_call_answered_at_once_is_a_closed_ticket_of_the_phone(db):
    ticket, call = log()
    assert (ticket.channel.code, ticket.status, ticket.topic.code, ticket.assignee.username) == (
        "PHONE", "CLOSED", "DAU", "laras",
    )  # fmt: skip
    assert (call.ticket, call.contact, call.status) == (ticket, ticket.contact, "ENDED")
    assert list(Message.objects.values_list("direction", "delivery")) == [("IN", "RECEIVED"), ("OUT", "SPOKEN")]
    assert ticket.contact.handles.get().value == "+6200077770001"


def test_the_report_counts_it(db):
    log()
    fill_dirty(at=timezone.now())
    counted = MonthlyFigure.objects.get(indicator="consultations.by_channel", month="2024-08-01", dim1="PHONE")
    assert counted.value == 1


def test_a_call_handed_on_waits_for_the_unit(db):
    ticket, _call = log(outcome="ESCALATED", unit=make.unit("PK.2"), answer="")
    assert (ticket.status, ticket.escalations.get().unit.code) == ("WAITING_LAYER2", "PK.2")
    assert ticket.first_answered_at is None


def test_a_call_to_be_followed_up_stays_open(db):
    ticket, _call = log(outcome="OPEN", answer="", topic=None)
    assert (ticket.status, ticket.closed_at) == ("OPEN", None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"answer": ""}, "call.needs_answer"),
        ({"question": " "}, "call.needs_note"),
        ({"topic": None}, "ticket.needs_topic"),
        ({"outcome": "ESCALATED"}, "escalation.needs_unit"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(db, given, code):
    with pytest.raises(Refused, match=code):
        log(**given)
    assert (Ticket.objects.count(), Call.objects.count()) == (0, 0)


def test_a_call_goes_on_with_an_earlier_ticket(db):
    mail = make.ticket()
    ticket, call = log(caller=Caller(contact=make.contact(), number=ARUNG), ticket=mail)
    assert (ticket, call.ticket, Ticket.objects.count()) == (mail, mail, 1)
    answer = Message.objects.get(direction="OUT")
    assert (answer.channel.code, answer.delivery) == ("PHONE", "SPOKEN")  # told, not mailed


def test_the_exchanges_call_gives_the_moment_and_is_logged_once(db):
    heard(number=ARUNG)
    call = heard("answer", 1, extension="2101")
    ticket, same = log(call=call, caller=Caller(contact=make.contact(), number=ARUNG))
    assert (same.pk, ticket.created_at) == (call.pk, make.NOW + make.MINUTE)
    assert ticket.first_answered_at == ticket.created_at
    with pytest.raises(Refused, match=r"call\.has_ticket"):
        log(call=same)
    late = heard("end", 9, recording_url="https://rekaman.example/1")
    assert (late.ticket, late.recording_url) == (ticket, "https://rekaman.example/1")


def missed(call_id="m-1", minutes=0):
    heard(minutes=minutes, call_id=call_id, number=ARUNG)
    return heard("end", minutes + 1, call_id=call_id)


def test_calling_back_is_done_once_and_for_all_earlier_ones(db):
    first, second, later = missed(), missed("m-2", 5), missed("m-3", 20)
    verbs.call_back(call=second, at=LATER, actor=make.staff("laras"))
    done = dict(Call.objects.values_list("call_id", "called_back_by__username"))
    assert done == {"m-1": "laras", "m-2": "laras", "m-3": None}
    with pytest.raises(Refused, match=r"call\.called_back"):
        verbs.call_back(call=first, at=LATER, actor=None)
    verbs.undo_call_back(call=first, at=LATER, actor=make.staff("bima"))
    assert Call.objects.get(pk=first.pk).called_back_at is None
    assert later.events.count() == 0


def test_logging_the_call_back_marks_the_missed_one(db):
    row = missed()
    _ticket, call = log(missed=row, direction="OUT", caller=Caller(contact=make.contact(), number=ARUNG))
    row.refresh_from_db()
    assert (row.called_back_by.username, call.direction) == ("laras", "OUT")


def test_an_extension_has_one_agent(db):
    at = {"at": make.NOW, "actor": make.staff("sekar")}
    set_extension(user=make.staff("laras"), number="2101", **at)
    for user, number, code in (("bima", "2101", "taken"), ("bima", "x", "digits"), ("damar", "2102", "no_agent")):
        with pytest.raises(Refused, match=rf"extension\.{code}"):
            set_extension(user=make.staff(user), number=number, **at)
    set_extension(user=make.staff("laras"), number="", **at)
    assert set_extension(user=make.staff("bima"), number="2101", **at).user.username == "bima"


@pytest.fixture
def laras(client, db):
    client.force_login(make.staff("laras"))
    return client


def test_the_form_makes_a_contact_a_ticket_and_says_so(laras):
    form = {"nomor": "081200000000", "nama": "Bu Sinta", "kelompok": "PEMDA", "wilayah": "Kab. Gowa", "topik": "DAU",
            "catatan": "Kapan?", "jawaban": "Besok.", "hasil": "ANSWERED"}  # fmt: skip
    page = laras.post("/telepon/catat/", form, follow=True).content.decode()
    ticket = Ticket.objects.get()
    assert re.search(rf"Panggilan dicatat pada tiket <a href=\"/tiket/{ticket.number}/\">", page)
    assert (ticket.contact.name, ticket.region.code, ticket.status) == ("Bu Sinta", "73.06", "CLOSED")


def test_a_refused_form_keeps_every_word(laras):
    form = {"nomor": "081200000000", "nama": "Bu Sinta", "catatan": "Kapan salur?", "hasil": "ESCALATED"}
    page = laras.post("/telepon/catat/", form).content.decode()
    assert "Pilih unit yang dituju." in page
    assert all(text in page for text in ("081200000000", "Bu Sinta", "Kapan salur?"))
    assert Ticket.objects.count() == 0


def test_a_known_number_shows_who_it_is_and_what_was_asked(laras):
    ticket = make.ticket()
    page = laras.get("/telepon/penelepon/", {"nomor": "+62 000 1000 0001"}).content.decode()
    assert "Arung Mappatunru" in page
    assert f"Lanjutkan {ticket.number}" in page
    assert 'name="nama"' in laras.get("/telepon/penelepon/", {"nomor": "0812"}).content.decode()


def test_the_screen_shows_the_call_at_ones_own_telephone_only(laras, client):
    set_extension(user=make.staff("laras"), number="2101", at=make.NOW, actor=None)
    make.contact()
    now = timezone.now()
    verbs.take_signal(signal=Signal("c-1", "ring", now, "r", ARUNG, "IN", "2101"), at=now)
    card = laras.get("/telepon/kini/").content.decode()
    assert "Panggilan masuk" in card
    assert "Arung Mappatunru" in card
    client.force_login(make.staff("bima"))
    assert "Panggilan masuk" not in client.get("/telepon/kini/").content.decode()


@pytest.mark.parametrize(("kind", "shown"), [("ring", False), ("answer", True)])
def test_a_call_whose_end_was_lost_does_not_ring_for_ever(laras, kind, shown):
    set_extension(user=make.staff("laras"), number="2101", at=make.NOW, actor=None)
    before = timezone.now() - timedelta(minutes=6)
    verbs.take_signal(signal=Signal("c-1", kind, before, "r", ARUNG, "IN", "2101"), at=before)
    assert ("data-call=" in laras.get("/telepon/kini/").content.decode()) is shown
    now = timezone.now()
    verbs.take_signal(signal=Signal("c-1", "ring", now, "again", ARUNG, "IN", "2101"), at=now)
    assert "data-call=" in laras.get("/telepon/kini/").content.decode()


def test_the_list_takes_as_many_queries_for_many_calls(laras, django_assert_max_num_queries):
    laras.get("/telepon/")
    for n in range(20):
        missed(f"m-{n}", n)
    with django_assert_max_num_queries(14):
        page = laras.get("/telepon/?tampil=balik").content.decode()
    assert page.count("Tandai selesai") == 20


@pytest.mark.parametrize(
    ("seconds", "said"), [(43, "43 d"), (60, "1 m 00 d"), (163, "2 m 43 d"), (3599, "59 m 59 d"), (3725, "1 j 02 m")]
)
def test_the_length_of_a_call_is_told_in_words(laras, seconds, said):
    heard(number=ARUNG)
    heard("answer", 1)
    call = heard("end", 1 + seconds / 60)
    row = re.search(r'data-label="Lama">(.*?)<', laras.get("/telepon/").content.decode())
    assert row[1] == said
    ticket, _call = log(call=call, caller=Caller(contact=make.contact(), number=ARUNG))
    beside = laras.get(f"/tiket/{ticket.number}/").content.decode().partition('id="panggilan"')[2]
    assert f", {said}" in beside.partition("</section>")[0]


def test_a_call_that_nobody_took_has_no_length(laras):
    missed()
    assert 'data-label="Lama">–<' in laras.get("/telepon/").content.decode()


def test_managers_see_numbers_masked(client, db):
    missed()
    client.force_login(make.staff("ratna"))
    page = client.get("/telepon/").content.decode()
    assert ARUNG not in page
    assert "Tandai selesai" not in page


def test_the_ticket_shows_its_recording(laras):
    heard(number=ARUNG)
    call = heard("end", 2, recording_url="https://rekaman.example/1")
    ticket, _call = log(call=call, caller=Caller(contact=make.contact(), number=ARUNG))
    assert 'href="https://rekaman.example/1"' in laras.get(f"/tiket/{ticket.number}/").content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_calls_of_a_ticket_stand_beside_it_and_other_tickets_open_too(laras, headers):
    ticket, _call = log()
    page = laras.get(f"/tiket/{ticket.number}/", headers=headers).content.decode()
    assert 'id="panggilan"' in page
    other = laras.get(f"/tiket/{make.ticket().number}/", headers=headers)
    assert (other.status_code, 'id="panggilan"' in other.content.decode()) == (200, False)
