"""The pages: booking with the rule check, the calendar, the panel's steps, the desk, feeds and ratings."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consultations import views
from consultations.afterwards import subscribe
from consultations.desk import check_in
from consultations.models import CalendarFeed, ConsultationRating, Mode, Reservation, SlotPattern, Visit
from consultations.rating import rate_consultation
from consultations.tokens import feed_token, rating_token
from consultations.verbs import cancel, hold
from kernel.months import JAKARTA
from people.models import AccessLog
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, checked, confirmed, wish
from tickets.models import Ticket

GOOD = {
    "cara": "FACE_TO_FACE", "kelompok": "PEMDA", "wilayah": "Kab. Gowa", "instansi": "BPKAD Kab. Gowa", "topik": ["DAU"],
    "nama": "Arung Mappatunru", "email": "arung@gowa.example", "telepon": "", "tamu": ["Arung Mappatunru", "", "Indah"],
    "jabatan": ["Kepala Bidang", "", "Analis"], "alasan": "Membawa dokumen asli", "sumber": "PHONE", "unit": "",
}  # fmt: skip
PDF = b"%PDF-1.4 surat"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, settings, tmp_path):
    """The pages' clock stands at the moment that is given."""
    settings.MEDIA_ROOT = tmp_path

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(ASKED)
    return at


@pytest.fixture
def wening(client, db):
    client.force_login(make.staff("wening"))
    return client


def key(pattern=None, start=STARTS):
    pattern = pattern or SlotPattern.objects.get(room__code="R1", opens=540)
    return f"{pattern.pk}@{start.astimezone(JAKARTA):%Y-%m-%dT%H:%M}"


def book(client, **changes):
    letter = SimpleUploadedFile("surat.pdf", PDF, "application/pdf")
    return client.post(reverse("reservation-new"), {**GOOD, "slot": key(), "surat": letter, **changes})


def step(client, row, name, **data):
    return client.post(reverse("reservation-step", args=[row.number, name]), data)


def test_a_booking_by_phone(wening):
    answer = book(wening)
    row = Reservation.objects.get()
    assert answer.url == reverse("reservation", args=[row.number])
    assert (row.room.code, row.starts_at, row.source, row.mode) == ("R1", STARTS, "PHONE", "FACE_TO_FACE")
    assert (row.contact.name, row.region.code, row.letter_name) == ("Arung Mappatunru", "73.06", "surat.pdf")
    assert list(row.guests.values_list("name", "position")) == [
        ("Arung Mappatunru", "Kepala Bidang"), ("Indah", "Analis"),
    ]  # fmt: skip
    page = wening.get(answer.url).content.decode()
    for text in ("Kab. Gowa", "09.00 s.d. 10.00 WIB", "10.00 s.d. 11.00 WITA", "surat.pdf", "Ketentuan terpenuhi"):
        assert text in page
    letter = wening.get(reverse("reservation-letter", args=[row.number]))
    assert b"".join(letter.streaming_content) == PDF


def test_a_refusal_keeps_every_word_and_the_letter(wening):
    page = book(wening, topik=[], slot=key())
    text = page.content.decode()
    assert "Pilih sedikitnya satu topik." in text
    assert 'value="Indah"' in text
    assert "Terlampir: surat.pdf" in text
    kept = page.context["letter_key"]
    book(wening, surat="", surat_tersimpan=kept)
    assert Reservation.objects.get().letter_name == "surat.pdf"


def test_without_a_time_nothing_is_booked(wening):
    page = book(wening, slot="").content.decode()
    assert "Pilih slot, atau isi tanggal dan jam." in page
    for odd in ("9@x", "x@2024-08-20T09:00", "9" * 30, "1@2024-08-20T09:00@"):
        assert book(wening, slot=odd).status_code == 200
    assert not Reservation.objects.exists()


def test_an_own_time_beside_the_slots(wening):
    book(wening, slot="", tanggal="2024-08-20", pukul="13.30")
    assert Reservation.objects.get().starts_at == make.wib("2024-08-20 13:30")


def test_a_letter_that_is_chosen_is_not_called_missing(wening):
    address, given = reverse("reservation-check"), {**GOOD, "slot": key()}
    assert "Surat permohonan belum ada" in wening.post(address, given).content.decode()
    page = wening.post(address, {**given, "surat_dipilih": "surat.pdf"}).content.decode()
    assert "Surat permohonan ada" in page
    assert "surat.pdf" in page


def test_the_rules_are_checked_while_typing(wening):
    six = {"tamu": [f"Tamu {n}" for n in range(6)], "jabatan": ["Staf"] * 6}
    page = wening.post(reverse("reservation-check"), {**GOOD, **six, "slot": key()}).content.decode()
    assert "Jumlah tamu 6 orang" in page
    assert "Jumlah tamu harus 1 sampai 5 orang" in page
    assert "Surat permohonan belum ada" in page
    assert page.count('data-state="fail"') == 2
    assert not Reservation.objects.exists()


def test_full_slots_are_named_and_waited_for(wening):
    book(wening)
    assert "penuh" in wening.post(reverse("reservation-check"), {**GOOD, "slot": key()}).content.decode()
    assert "baru saja dipesan" in book(wening).content.decode()
    book(wening, tunggu="on")
    assert Reservation.objects.filter(waiting_since__isnull=False).count() == 1


def test_from_a_ticket(client, db):
    client.force_login(make.staff("laras"))
    ticket = make.ticket(topic=make.topic())
    page = client.get(reverse("reservation-new"), {"tiket": ticket.number})
    assert "Kab. Gowa" in page.content.decode()
    book(client, tiket=ticket.number, nama="", email="")
    row = Reservation.objects.get()
    assert (row.ticket, row.contact, row.source) == (ticket, ticket.contact, "TICKET")
    assert client.get(reverse("reservation-new"), {"tiket": "DRG-0"}).status_code == 404


def test_checked_with_a_waiver_then_confirmed(wening):
    book(wening, surat="")
    row = Reservation.objects.get()
    page = step(wening, row, "periksa").content.decode()
    assert "Lampirkan surat permohonan resmi." in page
    step(wening, row, "periksa", alasan_letter="Surat menyusul")
    page = wening.get(reverse("reservation", args=[row.number])).content.decode()
    assert "Dikecualikan oleh Wening Lestari: Surat menyusul" in page
    make.staff("damar")
    step(wening, row, "konfirmasi", ruang="R2", narasumber="damar")
    row.refresh_from_db()
    assert (row.status, row.room.code, row.expert.username) == ("CONFIRMED", "R2", "damar")


def test_a_video_link_is_https(wening):
    row = checked(mode=Mode.VIDEO)
    page = step(wening, row, "konfirmasi", tautan="javascript:alert(1)").content.decode()
    assert "Tautan rapat harus diawali https://." in page
    step(wening, row, "konfirmasi", tautan="https://teams.example/a")
    row.refresh_from_db()
    assert row.meeting_url == "https://teams.example/a"


def test_moving_asks_first_how_the_new_time_stands(wening):
    row = confirmed()
    page = wening.get(reverse("reservation", args=[row.number]), {"pindah": "2024-08-20T16:00"}).content.decode()
    assert "Pindah ke Selasa, 20 Agustus 2024 16.00 WIB" in page
    assert "Pindahkan dengan pengecualian" in page
    page = step(wening, row, "pindah", tanggal="2024-08-20", pukul="16.00").content.decode()
    assert "Pilih jam 09.00 sampai 15.00" in page
    answer = step(wening, row, "pindah", tanggal="2024-08-21", pukul="10.00", ruang="R2")
    new = Reservation.objects.get(rescheduled_from=row)
    assert answer.url == reverse("reservation", args=[new.number])
    assert (new.status, new.room.code) == ("CONFIRMED", "R2")
    assert "Isi tanggal dan jam" in step(wening, new, "pindah", tanggal="x").content.decode()


def test_steps_that_are_not_there(wening):
    row = confirmed()
    assert step(wening, row, "terbang").status_code == 404
    assert "Tulis alasan pembatalan." in step(wening, row, "batal").content.decode()
    assert step(wening, row, "batal", alasan="Sakit").status_code == 302


def test_layer_2_conducts_its_own(client, db, frozen):
    row = check_in(reservation=confirmed(), guest_count=2, at=STARTS, actor=make.staff("wening"))
    frozen(STARTS + make.HOUR)
    client.force_login(make.staff("tirta"))  # PK.4; the topic is of PK.2
    assert client.get(reverse("reservation", args=[row.number])).status_code == 404
    client.force_login(make.staff("damar"))
    assert step(client, row, "batal", alasan="x").status_code == 403
    step(client, row, "catatan", catatan="Dibahas DAU.")
    step(client, row, "tindak-lanjut", isi="Kirim rincian.")
    step(client, row, "terlaksana")
    row.refresh_from_db()
    assert (row.status, row.minutes, Ticket.objects.count()) == ("HELD", "Dibahas DAU.", 1)


def test_what_happens_while_the_page_is_made_is_noticed_by_the_next_look(wening, monkeypatch):
    row = confirmed()
    address = reverse("reservation-now", args=[row.number])

    def version():
        return re.search(r'data-version="(\d+)"', wening.get(address).content.decode())[1]

    before, drawn = version(), views.drawer

    def cancelled_meanwhile(*args):
        cancel(reservation=row, reason="Sakit", at=ASKED, actor=None)
        return drawn(*args)

    monkeypatch.setattr(views, "drawer", cancelled_meanwhile)
    assert version() == before  # of the reservation as it was read, still confirmed
    monkeypatch.setattr(views, "drawer", drawn)
    assert version() != before


def test_notes_that_a_colleague_wrote_meanwhile_are_not_replaced_unseen(client, wening, frozen):
    row = confirmed()
    frozen(STARTS)
    address = reverse("reservation", args=[row.number])

    def opened():
        return re.search(r'name="semula" value="(\w+)"', wening.get(address).content.decode())[1]

    both = opened()
    step(wening, row, "catatan", catatan="Dibahas DAU.\r\nDan DBH.", semula=both)
    page = step(wening, row, "catatan", catatan="Dibahas DAK.", semula=both).content.decode()
    assert "baru saja diubah orang lain" in page
    for text in (">Dibahas DAK.</textarea>", "Dibahas DAU.<br>Dan DBH."):
        assert text in page
    step(wening, row, "catatan", catatan="Dibahas DAU, DBH dan DAK.", semula=opened())
    row.refresh_from_db()
    assert row.minutes == "Dibahas DAU, DBH dan DAK."


def test_notes_for_what_was_cancelled_meanwhile_are_still_there_to_copy(wening):
    row = confirmed()
    step(wening, row, "batal", alasan="Sakit")
    page = step(wening, row, "catatan", catatan="Dibahas DAK.").content.decode()
    assert ">Dibahas DAK.</textarea>" in page


@pytest.mark.parametrize("view", ["minggu", "hari", "bulan", "daftar"])
def test_the_calendar_shows_what_stands_in_it(wening, view):
    confirmed()
    checked(mode=Mode.VIDEO, region=None, organization="KPP Pratama", user_group="KL")
    page = wening.get(reverse("consultations"), {"tampil": view, "tanggal": "2024-08-20"}).content.decode()
    assert "Kab. Gowa" in page
    assert "KPP Pratama" in page


def test_the_calendar_is_narrowed(wening):
    confirmed()
    at = {"tanggal": "2024-08-20", "tampil": "daftar"}
    for wanted, there in (({"unit": "PK.2"}, True), ({"unit": "PK.6"}, False), ({"ruang": "R2"}, False)):
        assert ("Kab. Gowa" in wening.get(reverse("consultations"), at | wanted).content.decode()) is there
    assert wening.get(reverse("consultations"), {"tanggal": "kemarin", "tampil": "x"}).status_code == 200


def test_what_meets_stands_side_by_side(wening):
    confirmed()
    confirmed(room_code="R2", starts_at=STARTS + make.HOUR / 2)
    page = wening.get(reverse("consultations"), {"tanggal": "2024-08-20"}).content.decode()
    assert "--s:540;--e:600;--l:0.0000;--w:0.5000" in page
    assert "--s:570;--e:630;--l:0.5000;--w:0.5000" in page


@pytest.mark.parametrize(
    ("name", "args", "most"), [("consultations", {"tanggal": "2024-08-20"}, 23), ("front-desk", {}, 15)]
)
def test_pages_ask_a_fixed_number_of_questions(wening, frozen, django_assert_max_num_queries, name, args, most):
    frozen(STARTS)
    for hour in range(5):
        confirmed(starts_at=STARTS + hour * make.HOUR)
    with django_assert_max_num_queries(most):
        wening.get(reverse(name), args)


def test_the_desk_finds_and_checks_in(wening, frozen):
    row, other = confirmed(), confirmed(room_code="R2", organization="KPP", user_group="KL", region=None)
    frozen(STARTS - 10 * make.MINUTE)
    page = wening.get(reverse("front-desk"), {"cari": "indah gowa"}).content.decode()
    assert row.number in page
    assert other.number not in page
    part = wening.get(reverse("front-desk"), {"cari": "tidak ada"}, HTTP_HX_REQUEST="true").content.decode()
    assert "Tidak ada kunjungan hari ini untuk" in part
    assert "<html" not in part
    first = row.guests.first()
    answer = step(wening, row, "hadir", hadir=[first.pk, "x"], tamu=["Bambang"], kembali="meja")
    assert answer.url == reverse("front-desk")
    row.refresh_from_db()
    assert (row.status, row.guests.filter(arrived_at__isnull=False).count()) == ("CHECKED_IN", 2)
    badges = wening.get(reverse("reservation-badges", args=[row.number])).content.decode()
    assert "Bambang" in badges
    assert "Indah Sasmita" not in badges
    assert AccessLog.objects.filter(action="reservation.badges").count() == 1


@pytest.mark.parametrize("typed", ["Kab. Gowa", "kabupaten gowa", "gowa"])
def test_the_desk_finds_a_region_by_each_of_its_names(wening, frozen, typed):
    row = confirmed(organization="BPKAD")
    frozen(STARTS)
    assert row.number in wening.get(reverse("front-desk"), {"cari": typed}).content.decode()


def test_a_refusal_at_the_desk_is_said(wening, frozen):
    row = confirmed()
    frozen(STARTS)
    answer = wening.post(
        reverse("reservation-step", args=[row.number, "hadir"]), {"kembali": "meja", "jumlah": "0"}, follow=True
    )
    assert "Isi jumlah tamu yang hadir." in answer.content.decode()


def test_walk_ins(wening, frozen):
    frozen(STARTS)
    given = {
        "instansi": "Notaris Sari",
        "kelompok": "LAINNYA",
        "topik": ["DBH"],
        "tamu": ["Sari"],
        "jabatan": ["Notaris"],
    }
    page = wening.post(reverse("walk-in"), given).content.decode()
    assert "Tulis alasan menerima tamu tanpa reservasi." in page
    assert wening.post(reverse("walk-in"), {**given, "alasan": "Dari luar kota"}).status_code == 302
    row = Reservation.objects.get()
    assert (row.status, row.organization, row.room.code) == ("CHECKED_IN", "Notaris Sari", "R1")


def test_feeds_open_by_their_signed_address_alone(client, db, frozen):
    row = confirmed()
    damar = make.staff("damar")
    Reservation.objects.filter(pk=row.pk).update(expert=damar)
    client.force_login(damar)
    client.post(reverse("consultation-subscription"), {"unit": "PK.2"})
    client.post(reverse("consultation-subscription"), {"unit": ""})
    assert client.post(reverse("consultation-subscription"), {"unit": "PK.6"}).status_code == 404
    assert CalendarFeed.objects.count() == 2
    client.logout()
    for feed in CalendarFeed.objects.all():
        answer = client.get(reverse("consultation-feed", args=[feed_token(feed)]))
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert "SUMMARY:Konsultasi Kab. Gowa\r\n" in answer.content.decode()
    token = feed_token(CalendarFeed.objects.first())
    assert client.get(reverse("consultation-feed", args=[token[:-1] + "x"])).status_code == 404
    client.force_login(damar)
    client.post(reverse("consultation-subscription"), {"unit": "", "cabut": "1"})
    assert client.get(reverse("consultation-feed", args=[token])).status_code == 404
    assert subscribe(user=damar, at=ASKED).key.hex not in token


def test_the_visitor_rates_once(client, db, frozen):
    hold(reservation=confirmed(), guest_count=2, at=STARTS, actor=None)
    visit = Visit.objects.get()
    frozen(STARTS + make.DAY)
    address = reverse("consultation-rating", args=[rating_token(visit)])
    assert "Kab. Gowa, 20 Agustus 2024" in client.get(address).content.decode()
    assert "Nilai harus 1 sampai 5." in client.post(address, {"layanan": "5"}).content.decode()
    assert "Terima kasih" in client.post(address, {"layanan": "5", "substansi": "4"}).content.decode()
    assert "sudah dinilai" in client.post(address, {"layanan": "1", "substansi": "1"}).content.decode()
    assert ConsultationRating.objects.get().service_score == 5
    again = client.get(address).content.decode()
    assert "sudah dinilai" in again
    assert "Kirim penilaian" not in again, "nothing is offered that would be refused"
    assert client.get(reverse("consultation-rating", args=["k1:falsch"])).status_code == 404


def test_a_rating_that_is_too_late_is_told_before_anything_is_filled_in(client, db, frozen):
    hold(reservation=confirmed(), guest_count=2, at=STARTS, actor=None)
    address = reverse("consultation-rating", args=[rating_token(Visit.objects.get())])
    assert "Dapat diisi sampai 27 Agustus 2024." in client.get(address).content.decode()
    frozen(STARTS + 8 * make.DAY)
    page = client.get(address).content.decode()
    assert "Masa penilaian konsultasi ini sudah lewat." in page
    assert "Kirim penilaian" not in page


def test_supervisors_see_how_it_was_rated_and_those_who_served_do_not(client, wening, frozen):
    row = confirmed()
    visit = hold(reservation=row, guest_count=2, at=STARTS, actor=None)
    given = {"service_score": 5, "substance_score": 3, "comment": "Cepat & ramah.", "at": STARTS + make.HOUR}
    rate_consultation(consultation=visit, **given)
    address = reverse("reservation", args=[row.number])
    assert "Cepat" not in wening.get(address).content.decode()
    client.force_login(make.staff("sekar"))
    assert "Cepat &amp; ramah." in client.get(address).content.decode()


def test_where_the_office_is_closed_the_calendar_says_so(wening):
    page = wening.get(reverse("consultations"), {"tanggal": "2024-09-16"}).content.decode()
    assert "Libur" in page


def test_the_wish_of_two_zones_is_shown(wening):
    row = confirmed(region=make.region("91.03"), starts_at=STARTS + timedelta(hours=1))
    assert "12.00 s.d. 13.00 WIT" in wening.get(reverse("reservation", args=[row.number])).content.decode()
    assert wish().region.zone == "WITA"
