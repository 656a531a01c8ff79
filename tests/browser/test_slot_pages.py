"""A supervisor's day at the page of slots in a real browser: a pattern, one that overlaps, an exception, an end."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from consultations.models import SlotException, SlotPattern
from kernel.months import JAKARTA
from tests import factories as make
from tests.browser.test_report_page import findings, overflow

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize(
    ("size", "theme"), [((1440, 900), "light"), ((390, 844), "dark")], ids=["desk", "phone"]
)


def tuesday() -> date:
    """A Tuesday two weeks ahead."""
    today = timezone.now().astimezone(JAKARTA).date()
    return today + timedelta(days=15 - today.weekday())


@pytest.fixture
def keeper(live, page):
    """Sekar, who says when consultations are offered, at the page of slots."""
    user = make.staff("sekar")
    user.set_password("kata-sandi-uji")
    user.save()
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=username]", "sekar")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/tiket/**")
    return page


def opened(page, live, size, theme):
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{live.url}/konsultasi/slot/")
    page.wait_for_function("() => window.htmx")
    return page


def is_sound(page):
    assert findings(page) == []
    assert overflow(page) <= 0


@SIZES
def test_a_pattern_that_overlaps_is_refused_and_then_set_right(live, keeper, size, theme):
    page = opened(keeper, live, size, theme)
    is_sound(page)
    if size[0] > 1000:
        page.keyboard.press("n")
    else:
        page.click("[data-key=n]")
    page.wait_for_function("() => document.activeElement.id === 'pola-cara'")
    page.select_option("#pola-ruang", "R1")
    for day in ("Rabu", "Kamis", "Jumat"):
        page.uncheck(f".dr-slot-days >> text={day}")
    page.fill("#pola-mulai", "11.00")
    page.fill("#pola-selesai", "12.30")
    page.fill("#pola-lama", "45")
    page.keyboard.press("Control+Enter")
    said = page.wait_for_selector("[role=alert] >> text=Ruang Konsultasi 1 sudah ditawarkan")
    assert "09.00 s.d. 12.00" in said.inner_text()
    page.wait_for_function("() => document.activeElement.matches('[role=alert]')")
    kept = [page.input_value(f"#pola-{name}") for name in ("ruang", "mulai", "selesai", "lama")]
    assert kept == ["R1", "11.00", "12.30", "45"]
    assert page.locator("[name=hari]:checked").count() == 2
    is_sound(page)
    page.fill("#pola-mulai", "15.00")
    page.fill("#pola-selesai", "16.30")
    page.click("text=Simpan pola")
    page.wait_for_selector(".dr-slot-table tr:has-text('15.00 s.d. 16.30') >> text=45 menit")
    page.wait_for_selector("text=Pola Ruang Konsultasi 1, Senin, Selasa 15.00 s.d. 16.30 ditambahkan.")
    is_sound(page)
    assert SlotPattern.objects.get(slot_minutes=45).weekdays == [0, 1]


@SIZES
def test_a_closed_day_is_entered_and_taken_back(live, keeper, size, theme):
    page = opened(keeper, live, size, theme)
    if size[0] > 1000:
        page.keyboard.press("x")
    else:
        page.click("[data-key=x]")
    page.wait_for_function("() => document.activeElement.id === 'beda-jenis'")
    page.fill("#beda-dari", tuesday().isoformat())
    page.click("text=Simpan pengecualian")
    page.wait_for_selector("#beda-alasan_error")
    assert page.input_value("#beda-dari") == tuesday().isoformat()
    is_sound(page)
    page.fill("#beda-alasan", "Rapat kerja")
    page.press("#beda-alasan", "Control+Enter")
    row = page.wait_for_selector(".dr-slot-table tr:has-text('Rapat kerja')")
    assert "Tutup" in row.inner_text()
    is_sound(page)
    page.click("tr:has-text('Rapat kerja') >> text=Hapus")
    page.wait_for_selector("text=semua pola ditawarkan seperti biasa")
    assert not SlotException.objects.exists()


@SIZES
def test_a_pattern_ends_on_a_day(live, keeper, size, theme):
    page = opened(keeper, live, size, theme)
    row = SlotPattern.objects.get(room__code="R2", opens=540)
    page.click(f"details:has(#akhir-{row.pk}) summary")
    page.fill(f"#akhir-{row.pk}", "2020-01-01")
    page.press(f"#akhir-{row.pk}", "Enter")
    page.wait_for_selector(f"#akhir-{row.pk}_error >> text=Tanggal berakhir tidak boleh di masa lalu.")
    page.wait_for_function(f"() => document.activeElement.id === 'akhir-{row.pk}'")
    is_sound(page)
    page.fill(f"#akhir-{row.pk}", tuesday().isoformat())
    page.press(f"#akhir-{row.pk}", "Enter")
    page.wait_for_selector(".dr-slot-table >> text=tidak lagi sejak")
    row.refresh_from_db()
    assert row.valid_to == tuesday()
