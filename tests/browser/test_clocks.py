"""Clocks and notices in a real browser: chips count down in working time only, the bell and its page are usable."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from tests import factories as make
from tests.browser.test_crossing_answers import EVERYTHING
from tests.browser.test_report_page import PHONE, choose_theme, findings, overflow
from tickets import sorting

pytestmark = pytest.mark.browser


class Time:
    """What time it is for server and page alike."""

    def __init__(self, page):
        self.page, self.now = page, make.wib("2024-08-15 11:00")

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, minutes: int) -> None:
        self.now += minutes * make.MINUTE
        self.page.clock.run_for(minutes * 60_000)


@pytest.fixture
def time(live, page, monkeypatch):
    """Laras, at eleven on a Thursday, with something to read."""
    time = Time(page)
    monkeypatch.setattr("django.utils.timezone.now", time)
    laras = make.staff("laras")
    laras.set_password("kata-sandi-uji")
    laras.save()
    page.clock.install(time=time.now)
    page.goto(f"{live.url}/masuk/")
    page.fill("#id_username", "laras")
    page.fill("#id_password", "kata-sandi-uji")
    page.press("#id_password", "Enter")
    page.wait_for_url("**/tiket/")
    return time


def chip(page) -> tuple[str, str]:
    shown = page.locator("#daftar .dr-sla").first
    return shown.get_attribute("data-state"), shown.evaluate("chip => chip.firstChild.data")


@contextmanager
def counting_alone(page) -> Iterator[None]:
    """The page asks nothing: the server's clock jumps in these tests, and a row fetched in between would mix the two."""

    def answered(route) -> None:
        route.abort() if route.request.resource_type in {"xhr", "fetch"} else route.continue_()

    page.route("**/*", answered)
    yield
    page.unroute("**/*", answered)


def test_a_chip_counts_down_to_its_deadline_and_beyond(time, page):
    make.ticket(channel=make.channel("WHATSAPP"), at=make.wib("2024-08-15 10:55"))
    page.reload()
    with counting_alone(page):
        assert chip(page) == ("ok", "5 m")
        time.pass_(3)
        assert chip(page) == ("soon", "2 m")
    time.pass_(4)
    page.wait_for_selector(".dr-group[data-tone=danger]")
    assert chip(page) == ("late", "Lewat 2 m")


def test_a_row_renewed_alone_past_its_deadline_still_has_the_list_read_for_its_heading(time, page):
    make.ticket(channel=make.channel("WHATSAPP"), at=make.wib("2024-08-15 10:55"))
    page.reload()
    time.now += 7 * make.MINUTE  # at the server; the page learns of it from the row
    page.evaluate(EVERYTHING)
    page.wait_for_selector("#daftar .dr-sla[data-state=late]")
    page.clock.run_for(7 * 60_000)
    page.wait_for_selector(".dr-group[data-tone=danger]")


def test_no_time_passes_while_the_office_is_closed(time, page):
    make.ticket(at=make.wib("2024-08-15 11:00"))
    page.reload()
    with counting_alone(page):
        assert chip(page) == ("ok", "8 j")
        time.pass_(7 * 60)  # at six in the evening five working hours are gone
        assert chip(page) == ("ok", "3 j")
        time.pass_(13 * 60)
        assert chip(page) == ("ok", "3 j")
        time.pass_(150)
        assert chip(page) == ("soon", "1 j 30 m")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_notices_are_read_by_all(time, page, live, theme):
    choose_theme(page, theme)
    page.goto(f"{live.url}/pemberitahuan/")
    assert findings(page) == []
    ticket = make.ticket(subject="Penyaluran DAU tahap pertama untuk Kabupaten Gowa dan sekitarnya")
    sorting.assign(ticket=ticket, to=make.staff("laras"), at=time.now, actor=make.staff("sekar"))
    page.evaluate("dispatchEvent(new CustomEvent('dering:news'))")
    page.wait_for_selector("#lonceng sup")
    assert page.get_attribute("#lonceng", "aria-current") == "page"
    assert "Sekar Anjani menugaskan tiket ini" in page.inner_text(".dr-toast")
    page.reload()
    assert findings(page) == []
    for width in (320, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert (width, overflow(page)) == (width, 0)
    page.set_viewport_size(PHONE)
    assert findings(page) == []
    page.click(".dr-told a")
    page.wait_for_selector("#judul-tiket")
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.locator("#lonceng sup").count() == 0


def test_the_bell_is_renewed_on_pages_without_a_socket(time, page, live):
    page.set_viewport_size(PHONE)
    page.goto(f"{live.url}/akun/")
    sorting.assign(ticket=make.ticket(), to=make.staff("laras"), at=time.now, actor=make.staff("sekar"))
    page.clock.fast_forward(4000)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_selector(".dr-rail [data-news-count] :text-is('1')")
    assert "menugaskan tiket ini" in page.inner_text(".dr-toast")
    sorting.assign(ticket=make.ticket(), to=make.staff("laras"), at=time.now, actor=make.staff("sekar"))
    page.clock.fast_forward(90_000)
    page.wait_for_selector(".dr-rail [data-news-count] :text-is('2')")
