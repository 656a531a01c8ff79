"""From the confirmation to the rating: mails with a calendar file, the front desk, notes and follow-ups."""

from datetime import timedelta

import pytest

from consultations.afterwards import open_follow_up, write_minutes
from consultations.booking import move_reservation, request_reservation
from consultations.desk import check_in, next_step, walk_in
from consultations.inviting import remind
from consultations.models import ConsultationRule, Mode, Reservation, Room, Visit
from consultations.verbs import cancel, confirm, hold, set_meeting
from kernel.errors import Refused
from messaging.email.sending import build
from messaging.files import read_file
from messaging.models import Connection, Message
from people.contacts import find_or_create_contact
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, checked, confirmed, room, wish
from tickets.models import Ticket

BEGUN = STARTS + make.HOUR


@pytest.fixture
def wening(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Connection.objects.create(channel=make.channel(), name="Contact Center", address="callcenter@djpk.example")
    return make.staff("wening")


def mails():
    return list(Message.objects.filter(claimed_by="consultations").order_by("id"))


def ics(message):
    part = message.attachments.get()
    return part.file.media_type, read_file(part.file).decode()


def test_the_confirmation_invites(wening):
    reservation = confirmed()
    message = mails()[0]
    assert (message.subject, message.delivery) == (f"Undangan konsultasi DJPK {reservation.number}", "QUEUED")
    assert message.details["to"] == "arung@gowa.example"
    for line in (
        "Waktu: Selasa, 20 Agustus 2024, 09.00 s.d. 10.00 WIB (10.00 s.d. 11.00 WITA)",
        "Topik: DAU",
        "Tempat: Ruang Konsultasi 1",
        "Gedung Radius Prawiro",
    ):
        assert line in message.body
    kind, text = ics(message)
    assert kind == "text/calendar"
    for line in (
        "METHOD:REQUEST", f"UID:{reservation.number}@dering.djpk", "DTSTART:20240820T020000Z", "SEQUENCE:0",
        "ORGANIZER:mailto:callcenter@djpk.example", "STATUS:CONFIRMED",
    ):  # fmt: skip
        assert f"{line}\r\n" in text
    assert reservation.invitations == 1


def test_nobody_to_write_to_is_no_trouble_and_history_says_so(wening):
    reservation = confirmed(contact=None)
    assert (mails(), reservation.invitations, reservation.status) == ([], 0, "CONFIRMED")
    assert reservation.events.last().code == "reservation.not_told"


def without_mail(channel):
    """A requester with a phone number alone, and the ticket that they came by."""
    contact, _new = find_or_create_contact(
        name="Pak Yosef",
        phone="+62 000 1000 0077",
        user_group="PEMDA",
        region=make.region("91.03"),
        at=ASKED,
        actor=None,
    )
    return {"contact": contact, "ticket": make.ticket(channel=make.channel(channel), contact=contact, at=ASKED)}


def said_on(ticket):
    rows = Message.objects.filter(direction="OUT", ticket_entry__ticket=ticket).order_by("id")
    return [message.body for message in rows]


def test_who_has_no_mail_address_hears_the_end_on_the_ticket_too(wening):
    given = without_mail("WHATSAPP")
    cancel(reservation=confirmed(**given), reason="narasumber sakit", at=ASKED + make.HOUR, actor=wening)
    invited, cancelled = said_on(given["ticket"])
    assert "telah dikonfirmasi" in invited
    assert "Konsultasi berikut dibatalkan: narasumber sakit" in cancelled


def test_whom_a_cancellation_does_not_reach_the_desk_is_to_call(wening):
    given = without_mail("WHATSAPP")  # its window is closed after a day
    gone = cancel(reservation=confirmed(**given), reason="Sakit", at=ASKED + 2 * make.DAY, actor=wening)
    assert len(said_on(given["ticket"])) == 1
    assert gone.events.last().code == "reservation.not_told"


def test_a_reminder_and_the_rating_on_the_ticket(wening, settings):
    settings.PUBLIC_URL = "https://dering.example"
    given = without_mail("HAI")
    reservation = confirmed(**given)
    assert remind(at=STARTS - timedelta(hours=23)) == 1
    assert "Kami mengingatkan konsultasi" in said_on(given["ticket"])[-1]
    hold(reservation=reservation, guest_count=2, at=BEGUN, actor=wening)
    assert "https://dering.example/konsultasi/nilai/k" in said_on(given["ticket"])[-1]


def test_a_reminder_that_reaches_nobody_is_none(wening):
    reservation = confirmed(**without_mail("WHATSAPP"))
    assert remind(at=STARTS - timedelta(hours=23)) == 0
    assert reservation.events.last().code == "reservation.not_told"


def test_a_video_conference_is_invited_when_it_has_a_link(wening):
    reservation = confirmed(mode=Mode.VIDEO)
    assert mails() == []
    with pytest.raises(Refused, match=r"reservation\.needs_link"):
        set_meeting(reservation=reservation, meeting_url=" ", at=ASKED, actor=wening)
    set_meeting(reservation=reservation, meeting_url="https://teams.example/dering", at=ASKED, actor=wening)
    assert "Tautan rapat: https://teams.example/dering" in mails()[0].body
    assert "LOCATION:https://teams.example/dering\r\n" in ics(mails()[0])[1]


def test_a_cancellation_takes_the_invitation_back(wening):
    cancel(reservation=confirmed(), reason="narasumber sakit", at=ASKED, actor=wening)
    told = mails()[1]
    assert "Konsultasi berikut dibatalkan: narasumber sakit" in told.body
    assert "METHOD:CANCEL\r\n" in ics(told)[1]
    assert "STATUS:CANCELLED\r\n" in ics(told)[1]
    assert "SEQUENCE:1\r\n" in ics(told)[1]


def test_who_was_not_invited_hears_nothing(wening):
    cancel(reservation=checked(), reason="Tidak jadi", at=ASKED, actor=wening)
    assert mails() == []


def test_a_reminder_once_the_day_before(wening):
    reservation = confirmed()
    assert remind(at=STARTS - timedelta(hours=25)) == 0
    assert remind(at=STARTS - timedelta(hours=23)) == 1
    assert remind(at=STARTS - timedelta(hours=22)) == 0
    assert mails()[1].subject == f"Pengingat konsultasi DJPK {reservation.number}"
    assert reservation.events.last().code == "reservation.reminded"


def test_who_was_invited_just_now_needs_no_reminder(wening):
    late = checked()
    confirm(reservation=late, room=room(), at=STARTS - timedelta(hours=20), actor=wening)
    assert remind(at=STARTS - timedelta(hours=19)) == 0
    assert len(mails()) == 1


def test_the_desk_counts_who_came(wening):
    reservation = confirmed()
    first, _second = reservation.guests.all()
    reservation = check_in(
        reservation=reservation, present=[first.pk], others=[("Bambang", "DPRD"), (" ", "")], at=STARTS, actor=wening
    )
    assert reservation.events.last().data == {"guest_count": 2}
    assert list(reservation.guests.values_list("name", "announced", "arrived_at")) == [
        ("Arung Mappatunru", True, STARTS),
        ("Indah Sasmita", True, None),
        ("Bambang", False, STARTS),
    ]
    later = [(f"Tamu {n}", "") for n in range(4)]
    reservation = check_in(reservation=reservation, others=later, at=STARTS + make.MINUTE, actor=wening)
    event = reservation.events.last()
    assert (event.code, event.data) == ("reservation.recounted", {"guest_count": 6, "over_limit": 1})
    visit = hold(reservation=reservation, at=BEGUN, actor=wening)
    assert (visit.guest_count, visit.over_limit) == (6, True)


def test_nobody_came_is_no_check_in(wening):
    with pytest.raises(Refused, match=r"reservation\.needs_guests"):
        check_in(reservation=confirmed(), at=STARTS, actor=wening)


def test_who_comes_unannounced(wening):
    at = make.wib("2024-08-20 09:02")
    taken = confirmed()
    given = {"letter": None, "reason_face_to_face": "", "organization": "Notaris Sari", "region": None}
    with pytest.raises(Refused, match=r"reservation\.needs_reason_walk_in"):
        walk_in(wish=wish(**given), reason=" ", at=at, actor=wening)
    reservation = walk_in(wish=wish(**given), reason="Datang dari luar kota", at=at, actor=wening)
    assert (reservation.status, reservation.source, reservation.room.code) == ("CHECKED_IN", "WALK_IN", "R2")
    assert (reservation.starts_at, taken.room.code) == (make.wib("2024-08-20 09:05"), "R1")
    rules = reservation.events.get(code="reservation.checked").data["rules"]
    assert {row["rule"]: row["waived_by"] for row in rules if row["outcome"] == "WAIVED"} == {
        "letter": "wening", "lead_time": "wening", "reason": "wening",
    }  # fmt: skip
    assert len(mails()) == 1  # the invitation of the other
    with pytest.raises(Refused, match=r"reservation\.no_room"):
        walk_in(wish=wish(**given), reason="Datang langsung", at=at, actor=wening)
    assert Reservation.objects.count() == 2


def test_a_room_that_is_kept_free_after_a_slot_is_no_free_room(wening):
    taken = confirmed()
    Reservation.objects.filter(pk=taken.pk).update(blocked_until=taken.ends_at + 15 * make.MINUTE)
    at = taken.ends_at + make.MINUTE
    assert walk_in(wish=wish(), reason="Datang langsung", at=at, actor=wening).room.code == "R2"


def test_who_comes_late_in_the_evening_stays_until_midnight(wening):
    reservation = walk_in(wish=wish(), reason="Pesawat terlambat", at=make.wib("2024-08-20 23:31"), actor=wening)
    assert reservation.ends_at == make.wib("2024-08-21 00:00")


@pytest.mark.parametrize(("at", "step"), [("09:00", "09:05"), ("09:04", "09:05"), ("09:56", "10:00")])
def test_the_next_five_minutes(at, step):
    assert next_step(make.wib(f"2024-08-20 {at}")) == make.wib(f"2024-08-20 {step}")


def test_notes_and_follow_ups(wening):
    ticket = make.ticket()
    reservation = check_in(reservation=confirmed(ticket=ticket), guest_count=2, at=STARTS, actor=wening)
    with pytest.raises(Refused, match=r"reservation\.needs_minutes"):
        write_minutes(reservation=reservation, text=" ", at=BEGUN, actor=wening)
    reservation = write_minutes(reservation=reservation, text="Dibahas DAU.", at=BEGUN, actor=wening)
    child = open_follow_up(reservation=reservation, text="Kirim rincian DAU.", at=BEGUN, actor=wening)
    assert (reservation.minutes, child.parent, child.topic.code) == ("Dibahas DAU.", ticket, "DAU")
    alone = check_in(reservation=confirmed(starts_at=BEGUN), guest_count=1, at=BEGUN, actor=wening)
    own = open_follow_up(reservation=alone, text="Kirim SK.", topic=make.topic("DBH"), at=BEGUN, actor=wening)
    assert (own.parent, own.contact.name, own.topic.code) == (None, "Arung Mappatunru", "DBH")
    assert list(alone.follow_ups.all()) == [own]
    assert alone.events.last().to_value == own.number
    assert Ticket.objects.count() == 3


def test_without_a_contact_there_is_nobody_to_follow_up(wening):
    reservation = check_in(reservation=confirmed(contact=None), guest_count=2, at=STARTS, actor=wening)
    with pytest.raises(Refused, match=r"reservation\.needs_contact"):
        open_follow_up(reservation=reservation, text="Kirim SK.", at=BEGUN, actor=wening)


def test_what_was_held_asks_for_a_rating(wening, settings):
    settings.PUBLIC_URL = "https://dering.example"
    hold(reservation=confirmed(), guest_count=2, at=BEGUN, actor=wening)
    assert f"https://dering.example/konsultasi/nilai/k{Visit.objects.get().pk}:" in mails()[-1].body


def test_mail_programs_take_the_calendar_file_for_an_invitation(wening):
    confirmed()
    message = mails()[0]
    message.provider_id = "undangan.1@djpk.example"
    kind, content = ics(message)
    mail = build(message, Connection.objects.get(), "a@b.example", [("undangan.ics", kind, content.encode())])
    [part] = mail.iter_attachments()
    assert (part.get_content_type(), part.get_param("method"), part.get_param("charset")) == (
        "text/calendar", "REQUEST", "utf-8",
    )  # fmt: skip
    assert "Gedung Radius Prawiro" in content.replace("\r\n ", ""), "the way there stands in the calendar too"


def test_moving_keeps_how_far_it_had_come(wening):
    old = confirmed()
    new = move_reservation(reservation=old, starts_at=STARTS + make.DAY, at=ASKED, actor=wening)
    assert (new.status, new.room.code, new.rescheduled_from) == ("CONFIRMED", "R1", old)
    assert [mail.subject.split()[0] for mail in mails()] == ["Undangan", "Perubahan", "Undangan"]
    told = mails()[1].body
    assert "Jadwal konsultasi berikut diubah." in told
    assert (
        f"Jadwal baru: Rabu, 21 Agustus 2024, 09.00 s.d. 10.00 WIB (10.00 s.d. 11.00 WITA), nomor {new.number}." in told
    )
    assert "dibatalkan" not in told, "who is moved is not turned away"
    again = move_reservation(
        reservation=new, starts_at=STARTS + 2 * make.DAY, room=Room.objects.get(code="R2"), at=ASKED, actor=wening
    )
    assert again.room.code == "R2"
    plain = move_reservation(
        reservation=request_reservation(wish=wish(), at=ASKED), starts_at=BEGUN, at=ASKED, actor=wening
    )
    assert plain.status == "REQUESTED"


def test_moving_keeps_the_rules(wening):
    old = confirmed()
    evening = make.wib("2024-08-20 16:00")
    with pytest.raises(Refused, match=r"reservation\.rule\.slot"):
        move_reservation(reservation=old, starts_at=evening, at=ASKED, actor=wening)
    old.refresh_from_db()
    assert (old.status, len(mails())) == ("CONFIRMED", 1)
    moved = move_reservation(
        reservation=old, starts_at=evening, waivers={"slot": "pesawat terlambat"}, at=ASKED, actor=wening
    )
    assert moved.starts_at == evening


def test_the_limit_of_the_day_counts(wening):
    ConsultationRule.objects.update(guest_limit=2)
    reservation = check_in(reservation=confirmed(), guest_count=3, at=STARTS, actor=wening)
    assert reservation.events.last().data == {"guest_count": 3, "over_limit": 1}
