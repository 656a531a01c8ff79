"""The list beside a ticket opened by its address: it comes after the ticket, and nothing that happens meanwhile is lost."""

import pytest
from django.utils import timezone

from tests.browser.test_crossing_answers import Held
from tests.browser.test_live_page import CONNECTED, people  # noqa: F401
from tests.browser.test_report_page import findings, overflow
from tickets import sorting

pytestmark = pytest.mark.browser
LIST = "**/tiket/?*"


def go(page, live, ticket, query: str = "") -> None:
    """To the ticket, not waiting for its list."""
    page.main_frame.goto(f"{live.url}/tiket/{ticket.number}/{query}")
    page.wait_for_selector("#judul-tiket")


def test_the_ticket_is_there_before_its_list_which_comes_as_it_was_asked_for(live, people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    answers = Held(page, LIST)
    go(page, live, ticket, "?tampilan=belum-ditugaskan&urut=terlama")
    answers.wait()
    page.wait_for_selector("#antrean .dr-soon:visible")
    assert page.text_content("#judul-daftar") == "Belum ditugaskan"
    assert findings(page) == []
    assert overflow(page) == 0
    answers.let_go()
    page.wait_for_selector(f"#tiket-{ticket.pk} a[aria-current=true]")
    page.wait_for_selector("#isi-tampilan a[href*='belum-ditugaskan'][aria-current=page] .dr-count:text-is('3')")
    assert page.get_attribute("#urutan a[aria-current=true]", "href").endswith("urut=terlama")
    assert page.is_hidden("#antrean .dr-soon")


def test_what_happens_while_the_list_is_on_its_way_shows_on_its_rows(live, people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    answers = Held(page, LIST)
    go(page, live, ticket)
    answers.wait()
    page.wait_for_function(CONNECTED)
    with page.expect_response("**/kini/**"):  # the page has heard of it
        sorting.set_priority(ticket=ticket, priority=40, at=timezone.now(), actor=people.agents["bima"])
    answers.let_go()
    page.wait_for_selector(f"#tiket-{ticket.pk} :text('Mendesak')")


def test_a_list_that_did_not_come_says_so_and_is_asked_for_again(live, people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    page.route(LIST, lambda route: route.abort())
    go(page, live, ticket)
    page.wait_for_selector("#daftar :text('Daftar belum dapat dimuat')")
    assert findings(page) == []
    assert page.is_hidden("#terputus"), "nothing was to be saved"
    page.unroute_all()
    page.click("#daftar button:has-text('Coba lagi')")
    page.wait_for_selector(f"#tiket-{ticket.pk} a[aria-current=true]")
    assert page.evaluate("() => document.activeElement.closest('#antrean') !== null")


def test_a_list_refused_for_an_ended_session_comes_once_somebody_signs_in_again(live, people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    page.route(LIST, lambda route: route.fulfill(status=401))
    go(page, live, ticket)
    page.wait_for_selector("#sesi-berakhir:visible")
    page.unroute_all()
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    page.wait_for_selector(f"#tiket-{ticket.pk} a[aria-current=true]")
    assert page.is_hidden("#sesi-berakhir")
