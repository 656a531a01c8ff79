"""A front desk's day in a real browser, at a desk and on a phone; and the calendar, moved by mouse and by keyboard."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from consultations.booking import Wish, check_reservation, request_reservation
from consultations.models import Mode, Reservation, Room, Visit
from consultations.verbs import confirm
from kernel.months import JAKARTA
from tests import factories as make
from tests.browser.test_report_page import findings, overflow
from tests.consultations.cast import letter

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def shot(page, name):
    """A picture to look at, where DERING_SHOTS names a folder."""
    if folder := os.environ.get("DERING_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def coming(starts_at, room="R1", organization="BPKAD Kab. Gowa", guests=("Arung Mappatunru", "Indah Sasmita"), **more):
    """A confirmed visit."""
    wening, asked = make.staff("wening"), starts_at - timedelta(days=14)
    given = {"region": make.region("73.06"), "user_group": "PEMDA", **more}
    wish = Wish(
        mode=Mode.FACE_TO_FACE, organization=organization, topics=[make.topic("DAU")], letter=letter(),
        guests=[(name, "Staf") for name in guests], starts_at=starts_at, reason_face_to_face="Dokumen asli", **given,
    )  # fmt: skip
    row = request_reservation(wish=wish, at=asked, actor=wening)
    waivers = {"slot": "Hari uji", "lead_time": "Hari uji"}
    row = check_reservation(reservation=row, waivers=waivers, at=asked, actor=wening)
    return confirm(reservation=row, room=Room.objects.get(code=room), at=asked, actor=wening)


@pytest.fixture
def desk(live, page):
    """Wening at the front desk."""
    user = make.staff("wening")
    user.set_password("kata-sandi-uji")
    user.save()
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=login], [name=username]", "wening")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/konsultasi/meja-depan/")
    return page


def just_begun():
    """A few minutes ago, today; an hour that ends today, however late it is."""
    local = timezone.now().astimezone(JAKARTA).replace(second=0, microsecond=0)
    begun = max(local - timedelta(minutes=5), local.replace(hour=0, minute=0))
    return min(begun, local.replace(hour=23, minute=0))


def at_desk(page, live):
    page.goto(f"{live.url}/konsultasi/meja-depan/")
    page.wait_for_function("() => document.activeElement.id === 'cari-tamu' && window.htmx")


def test_a_day_at_the_desk_by_keyboard_alone(live, desk):
    row = coming(just_begun())
    coming(just_begun(), "R2", "KPP Pratama", ("Sari",), region=None, user_group="KL")
    at_desk(desk, live)
    desk.keyboard.type("indah")
    desk.wait_for_function("() => document.querySelectorAll('.dr-desk-row').length === 1")
    desk.keyboard.press("Enter")
    desk.wait_for_function("() => document.activeElement.matches('[data-check-in]')")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".dr-desk-row[data-status=CHECKED_IN] >> text=2 tamu hadir")
    shot(desk, "meja-hadir")
    desk.click(".dr-desk-row[data-status=CHECKED_IN] >> text=Terlaksana")
    desk.wait_for_selector(".dr-desk-row[data-status=HELD]")
    assert Visit.objects.get().guest_count == 2
    assert Reservation.objects.get(pk=row.pk).status == "HELD"


def test_guests_without_a_reservation(live, desk):
    at_desk(desk, live)
    desk.keyboard.press("Tab")
    desk.keyboard.press("n")
    desk.wait_for_url("**/meja-depan/tamu/")
    desk.fill("#tamu-wilayah", "Kab. Gowa")
    desk.select_option("#tamu-topik", ["DBH"])
    for place in range(1, 4):
        desk.fill(f"#tamu-{place}", f"Tamu {place}")
    desk.click("[data-add-row]")
    desk.wait_for_function("() => document.activeElement.id === 'tamu-4'")
    desk.keyboard.type("Tamu 4")
    desk.fill("#tamu-alasan", "Datang dari luar kota")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector(".dr-desk-row[data-status=CHECKED_IN] >> text=4 tamu hadir")


def test_enter_waits_for_the_answer_to_what_was_typed(live, desk):
    """Enter comes before the answer: neither does it take the first of the list that still stands there, nor does the
    answer take the focus away."""
    other = coming(just_begun(), "R2", "KPP Pratama", ("Sari",), region=None, user_group="KL")
    row = coming(just_begun())
    at_desk(desk, live)
    held = []
    desk.route("**/meja-depan/?cari=*", lambda route: held.append(route))
    desk.keyboard.type("indah")
    desk.keyboard.press("Enter")
    while not held:
        desk.wait_for_timeout(20)
    desk.keyboard.press("Enter")
    assert desk.evaluate("() => document.activeElement.id") == "cari-tamu"
    held.pop().continue_()
    desk.wait_for_function("() => document.activeElement.matches('[data-check-in]')")
    desk.unroute("**/meja-depan/?cari=*")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".dr-desk-row[data-status=CHECKED_IN] >> text=2 tamu hadir")
    assert Reservation.objects.get(pk=row.pk).status == "CHECKED_IN"
    assert Reservation.objects.get(pk=other.pk).status == "CONFIRMED"


def test_a_second_press_takes_nobody_in_twice(live, desk):
    desk.goto(f"{live.url}/konsultasi/meja-depan/tamu/")
    desk.wait_for_function("() => window.htmx")
    desk.fill("#tamu-wilayah", "Kab. Gowa")
    desk.select_option("#tamu-topik", ["DBH"])
    desk.fill("#tamu-1", "Tamu 1")
    desk.fill("#tamu-alasan", "Datang dari luar kota")
    desk.evaluate(
        """() => {
            const button = document.querySelector('.dr-walk-in [type=submit]');
            for (const wait of [0, 30]) setTimeout(() => button.click(), wait); // sooner than any server answers
        }"""
    )
    desk.wait_for_selector(".dr-desk-row[data-status=CHECKED_IN] >> text=1 tamu hadir")
    assert Reservation.objects.count() == 1


def test_the_desk_on_a_phone(live, desk):
    coming(just_begun(), guests=[f"Tamu {n}" for n in range(5)])
    desk.set_viewport_size(PHONE)
    at_desk(desk, live)
    assert overflow(desk) <= 0
    desk.uncheck(".dr-guest >> nth=4 >> input")
    desk.click("[data-check-in]")
    desk.wait_for_selector("text=4 tamu hadir")
    shot(desk, "meja-ponsel")


def monday():
    """09.00 of a Monday two weeks ahead."""
    local = timezone.now().astimezone(JAKARTA).replace(hour=9, minute=0, second=0, microsecond=0)
    return local + timedelta(days=14 - local.weekday())


def open_week(page, live):
    page.goto(f"{live.url}/konsultasi/?tanggal={monday():%Y-%m-%d}")
    return page.wait_for_selector("[data-calendar] .dr-ev")


def test_a_block_is_dragged_and_the_rules_are_checked_first(live, desk):
    row = coming(monday())
    block = open_week(desk, live)
    box = block.bounding_box()
    column = desk.locator(".dr-dayc >> nth=2").bounding_box()
    desk.mouse.move(box["x"] + 20, box["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(column["x"] + 40, box["y"] + box["height"] + 10, steps=5)
    desk.mouse.up()
    desk.wait_for_selector("#h-pindah")
    assert "Rabu" in desk.inner_text("#h-pindah")
    assert "10.00 WIB" in desk.inner_text("#h-pindah")
    assert Reservation.objects.get(pk=row.pk).status == "CONFIRMED"  # nothing has moved yet
    shot(desk, "pindah")
    for field in desk.locator(".dr-moving [name^=alasan_]").all():
        field.fill("Hari uji")
    desk.click(".dr-moving button[type=submit]")
    desk.wait_for_selector("#h-rinci")
    desk.wait_for_url("**/konsultasi/RSV-*/")
    new = Reservation.objects.get(rescheduled_from=row)
    assert new.starts_at == monday() + timedelta(days=2, hours=1)


def test_the_same_by_keyboard(live, desk):
    row = coming(monday())
    desk.goto(f"{live.url}/konsultasi/{row.number}/")
    desk.click(".dr-more summary")
    desk.keyboard.press("u")
    desk.wait_for_function("() => document.activeElement.id === 'pindah'")
    desk.fill("#pindah", f"{monday():%Y-%m-%d}T11:00")
    desk.keyboard.press("Enter")
    desk.wait_for_function("() => document.activeElement.id === 'h-pindah'")
    assert "11.00 WIB" in desk.inner_text("#h-pindah")


def test_the_keys_lead_here(live, desk):
    desk.goto(f"{live.url}/akun/")
    desk.wait_for_function("() => window.htmx")
    desk.keyboard.press("g")
    desk.keyboard.press("k")
    desk.wait_for_url("**/konsultasi/")
    desk.keyboard.press("b")
    desk.wait_for_url("**/konsultasi/baru/")


def test_a_booking_shows_the_rules_while_it_is_filled_in(live, desk):
    desk.goto(f"{live.url}/konsultasi/baru/")
    desk.wait_for_function("() => window.htmx")
    desk.check("[name=cara][value=FACE_TO_FACE]")
    desk.wait_for_selector(".dr-slots >> text=Ruang Konsultasi 1")
    desk.fill("#reservasi-wilayah", "Kab. Gowa")
    desk.select_option("#reservasi-topik", ["DAU"])
    desk.fill("#tamu-1", "Arung Mappatunru")
    desk.fill("#reservasi-alasan", "Membawa dokumen asli")
    desk.locator("[name=slot] >> nth=1").check()
    desk.wait_for_selector(".dr-check >> text=Jumlah tamu 1 orang")
    desk.wait_for_selector(".dr-check [data-state=fail] >> text=Surat permohonan belum ada")
    assert desk.locator(".dr-check [data-state=fail]").count() == 1
    shot(desk, "baru")
    desk.keyboard.press("Control+Enter")
    desk.wait_for_selector("#h-rinci >> text=Kab. Gowa")
    assert Reservation.objects.get().room.code == "R1"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(live, desk, size, theme):
    row = coming(monday(), guests=[f"Tamu {n}" for n in range(5)])
    coming(just_begun(), "R2")
    desk.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    desk.set_viewport_size({"width": size[0], "height": size[1]})
    day = f"tanggal={monday():%Y-%m-%d}"
    for path in (
        "meja-depan/", "meja-depan/tamu/", "baru/", f"?{day}", f"?{day}&tampil=hari", f"?{day}&tampil=bulan",
        f"?{day}&tampil=daftar", f"{row.number}/?pindah={monday():%Y-%m-%d}T16:00", f"{row.number}/tanda-tamu/",
    ):  # fmt: skip
        desk.goto(f"{live.url}/konsultasi/{path}")
        shot(desk, f"{size[0]}-{theme}-{path.replace('/', '_')[:30]}")
        assert findings(desk) == [], path
        assert overflow(desk) <= 0, path
