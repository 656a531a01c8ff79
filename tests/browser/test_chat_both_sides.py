"""A visitor and an agent at once, each in a browser of their own: who types, who is proven, what is lost and said."""

import pytest

from tests import factories as make
from tests.browser.fixtures import paced
from tests.browser.test_chat_widget import asked, begun, elsewhere, opened, say, site  # noqa: F401
from tests.browser.test_live_page import sign_in
from tests.browser.test_report_page import findings

pytestmark = pytest.mark.browser
HOLD = "[data-line=hold]"


@pytest.fixture
def agent(live, chromium):
    """Laras, signed in, in a browser of her own."""
    user = make.staff("laras")
    user.set_password("kata-sandi-uji")
    user.save()
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 1440, "height": 900})
    page = paced(context.new_page())
    sign_in(page, live.url, "laras")
    yield page
    context.close()


def typing(live, site, agent, run_tasks):  # noqa: F811
    """The visitor's frame, in which they are writing while the agent has the ticket open."""
    frame = begun(site)
    ticket = asked(frame, run_tasks)
    agent.goto(f"{live.url}/tiket/{ticket.number}/")
    agent.wait_for_selector("#langsung[data-state=on]")
    frame.locator("#tulis").press_sequentially("Satu lagi")
    agent.wait_for_selector("#hadir:has-text('Arung Mappatunru (pemohon) sedang mengetik')")
    return frame


def test_each_sees_that_the_other_types(live, site, agent, run_tasks):  # noqa: F811
    frame = typing(live, site, agent, run_tasks)
    frame.locator("#tulis").blur()
    agent.wait_for_function("() => !document.getElementById('hadir').textContent")
    agent.locator("#teks").press_sequentially("Sebentar")
    frame.locator(".types:not([hidden])").wait_for()
    agent.locator("#teks").fill("")
    frame.locator(".types").wait_for(state="hidden")


def test_who_has_sent_types_no_more(live, site, agent, run_tasks):  # noqa: F811
    frame = typing(live, site, agent, run_tasks)
    with site.expect_response(
        lambda found: found.url.endswith("/kabar/") and '"types":false' in found.request.post_data
    ):
        frame.locator("#tulis").press("Enter")
    agent.wait_for_function("() => !document.getElementById('hadir').textContent")


def test_the_agent_sees_that_nobody_proved_who_writes(live, site, agent, run_tasks):  # noqa: F811
    frame = begun(site)
    ticket = asked(frame, run_tasks)
    agent.goto(f"{live.url}/tiket/{ticket.number}/")
    assert (
        agent.get_attribute(".dr-msg[data-from=customer] [data-unproven]", "aria-label") == "Identitas belum terbukti"
    )
    assert findings(agent) == []


def test_without_sockets_a_question_waits_for_news(live, site, agent, run_tasks):  # noqa: F811
    asked_for = []
    site.on("request", lambda request: asked_for.append(request.url.rpartition("/obrolan/")[2]))
    site.context.route_web_socket("**/ws/obrolan/", lambda socket: socket.close())
    frame = opened(site)
    frame.locator("#nama").fill("Arung Mappatunru")
    frame.locator("#email").fill("arung@gowa.example")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    ticket = asked(frame, run_tasks)
    agent.goto(f"{live.url}/tiket/{ticket.number}/")
    agent.wait_for_selector("#langsung[data-state=on]")
    frame.locator(HOLD).wait_for()
    agent.locator("#teks").press_sequentially("Tanggal 20.")
    frame.locator(".types:not([hidden])").wait_for()
    agent.locator("#teks").press("Control+Enter")
    agent.wait_for_selector(".dr-msg[data-from=agent]:has-text('Tanggal 20.')")
    run_tasks()
    frame.locator(".bubble", has_text="Tanggal 20.").wait_for()
    assert "tunggu/" in asked_for


def test_files_that_a_reload_lost_are_named(live, site):  # noqa: F811
    frame = begun(site)
    site.context.route("**/obrolan/pesan/", lambda route: route.abort())
    frame.locator("#berkas").set_input_files({"name": "rka.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    say(frame, "Terlampir.")
    frame.locator(".pending").wait_for()
    site.reload()
    frame = opened(site)
    lost = frame.locator(".pending", has_text="rka.pdf")
    lost.locator(".wrong", has_text="Lampiran hilang karena halaman dimuat ulang. Pilih berkasnya lagi.").wait_for()
    assert lost.locator("button").all_inner_texts() == ["Hapus"]
