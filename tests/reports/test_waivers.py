"""Rules of the circular that were waived stand in the month's notes: which, by whom, why."""

import pytest

from consultations.booking import check_reservation, request_reservation
from consultations.models import Mode
from consultations.verbs import confirm, hold
from kernel.months import Month
from reports.report import build
from reports.tasks import fill_dirty_months
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, room, wish

pytestmark = pytest.mark.django_db
AUGUST = Month(2024, 8)


def held(waivers=None, **changes):
    row = request_reservation(wish=wish(**changes), at=ASKED, actor=make.staff("wening"))
    row = check_reservation(reservation=row, waivers=waivers, at=ASKED, actor=make.staff("sekar"))
    where = room() if row.mode == Mode.FACE_TO_FACE else None
    row = confirm(reservation=row, room=where, at=ASKED, actor=make.staff("sekar"))
    return hold(reservation=row, guest_count=2, at=row.starts_at + make.HOUR, actor=make.staff("wening"))


def notes():
    fill_dirty_months()
    return {note["code"]: note for note in build(AUGUST)["quality_notes"]}


def test_who_waived_what_and_why():
    late = {"letter": None, "guests": [(f"Tamu {n}", "Staf") for n in range(7)]}
    held({"letter": "Surat menyusul, 100% pasti.", "guests": "Rombongan DPRD"}, **late)
    held({"letter": "Undangan DJPK"}, mode=Mode.VIDEO, starts_at=STARTS + make.DAY, letter=None)
    held(starts_at=STARTS + 2 * make.DAY)
    sekar = make.staff("sekar")
    note = notes()["consultations.waived"]
    assert (note["severity"], note["count"]) == ("info", 2)
    assert note["text"] == (
        "Ketentuan dikecualikan pada 2 konsultasi. "
        f"Kab. Gowa, 20 Agustus 2024: jumlah tamu oleh {sekar} (Rombongan DPRD) dan "
        f"surat permohonan oleh {sekar} (Surat menyusul, 100% pasti); "
        f"Kab. Gowa, 21 Agustus 2024: surat permohonan oleh {sekar} (Undangan DJPK)"
    )
    assert note["url"]


def test_only_what_was_held_counts_and_nothing_waived_is_no_note():
    held()
    row = request_reservation(wish=wish(letter=None, starts_at=STARTS + make.DAY), at=ASKED, actor=make.staff("wening"))
    check_reservation(reservation=row, waivers={"letter": "Menyusul"}, at=ASKED, actor=make.staff("sekar"))
    assert "consultations.waived" not in notes()


def test_the_notes_cost_no_query_where_nothing_was_waived(django_assert_num_queries):
    from reports.report.registers import Registers

    held()
    with django_assert_num_queries(1):
        assert [visit.waived for visit in Registers(AUGUST).visits] == [[]]
