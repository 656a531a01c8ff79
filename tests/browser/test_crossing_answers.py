"""Answers that cross each other: what was asked for before something newer was shown or marked never takes its place."""

import pytest
from django.utils import timezone

from tests import factories as make
from tests.browser.test_inbox_page import agent, open_ticket  # noqa: F401
from tickets import sorting, verbs
from tickets.models import Ticket

pytestmark = pytest.mark.browser
ROWS, LIST = "**/tiket/baris/?*", "**/tiket/?tampilan=*"
EVERYTHING = "() => dispatchEvent(new CustomEvent('dering:hint', { detail: { changed: new Map(), everything: true } }))"
CURRENT = "#daftar li:has([aria-current=true])"


class Held:
    """Answers as the server gave them when it was asked; the page gets them when the test says so."""

    def __init__(self, page, address: str) -> None:
        self.page, self.kept, self.open = page, [], False
        page.add_init_script("window.held = 0")
        page.evaluate("() => { window.held = 0 }")
        page.route(address, self._keep)

    def _keep(self, route) -> None:
        if self.open:
            route.continue_()
            return
        self.kept.append((route, route.fetch()))
        self.page.evaluate("() => { window.held += 1 }")

    def wait(self, number: int = 1) -> None:
        self.page.wait_for_function("number => window.held >= number", arg=number)

    def let_go(self) -> None:
        self.open = True
        for route, answer in self.kept:
            route.fulfill(response=answer)


def number_of(subject: str) -> str:
    return Ticket.objects.get(subject=subject).number


def test_a_row_asked_for_before_its_ticket_was_opened_does_not_bring_unread_back(agent):  # noqa: F811
    rows = Held(agent, ROWS)
    agent.evaluate(EVERYTHING)
    rows.wait()
    open_ticket(agent, "Bandung")
    agent.wait_for_selector(f"{CURRENT}:not([data-unread])")
    with agent.expect_request(ROWS):  # the page asks again
        rows.let_go()
    assert agent.locator(f"{CURRENT}:not([data-unread])").count() == 1


def test_a_list_asked_for_before_a_ticket_was_opened_does_not_bring_unread_back(agent):  # noqa: F811
    whole = Held(agent, LIST)
    agent.evaluate("() => htmx.trigger(document.body, 'tiket-berubah')")
    whole.wait()
    open_ticket(agent, "Bandung")
    with agent.expect_response(ROWS):  # the page asks for the row again
        whole.let_go()
    agent.wait_for_selector(f"{CURRENT}:not([data-unread])")


def test_a_ticket_opens_at_its_address_though_the_list_was_read_again_meanwhile(agent):  # noqa: F811
    number = number_of("Pertanyaan melati")
    opening = Held(agent, f"**/tiket/{number}/?*")
    agent.click(".dr-ticket:has-text('Bandung') a")
    opening.wait()
    with agent.expect_response(LIST):
        agent.evaluate(
            "() => { document.querySelector('.dr-tickets').id = 'lama'; htmx.trigger(document.body, 'tiket-berubah') }"
        )
    agent.wait_for_selector("#lama", state="detached")
    opening.let_go()
    agent.wait_for_selector(f"#percakapan[data-ticket='{number}']")
    agent.wait_for_selector(f"{CURRENT}[data-ticket='{number}']:not([data-unread])")
    assert f"/tiket/{number}/" in agent.url


@pytest.mark.parametrize("last_first", [True, False])
def test_of_two_tickets_opened_in_a_row_the_second_stays(agent, last_first):  # noqa: F811
    first, second = number_of("Pertanyaan melati"), number_of("Pertanyaan arung")
    one, other = Held(agent, f"**/tiket/{first}/?*"), Held(agent, f"**/tiket/{second}/?*")
    agent.click(f"li[data-ticket='{first}'] a")
    agent.click(f"li[data-ticket='{second}'] a")
    other.wait(2)
    (other if last_first else one).let_go()
    agent.wait_for_selector(f"#percakapan[data-ticket='{second if last_first else first}']")
    (one if last_first else other).let_go()
    agent.wait_for_selector(f"[data-ticket='{first}']:is(li):not([data-unread])")
    agent.wait_for_selector(f"{CURRENT}[data-ticket='{second}']:not([data-unread])")
    assert agent.get_attribute("#percakapan", "data-ticket") == second
    assert agent.inner_text("#judul-tiket") == "Pertanyaan arung"
    assert f"/tiket/{second}/" in agent.url


def test_a_refusal_that_comes_after_one_went_on_is_said_in_the_corner(agent):  # noqa: F811
    first, second = number_of("Sudah dieskalasi"), number_of("Pertanyaan arung")
    agent.click(f"li[data-ticket='{first}'] a")
    agent.wait_for_selector(f"#percakapan[data-ticket='{first}']")
    closing = Held(agent, f"**/tiket/{first}/aksi/selesai/**")
    agent.keyboard.press("s")
    closing.wait()
    agent.click(f"li[data-ticket='{second}'] a")
    agent.wait_for_selector(f"#percakapan[data-ticket='{second}']")
    closing.let_go()
    agent.wait_for_selector("#kabar :text('Tindakan pada tiket sebelumnya belum dilakukan.')")
    assert agent.get_attribute("#percakapan", "data-ticket") == second
    assert agent.get_attribute("#kabar a", "href") == f"/tiket/{first}/"


def test_a_row_that_is_renewed_under_a_pressed_button_still_opens(agent):  # noqa: F811
    row = Ticket.objects.get(subject="Pertanyaan melati")
    box = agent.locator(f"#tiket-{row.pk} a").bounding_box()
    agent.mouse.move(box["x"] + 5, box["y"] + 5)
    agent.mouse.down()
    with agent.expect_response(ROWS):
        sorting.set_priority(ticket=row, priority=40, at=timezone.now(), actor=make.staff("laras"))
    agent.mouse.up()
    agent.wait_for_selector(f"#percakapan[data-ticket='{row.number}']")
    agent.wait_for_selector(f"#tiket-{row.pk} :text('Mendesak')")


def test_a_button_of_the_ticket_that_is_renewed_while_it_is_pressed_still_does_its_work(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    row = Ticket.objects.get(subject="Pertanyaan melati")
    agent.hover("[popovertarget=tindakan]")
    agent.mouse.down()
    with agent.expect_response("**/kini/?*"):
        verbs.mark_waiting_requester(ticket=row, at=timezone.now(), actor=make.staff("laras"))
    agent.mouse.up()
    agent.wait_for_selector("#tindakan:popover-open")
    agent.wait_for_selector("#kepala-tiket .dr-chip:text('Menunggu pemohon')")


def test_a_renewal_asked_for_before_a_move_of_ones_own_does_not_take_it_back(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    renewal = Held(agent, f"**/tiket/{number_of('Pertanyaan melati')}/kini/?*")
    agent.evaluate(EVERYTHING)
    renewal.wait()
    agent.click("#kepala-tiket button:has-text('Ambil')")
    agent.wait_for_selector("#log :text('Ditugaskan')")
    with agent.expect_request("**/kini/?*"):  # the page asks again
        renewal.let_go()
    assert agent.locator("#kepala-tiket button:has-text('Ambil')").count() == 0


def test_a_message_in_the_corner_waits_while_the_pointer_or_the_focus_is_on_it(agent):  # noqa: F811
    agent.clock.install()
    open_ticket(agent, "Bandung")
    agent.click("#kepala-tiket button:has-text('Ambil')")
    agent.hover(".dr-toast")
    agent.clock.run_for(20_000)
    agent.focus(".dr-toast button")
    agent.mouse.move(5, 5)
    agent.clock.run_for(20_000)
    assert agent.is_visible(".dr-toast button:has-text('Urungkan')")
    agent.evaluate("() => document.activeElement.blur()")
    agent.clock.run_for(5_000)
    assert agent.is_visible(".dr-toast button:has-text('Urungkan')"), "the whole time begins anew"
    agent.clock.run_for(2_000)
    agent.wait_for_selector(".dr-toast", state="detached")


def test_a_line_that_is_not_open_yet_is_left_to_the_browser_when_one_leaves(agent, live):  # noqa: F811
    agent.add_init_script(
        "window.WebSocket = class extends EventTarget { static OPEN = 1; readyState = 0; close() { sessionStorage.closed = 1 } }"
    )
    agent.goto(f"{live.url}/tiket/")
    agent.goto(f"{live.url}/akun/")
    assert agent.evaluate("() => sessionStorage.closed") is None, "closing it would stand in the console"
