"""The page of slots: patterns and exceptions by its forms, refusals with everything that was typed."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations.booking import request_reservation
from consultations.models import Room, SlotException, SlotPattern
from consultations.offering import offers
from tests import factories as make
from tests.consultations.cast import ASKED, wish

PAGE = reverse("consultation-slots")
PATTERN = {
    "cara": "FACE_TO_FACE", "unit": "PK.2", "ruang": "", "narasumber": "damar", "hari": ["1", "3"], "mulai": "08.00",
    "selesai": "10.00", "lama": "45", "jeda": "15", "kapasitas": "1", "jarak": "5", "batas": "15.00",
    "berlaku": "2024-08-19",
}  # fmt: skip
DAY = {"jenis": "tutup", "dari": "2024-08-20", "sampai": "", "pola": "", "unit": "", "ruang": "", "narasumber": "",
       "mulai": "", "selesai": "", "alasan": "Rapat kerja"}  # fmt: skip


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: ASKED)


@pytest.fixture
def sekar(client, db):
    make.staff("damar")
    client.force_login(make.staff("sekar"))
    return client


def morning(room="R1"):
    return SlotPattern.objects.get(room__code=room, opens=540)


def except_(client, **changes):
    return client.post(reverse("slot-exception-new"), {**DAY, **changes})


def test_what_is_offered_stands_by_room(sekar):
    page = sekar.get(PAGE).content.decode()
    for text in ("Ruang Konsultasi 1", "Senin s.d. Jumat", "09.00 s.d. 12.00", "2 sekaligus", "Menurut aturan"):
        assert text in page
    assert "semua pola ditawarkan seperti biasa" in page


def test_without_any_pattern_the_page_says_what_to_do(sekar):
    SlotPattern.objects.all().delete()
    assert "Belum ada slot yang ditawarkan." in sekar.get(PAGE).content.decode()


def test_a_pattern_is_added_with_everything_that_was_chosen(sekar):
    assert sekar.post(PAGE, PATTERN).url == PAGE
    row = SlotPattern.objects.latest("pk")
    assert (row.unit_code, row.room, row.expert.username, row.weekdays) == ("PK.2", None, "damar", [1, 3])
    assert (row.opens, row.closes, row.slot_minutes, row.buffer_minutes) == (480, 600, 45, 15)
    assert (row.capacity, row.lead_working_days, row.cutoff, row.valid_from) == (1, 5, 900, date(2024, 8, 19))
    page = sekar.get(PAGE).content.decode()
    for text in ("Selasa, Kamis", "45 menit, jeda 15 menit", "5 hari kerja sebelumnya", "sebelum pukul 15.00"):
        assert text in page


def test_a_room_offered_already_is_refused_and_everything_stays(sekar):
    given = {**PATTERN, "ruang": "R1", "mulai": "11.30", "selesai": "13.15", "hari": ["1"]}
    page = sekar.post(PAGE, given)
    text = page.content.decode()
    assert "Ruang Konsultasi 1 sudah ditawarkan Senin s.d. Jumat 09.00 s.d. 12.00." in text
    for value in ('value="11.30"', 'value="13.15"', 'value="45"', '<option value="R1" selected>', "2024-08-19"):
        assert value in text
    assert page.context["pattern_form"]["hari"].value() == ["1"]
    assert not SlotPattern.objects.filter(unit_code="PK.2").exists()
    sekar.post(PAGE, {**given, "mulai": "12.00", "selesai": "13.00"})
    assert SlotPattern.objects.latest("pk").room == Room.objects.get(code="R1")


def test_an_expert_offered_already_is_refused(sekar):
    sekar.post(PAGE, PATTERN)
    text = sekar.post(PAGE, {**PATTERN, "cara": "VIDEO", "mulai": "09.30", "selesai": "11.00"}).content.decode()
    assert "sudah ditawarkan Selasa, Kamis 08.00 s.d. 10.00." in text
    sekar.post(PAGE, {**PATTERN, "hari": ["0"], "mulai": "09.30", "selesai": "11.00"})
    assert SlotPattern.objects.filter(expert__username="damar").count() == 2


def test_what_is_missing_is_said_at_its_field(sekar):
    page = sekar.post(PAGE, {**PATTERN, "hari": [], "mulai": "9", "berlaku": ""})
    assert set(page.context["pattern_form"].errors) == {"hari", "mulai", "berlaku"}


def test_a_pattern_ends_and_may_begin_anew(sekar):
    row = morning()
    gone = sekar.post(reverse("consultation-slot-end", args=[row.pk]), {"sampai": "2024-08-11"})
    assert "Tanggal berakhir tidak boleh di masa lalu." in gone.content.decode()
    assert 'value="2024-08-11"' in gone.content.decode()
    assert "Isi tanggal" in sekar.post(reverse("consultation-slot-end", args=[row.pk])).content.decode()
    sekar.post(reverse("consultation-slot-end", args=[row.pk]), {"sampai": "2024-08-20"})
    row.refresh_from_db()
    assert row.valid_to == date(2024, 8, 20)
    assert "tidak lagi sejak 20 Agt 2024" in sekar.get(PAGE).content.decode()
    sekar.post(PAGE, {**PATTERN, "ruang": "R1", "narasumber": "", "mulai": "09.00", "berlaku": "2024-08-20"})
    assert SlotPattern.objects.filter(room__code="R1", valid_from=date(2024, 8, 20)).exists()


def test_a_closed_day_names_what_is_to_be_moved(sekar):
    booked = request_reservation(wish=wish(slot=morning()), at=ASKED)
    except_(sekar)
    page = sekar.get(PAGE).content.decode()
    assert "Semua slot" in page
    assert reverse("reservation", args=[booked.number]) in page
    tuesday = date(2024, 8, 20)
    assert offers(tuesday, tuesday, mode="FACE_TO_FACE") == []
    row = SlotException.objects.get()
    sekar.post(reverse("slot-exception-remove", args=[row.pk]))
    assert len(offers(tuesday, tuesday, mode="FACE_TO_FACE")) == 10


def test_part_of_a_day_and_an_extra_day(sekar):
    except_(sekar, ruang="R1", mulai="10.00", selesai="12.00")
    except_(sekar, jenis="tambahan", pola=str(morning("R2").pk), dari="2024-08-24", mulai="09.00", selesai="11.00")
    tuesday, saturday = date(2024, 8, 20), date(2024, 8, 24)
    found = [
        f"{one.slot.starts_at:%H}" for one in offers(tuesday, tuesday, mode="FACE_TO_FACE") if one.room.code == "R1"
    ]
    assert found == ["09", "13", "14"]
    assert [one.room.code for one in offers(saturday, saturday, mode="FACE_TO_FACE")] == ["R2", "R2"]
    assert "Jam khusus" in sekar.get(PAGE).content.decode()


def test_extra_hours_of_a_room_that_another_pattern_offers_then(sekar):
    given = {"jenis": "tambahan", "pola": str(morning().pk), "mulai": "09.00", "selesai": "14.00"}
    text = except_(sekar, **given).content.decode()
    assert "Ruang Konsultasi 1 sudah ditawarkan 20 Agustus 2024 13.00 s.d. 15.00." in text
    for value in ('value="14.00"', 'value="Rapat kerja"', f'<option value="{morning().pk}" selected>'):
        assert value in text
    except_(sekar, **given, dari="2024-08-24")  # a Saturday, on which nothing else is offered
    afternoon = SlotPattern.objects.get(room__code="R1", opens=780)
    text = except_(sekar, **{**given, "pola": str(afternoon.pk), "dari": "2024-08-24"}).content.decode()
    assert "sudah ditawarkan 24 Agustus 2024 09.00 s.d. 14.00." in text
    # and a new pattern that would meet the extra day
    weekend = {**PATTERN, "ruang": "R1", "narasumber": "", "hari": ["1"], "mulai": "15.00", "selesai": "16.00"}
    except_(sekar, **{**given, "pola": str(afternoon.pk), "mulai": "14.00", "selesai": "16.00"})
    assert "sudah ditawarkan 20 Agustus 2024 14.00 s.d. 16.00." in sekar.post(PAGE, weekend).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"jenis": "tambahan", "mulai": "09.00", "selesai": "11.00"}, "pola"),
        ({"mulai": "09.00"}, "selesai"),
        ({"alasan": ""}, "alasan"),
        ({"dari": "kemarin"}, "dari"),
    ],
)
def test_exceptions_that_say_too_little(sekar, changes, field):
    page = except_(sekar, **changes)
    assert field in page.context["exception_form"].errors
    assert not SlotException.objects.exists()


def test_closing_part_of_a_day_of_a_pattern_asks_for_the_room(sekar):
    text = except_(sekar, pola=str(morning().pk), mulai="09.00", selesai="10.00").content.decode()
    assert "Untuk menutup sebagian hari" in text


def test_the_page_is_linked_for_those_who_keep_slots(client, db):
    for name, there in (("sekar", True), ("wening", False)):
        client.force_login(make.staff(name))
        for page in ("consultations", "front-desk", "reservation-new"):
            assert (PAGE in client.get(reverse(page)).content.decode()) is there
    assert client.get(PAGE).status_code == 403
