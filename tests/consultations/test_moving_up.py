"""Who moves up from the waiting list is told by the way they came, the front desk by its bell, and history says so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.booking import check_reservation, request_reservation, reschedule
from consultations.models import Mode, SlotPattern
from consultations.verbs import cancel
from messaging.models import Connection, Message
from people.models import StaffRole
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, wish
from tickets.models import Notification

LATER = ASKED + make.HOUR


@pytest.fixture(autouse=True)
def mailbox(db):
    Connection.objects.create(channel=make.channel(), name="Contact Center", address="callcenter@djpk.example")


@pytest.fixture
def desk(db):
    return make.staff("wening")


def pattern(room="R1"):
    return (
        SlotPattern.objects.get(room__code=room, opens=540) if room else SlotPattern.objects.get(room=None, opens=540)
    )


def book(checked=False, **changes):
    row = request_reservation(wish=wish(**{"slot": pattern(), **changes}), at=ASKED)
    return check_reservation(reservation=row, at=ASKED, actor=make.staff("sekar")) if checked else row


def moved_up(checked=True, **changes):
    """Somebody has the slot, another waits; the first cancels. The second, and what it was told."""
    first, second = book(), book(checked, may_wait=True, **changes)
    cancel(reservation=first, reason="Rapat DPRD", at=LATER, actor=make.staff("wening"))
    second.refresh_from_db()
    return second, list(Message.objects.filter(direction="OUT").order_by("pk"))


def by(channel, at=ASKED):
    return make.ticket(channel=make.channel(channel), at=at)


def codes(row):
    return list(row.events.order_by("pk").values_list("code", flat=True))[2:]


def test_who_was_checked_is_confirmed_and_invited_by_mail(desk):
    second, (mail,) = moved_up()
    assert (second.status, second.room.code, second.waiting_since) == ("CONFIRMED", "R1", None)
    assert mail.subject == f"Undangan konsultasi DJPK {second.number}"
    assert mail.attachments.get().name == "undangan.ics"
    assert codes(second) == ["reservation.moved_up", "reservation.confirmed", "reservation.invited"]
    assert second.events.get(code="reservation.invited").reason == "Email"


def test_who_was_not_checked_is_told_that_there_is_a_place(desk):
    second, (mail,) = moved_up(checked=False)
    assert second.status == "REQUESTED"
    assert "sudah tersedia" in mail.body
    assert "sedang kami periksa" in mail.body
    assert not mail.attachments.exists()
    assert list(second.events.values_list("code", flat=True).order_by("pk"))[1:] == [
        "reservation.moved_up", "reservation.told",
    ]  # fmt: skip


def test_who_came_by_whatsapp_hears_there_while_the_window_is_open(desk):
    ticket = by("WHATSAPP")
    second, (said,) = moved_up(ticket=ticket)
    assert (said.channel.code, said.details["thread"]) == ("WHATSAPP", ticket.number)
    assert "telah dikonfirmasi" in said.body
    assert second.events.get(code="reservation.invited").reason == "WhatsApp"
    assert ticket.entries.filter(message=said).exists()
    ticket.refresh_from_db()
    assert ticket.first_answered_at is None  # a machine wrote it


def test_after_the_window_by_mail(desk):
    _second, (mail,) = moved_up(ticket=by("WHATSAPP", ASKED - timedelta(days=2)))
    assert mail.channel.code == "EMAIL"


def test_whom_nothing_reaches_the_desk_is_to_call(desk):
    second, messages = moved_up(source="PHONE", contact=None)
    assert (second.status, messages) == ("CONFIRMED", [])
    assert codes(second)[-1] == "reservation.not_told"
    assert Notification.objects.get(user=desk).data["what"] == "untold"


def test_a_video_conference_without_a_link_yet(desk):
    given = {"mode": Mode.VIDEO, "slot": pattern(None), "reason_face_to_face": ""}
    first = book(**given)
    book(**given)
    second = book(True, may_wait=True, **given)
    cancel(reservation=first, reason="Rapat DPRD", at=LATER, actor=None)
    second.refresh_from_db()
    assert second.status == "CONFIRMED"
    assert "tautan rapat menyusul" in Message.objects.get(direction="OUT").body


def test_moving_away_gives_the_place_on_too(desk):
    first, second = book(), book(True, may_wait=True)
    reschedule(reservation=first, starts_at=STARTS + make.HOUR, slot=pattern(), at=LATER, actor=make.staff("sekar"))
    second.refresh_from_db()
    assert second.status == "CONFIRMED"


class TestTheDesk:
    @pytest.fixture(autouse=True)
    def frozen(self, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: LATER)

    def test_hears_of_it_though_it_cancelled_itself(self, desk, client):
        second, _messages = moved_up()
        notice = Notification.objects.get()
        assert (notice.user, notice.ticket, notice.data["what"]) == (desk, None, "invited")
        client.force_login(desk)
        page = client.get(reverse("notifications")).content.decode()
        address = reverse("reservation", args=[second.number])
        for text in ("Kab. Gowa, Sel 20 Agt 2024 09.00 s.d. 10.00 WIB", "undangan dikirim", f'href="{address}"'):
            assert text in page
        bell = client.get(reverse("notification-bell"))
        assert address in bell["HX-Trigger"]
        assert "lonceng" in client.get(reverse("front-desk")).content.decode()
        assert "mendapat tempat" in client.get(address).content.decode()
        notice.refresh_from_db()
        assert notice.seen_at == LATER

    def test_others_are_not_told(self, desk):
        make.staff("laras")
        StaffRole.objects.filter(user=desk).delete()
        moved_up()
        assert not Notification.objects.exists()

    def test_once_a_move(self, desk):
        first, second, third = book(), book(may_wait=True), book(may_wait=True)
        cancel(reservation=first, reason="Rapat", at=LATER, actor=None)
        cancel(reservation=second, reason="Rapat", at=LATER, actor=None)
        assert [row.data["number"] for row in Notification.objects.order_by("pk")] == [second.number, third.number]
