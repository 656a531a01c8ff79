"""A slow network, and one that fails: the page says what it waits for, and what did not come."""

import pytest

from tests.browser.test_crossing_answers import Held
from tests.browser.test_live_page import people  # noqa: F401
from tests.browser.test_report_page import findings

pytestmark = pytest.mark.browser


def test_a_ticket_on_its_way_is_announced_until_it_is_there(people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    answers = Held(page, f"**/tiket/{ticket.number}/?*")
    page.click(f"#tiket-{ticket.pk} a[data-open]")
    answers.wait()
    page.wait_for_selector("#memuat:visible")
    assert page.text_content("#memuat") == "Memuat tiket…"
    assert findings(page) == []
    answers.let_go()
    page.wait_for_selector(f"#percakapan[data-ticket='{ticket.number}']")
    page.wait_for_selector("#memuat", state="hidden")


def test_a_ticket_that_did_not_come_is_told_with_a_way_to_it(people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    page.route(f"**/tiket/{ticket.number}/?*", lambda route: route.abort())
    page.click(f"#tiket-{ticket.pk} a[data-open]")
    page.wait_for_selector("#kabar :text('Tiket belum dapat dibuka. Periksa jaringan, lalu coba lagi.')")
    assert page.is_hidden("#memuat")
    assert f"/tiket/{ticket.number}/" in page.get_attribute("#kabar a", "href")


@pytest.mark.parametrize("open_too", [False, True], ids=["list alone", "ticket open"])
def test_a_move_on_many_tickets_that_did_not_arrive_is_told(people, open_too):  # noqa: F811
    page, ticket = people.laras, people.ticket
    if open_too:
        page.click(f"#tiket-{ticket.pk} a[data-open]")
        page.wait_for_selector(f"#percakapan[data-ticket='{ticket.number}']")
    page.route("**/tiket/massal/**", lambda route: route.abort())
    page.check(f"#tiket-{ticket.pk} .dr-check", force=True)
    page.click("[popovertarget=massal-agen]")
    page.click("#massal-agen [value=ambil]")
    page.wait_for_selector("#kabar :text('Belum dilakukan. Periksa jaringan, lalu coba lagi.')")
    assert page.is_checked(f"#tiket-{ticket.pk} .dr-check"), "what was chosen stays so"
    page.unroute("**/tiket/massal/**")
    page.click("[popovertarget=massal-agen]")
    page.click("#massal-agen [value=ambil]")
    page.wait_for_selector("#kabar :text('1 diambil')")


def test_a_session_that_ended_meanwhile_is_said_where_no_ticket_is_open(people):  # noqa: F811
    page, ticket = people.laras, people.ticket
    page.context.clear_cookies(name="sessionid")
    page.click(f"#tiket-{ticket.pk} a[data-open]")
    page.wait_for_selector("#sesi-berakhir:visible")
