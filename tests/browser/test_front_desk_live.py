"""What somebody else does shows at the front desk and in the calendar by itself; nothing one is at is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.desk import check_in
from consultations.verbs import cancel
from tests import factories as make
from tests.browser.test_front_desk import at_desk, coming, desk, just_begun, monday, open_week  # noqa: F401
from tests.browser.test_live_page import CONNECTED

pytestmark = pytest.mark.browser


def arrives(row, guests=2):
    keys = list(row.guests.values_list("pk", flat=True))[:guests]
    check_in(reservation=row, present=keys, at=timezone.now(), actor=make.staff("sekar"))


def test_the_desk_sees_what_another_checks_in_and_books(live, desk):  # noqa: F811
    here = coming(just_begun())
    at_desk(desk, live)
    desk.wait_for_function(CONNECTED)
    desk.evaluate("() => { window.stayed = true }")
    arrives(here)
    desk.wait_for_selector(f"#kunjungan-{here.pk}[data-status=CHECKED_IN] >> text=2 tamu hadir")
    desk.wait_for_selector("#hitungan-meja >> text=0 akan datang, 1 di sini")
    fresh = coming(just_begun(), "R2", "KPP Pratama", ("Sari",), region=None, user_group="KL")
    desk.wait_for_selector(f"#kunjungan-{fresh.pk} >> text=KPP Pratama")
    cancel(reservation=fresh, reason="Rapat", at=just_begun() - timedelta(days=1), actor=None)
    desk.wait_for_selector(f"#kunjungan-{fresh.pk}[data-status=CANCELLED]")
    assert desk.evaluate("() => window.stayed && document.activeElement.id === 'cari-tamu'")


def test_what_is_typed_ticked_or_scrolled_to_stays(live, desk):  # noqa: F811
    rows = [coming(just_begun(), room, f"Instansi {room}", [f"Tamu {n}" for n in range(5)]) for room in ("R1", "R2")]
    desk.set_viewport_size({"width": 390, "height": 600})
    at_desk(desk, live)
    desk.wait_for_function(CONNECTED)
    box = f"#kunjungan-{rows[1].pk}"
    desk.uncheck(f"{box} .dr-guest >> nth=4 >> input")
    desk.fill(f"{box} [name=tamu]", "Tamu baru")
    desk.evaluate(
        "() => { document.getElementById('isi').scrollTop = 200; document.activeElement.setSelectionRange(2, 4) }"
    )
    scrolled = desk.evaluate("() => document.getElementById('isi').scrollTop")
    arrives(rows[1], 3)
    desk.wait_for_selector(f"{box}[data-status=CHECKED_IN] >> text=3 tamu hadir")
    assert desk.input_value(f"{box} [name=tamu]") == "Tamu baru"
    assert not desk.is_checked(f"{box} .dr-guest >> nth=4 >> input")
    assert desk.evaluate("() => [document.activeElement.name, document.activeElement.selectionStart]") == ["tamu", 2]
    assert desk.evaluate("() => document.getElementById('isi').scrollTop") == scrolled
    desk.click(f"{box} [data-check-in]")
    desk.wait_for_selector(f"{box} >> text=5 tamu hadir")  # three, those ticked, the new one: nobody is counted twice


def test_the_search_goes_on_being_what_was_searched(live, desk):  # noqa: F811
    one, other = (
        coming(just_begun()),
        coming(just_begun(), "R2", "KPP Pratama", ("Sari",), region=None, user_group="KL"),
    )
    at_desk(desk, live)
    desk.wait_for_function(CONNECTED)
    desk.keyboard.type("sari")
    desk.wait_for_function("() => document.querySelectorAll('.dr-desk-row').length === 1")
    arrives(other, 1)
    desk.wait_for_selector(f"#kunjungan-{other.pk}[data-status=CHECKED_IN]")
    assert desk.locator(f"#kunjungan-{one.pk}").count() == 0
    assert desk.input_value("#cari-tamu") == "sari"


def test_a_booking_of_another_appears_in_the_calendar(live, desk):  # noqa: F811
    first = coming(monday())
    open_week(desk, live)
    desk.wait_for_function(CONNECTED)
    desk.focus(f".dr-ev[data-number={first.number}]")
    desk.evaluate("() => { window.stayed = true }")
    second = coming(monday() + timedelta(hours=2), "R2", "Instansi Baru")
    desk.wait_for_selector(f".dr-ev[data-number={second.number}]")
    assert desk.evaluate("() => [window.stayed, document.activeElement.dataset.number]") == [True, first.number]
    assert "2" in desk.inner_text("#unit-kalender")


def test_the_open_reservation_follows_but_not_under_a_pen(live, desk):  # noqa: F811
    row = coming(monday())
    desk.goto(f"{live.url}/konsultasi/{row.number}/")
    desk.wait_for_function(CONNECTED)
    desk.fill("#catatan", "Sudah dibahas")
    cancel(reservation=row, reason="Rapat DPRD", at=timezone.now(), actor=make.staff("sekar"))
    desk.wait_for_selector("#rinci >> text=Reservasi ini berubah")
    assert desk.input_value("#catatan") == "Sudah dibahas"
    other = coming(monday() + timedelta(hours=2))
    desk.goto(f"{live.url}/konsultasi/{other.number}/")
    desk.wait_for_function(CONNECTED)
    cancel(reservation=other, reason="Rapat DPRD", at=timezone.now(), actor=make.staff("sekar"))
    desk.wait_for_selector("#rinci >> text=Dibatalkan")


def test_the_bell_rings_when_somebody_moves_up(live, desk):  # noqa: F811
    from consultations.models import SlotPattern
    from tests.consultations.test_moving_up import book

    slot = SlotPattern.objects.get(room__code="R1", opens=540)
    day = {"starts_at": monday() + timedelta(days=7), "slot": slot}
    first, second = book(**day), book(may_wait=True, **day)
    at_desk(desk, live)
    desk.wait_for_function(CONNECTED)
    cancel(reservation=first, reason="Rapat", at=timezone.now(), actor=make.staff("sekar"))
    desk.wait_for_selector("#lonceng[data-count='1']")
    desk.click("#lonceng")
    desk.click("text=Mendapat tempat dari daftar tunggu >> xpath=ancestor::li >> css=a")
    desk.wait_for_url(f"**/konsultasi/{second.number}/")
