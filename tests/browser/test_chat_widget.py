"""The chat widget on somebody's site, in a real browser: on a flaky line, on a phone, by keyboard, under axe."""

import gzip
import re
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from livechat.models import ChatLine, ChatSession
from messaging.models import Channel, Connection, Message
from tests import factories as make
from tests.browser.fixtures import PATIENCE
from tests.browser.test_report_page import findings, overflow
from tickets import conversation, verbs
from tickets.inbox.reading import mark_read
from tickets.live import bus
from tickets.live.presence import Line
from tickets.models import SatisfactionRating, Ticket

pytestmark = pytest.mark.browser
ON, HOLD = "[data-line=socket]", "[data-line=hold]"


@pytest.fixture
def elsewhere(live):
    """The address of a site that is not ours, each page of which has the one line in it."""
    line = f'<script src="{live.url}/static/obrolan.js" async></script>'

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(
                f'<!doctype html><html lang="id"><title>Pemda</title><h1>Pemda</h1><a href="/lain">Lain</a>{line}'.encode()
            )

        def log_message(self, *given):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def site(live, page, elsewhere, settings, tmp_path):
    """A page of that site; chats at any hour, replies leave at once."""
    settings.MEDIA_ROOT, settings.COMPOSER_UNDO_SECONDS = tmp_path, 0
    Channel.objects.filter(code="LIVE_CHAT").update(open_outside_hours=True)
    Connection.objects.create(
        channel=make.channel("LIVE_CHAT"), name="Live Chat DJPK", address="obrolan", settings={"sites": elsewhere}
    )
    page.goto(f"{elsewhere}/layanan?rahasia=1")
    return page


def opened(page):
    """The frame, once the window is open."""
    page.click("#dering-obrolan button")
    return page.frame_locator("#dering-obrolan iframe")


def begun(page, name: str = "Arung Mappatunru", email: str = "arung@gowa.example"):
    frame = opened(page)
    frame.locator("#nama").fill(name)
    frame.locator("#email").fill(email)
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator("#tulis").wait_for()
    frame.locator(ON).wait_for()
    return frame


def say(frame, text: str) -> None:
    frame.locator("#tulis").fill(text)
    frame.locator("#tulis").press("Enter")


def answered(ticket, text: str, run_tasks, **rest) -> Message:
    message = conversation.write_reply(ticket=ticket, text=text, at=timezone.now(), actor=make.staff("laras"), **rest)[
        1
    ]
    run_tasks()
    return message


def asked(frame, run_tasks, text: str = "Kapan DAU disalurkan?") -> Ticket:
    say(frame, text)
    frame.locator(".msg.mine:not(.pending)", has_text=text).wait_for()
    run_tasks()
    return Ticket.objects.latest("pk")


def stored(session: int = 1) -> list[str]:
    return [line.message.body for line in ChatLine.objects.order_by("session", "seq").select_related("message")]


def test_a_conversation_from_consent_to_rating(site, elsewhere, run_tasks):
    assert site.context.cookies() == []
    frame = opened(site)
    frame.locator("#nama").fill("Arung Mappatunru")
    frame.locator("#email").fill("arung@")
    frame.locator("button[type=submit]:visible").click()
    expect(frame.locator("#email-salah")).to_have_text("Tuliskan alamat email yang lengkap.")
    expect(frame.locator("#setuju-salah")).to_be_visible()
    assert site.evaluate("() => localStorage.length + sessionStorage.length + document.cookie.length") == 0
    frame.locator("#email").fill("arung@gowa.example")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator(ON).wait_for()
    assert ChatSession.objects.get().page == f"{elsewhere}/layanan"

    ticket = asked(frame, run_tasks)
    frame.locator("#keterangan", has_text=ticket.number).wait_for()
    assert frame.locator(".mine .mark .sr").inner_text() == "Terkirim"
    mark_read(ticket=ticket, at=timezone.now(), actor=make.staff("laras"))
    present = Line("s", ticket.pk, make.staff("laras").pk, "Laras", "reply")
    bus.client().zadd(bus.presence_key(), {present.text(): timezone.now().timestamp() + 60})
    frame.locator(".types:not([hidden])").wait_for()
    frame.locator(".mine .mark .sr", has_text="Dibaca").wait_for(state="attached")
    bus.client().zrem(bus.presence_key(), present.text())
    frame.locator(".types").wait_for(state="hidden")

    answer = answered(ticket, "Paling lambat tanggal 20: https://djpk.example/dau.", run_tasks)
    frame.locator(".msg:not(.mine) .bubble", has_text="Paling lambat").wait_for()
    assert frame.locator(".bubble a").get_attribute("href") == "https://djpk.example/dau"
    frame.locator(ON).wait_for()
    wait_for(lambda: Message.objects.get(pk=answer.pk).delivery == "READ")

    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    frame.locator("h2", has_text="Beri nilai").wait_for()
    frame.locator("button", has_text="Kirim nilai").click()
    expect(frame.locator(".rating .wrong")).to_have_text("Pilih nilai untuk keduanya.")
    for factor in ("service", "substance"):
        frame.locator(f"[name={factor}][value='5']").check(force=True)
    frame.locator("button", has_text="Kirim nilai").click()
    frame.locator("text=Terima kasih atas penilaian Anda.").wait_for()
    assert SatisfactionRating.objects.get().service_score == 5
    assert site.context.cookies() == []


def wait_for(condition) -> None:
    """Look until it is so; a browser works meanwhile."""
    for _try in range(PATIENCE // 50):
        if condition():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it never became so")


def test_nothing_is_lost_or_doubled_when_the_line_breaks(site, live, run_tasks):
    """Answers that are lost after the server has stored, a server that is away, and one that comes back."""
    frame = begun(site)
    lost = []

    def swallow(route):
        if not lost:
            lost.append(route.fetch().status)
            return route.abort("connectionreset")
        return route.continue_()

    site.context.route("**/obrolan/pesan/", swallow)
    say(frame, "Satu.")
    frame.locator(".msg.mine:not(.pending)", has_text="Satu.").wait_for()
    assert lost[0] == 200

    live.stop()
    say(frame, "Dua.")
    say(frame, "Tiga.")
    frame.locator(".note:not([hidden])", has_text="Sambungan terputus").wait_for()
    expect(frame.locator(".pending")).to_have_count(2)
    live.start()
    frame.locator(".msg.mine:not(.pending)", has_text="Tiga.").wait_for(timeout=40_000)
    frame.locator(ON).wait_for(timeout=40_000)
    expect(frame.locator(".pending")).to_have_count(0)
    expect(frame.locator(".note")).to_be_hidden()
    assert stored() == ["Satu.", "Dua.", "Tiga."]
    run_tasks()
    assert Ticket.objects.count() == 1


def test_what_is_unsent_survives_a_reload(site, live):
    frame = begun(site)
    live.stop()
    say(frame, "Belum terkirim.")
    frame.locator(".pending").wait_for()
    frame.locator("#tulis").fill("Setengah jadi")
    live.start()
    site.context.route("**/obrolan/pesan/", lambda route: route.abort())
    site.reload()
    frame = opened(site)
    frame.locator(".pending", has_text="Belum terkirim.").wait_for()
    expect(frame.locator("#tulis")).to_have_value("Setengah jadi")
    site.context.unroute("**/obrolan/pesan/")
    frame.locator(".msg.mine:not(.pending)", has_text="Belum terkirim.").wait_for(timeout=40_000)
    assert stored() == ["Belum terkirim."]


def test_without_sockets_the_chat_goes_on_by_http(site, run_tasks):
    site.context.route_web_socket("**/ws/obrolan/", lambda socket: socket.close())
    frame = opened(site)
    frame.locator("#nama").fill("Arung")
    frame.locator("#email").fill("arung@gowa.example")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator(HOLD).wait_for()
    ticket = asked(frame, run_tasks)
    answered(ticket, "Lewat HTTP.", run_tasks)
    frame.locator(".bubble", has_text="Lewat HTTP.").wait_for()


def test_a_closed_window_counts_what_is_new_and_another_page_shows_it(site, run_tasks):
    frame = begun(site)
    ticket = asked(frame, run_tasks)
    frame.locator("#tulis").press("Escape")
    site.wait_for_function("() => document.activeElement.id === 'dering-obrolan'")  # the focus is back on the button
    answered(ticket, "Satu jawaban.", run_tasks)
    site.wait_for_function(
        "() => document.getElementById('dering-obrolan').shadowRoot.querySelector('b').textContent === '1'"
    )
    site.click("text=Lain")
    site.wait_for_function(
        "() => document.getElementById('dering-obrolan')?.shadowRoot.querySelector('b').textContent === '1'"
    )
    frame = opened(site)
    frame.locator(".bubble", has_text="Satu jawaban.").wait_for()
    site.wait_for_function("() => document.getElementById('dering-obrolan').shadowRoot.querySelector('b').hidden")


def picture(width: int, height: int) -> bytes:
    """A grey PNG of this size."""

    def piece(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", rows) + piece(b"IEND", b"")


def test_the_name_of_a_wide_picture_stands_below_it(site):
    frame = begun(site)
    file = {"name": "tangkapan layar surat.png", "mimeType": "image/png", "buffer": picture(1200, 700)}
    frame.locator("#berkas").set_input_files(file)
    say(frame, "Terlampir.")
    shown = frame.locator(".msg.mine:not(.pending) .picture")
    shown.locator("img").wait_for()
    seen, name = shown.locator("img").bounding_box(), shown.locator("span").bounding_box()
    assert name["y"] >= seen["y"] + seen["height"] - 1
    assert name["height"] < 60


def test_a_picture_that_could_not_be_had_is_asked_for_again(site):
    frame = begun(site)
    site.context.route("**/obrolan/berkas/**", lambda route: route.abort())
    file = {"name": "bukti.png", "mimeType": "image/png", "buffer": picture(40, 40)}
    frame.locator("#berkas").set_input_files(file)
    say(frame, "Terlampir.")
    shown = frame.locator(".msg.mine:not(.pending) .picture img")
    shown.wait_for()
    expect(shown).to_have_js_property("complete", True)
    expect(shown).to_have_js_property("naturalWidth", 0)
    site.context.unroute("**/obrolan/berkas/**")
    site.context.set_offline(True)
    frame.locator(".note:not([hidden])").wait_for()
    site.context.set_offline(False)
    expect(shown).to_have_js_property("naturalWidth", 40)


def test_a_window_that_is_opened_later_shows_the_last_words(live, site, run_tasks):
    site.goto(f"{live.url}/obrolan/contoh/")
    frame = begun(site)
    ticket = asked(frame, run_tasks, "Pertanyaan yang panjang.\n" * 30)
    answered(ticket, "Jawaban terakhir.", run_tasks)
    frame.locator(".msg", has_text="Jawaban terakhir.").wait_for()
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    frame.locator("h2", has_text="Beri nilai").wait_for()
    frame.locator("#tutup").click()
    site.reload()
    frame.locator("h2", has_text="Beri nilai").wait_for(state="attached")
    opened(site)
    expect(frame.locator(".msg", has_text="Jawaban terakhir.")).to_be_in_viewport()


def test_files_go_both_ways_and_large_ones_are_refused_at_once(site, run_tasks, settings):
    frame = begun(site)
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
    frame.locator("#berkas").set_input_files({"name": "bukti.png", "mimeType": "image/png", "buffer": png})
    expect(frame.locator(".chosen")).to_contain_text("bukti.png")
    say(frame, "Terlampir.")
    frame.locator(".msg.mine:not(.pending) img[alt='bukti.png']").wait_for()
    frame.locator("#berkas").set_input_files(
        {"name": "besar.zip", "mimeType": "application/zip", "buffer": b"0" * (11 * 1024 * 1024)}
    )
    expect(frame.locator(".composer .wrong")).to_have_text("Berkas besar.zip lebih besar dari 10 MB.")
    frame.locator("#berkas").set_input_files({"name": "jahat.png", "mimeType": "image/png", "buffer": b"MZ\x90"})
    say(frame, "Juga.")
    frame.locator(".pending .wrong", has_text="Jenis berkas ini tidak diterima.").wait_for()
    frame.locator(".pending button", has_text="Hapus").click()
    expect(frame.locator(".pending")).to_have_count(0)
    assert stored() == ["Terlampir."]


def test_outside_service_hours_a_form_takes_the_question(site, run_tasks):
    Connection.objects.update(paused_at=timezone.now())
    frame = opened(site)
    for name, text in (("nama", "Arung"), ("email", "arung@gowa.example"), ("tanya", "Kapan DAU?")):
        frame.locator(f"#{name}").fill(text)
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator("text=Pertanyaan terkirim.").wait_for()
    run_tasks()
    assert Ticket.objects.get().channel.code == "EMAIL"


def test_ending_a_chat_and_beginning_anew(site, run_tasks):
    frame = begun(site)
    asked(frame, run_tasks)
    frame.locator("#menu").click()
    frame.locator("dialog button", has_text="Akhiri obrolan").click()
    frame.locator("text=Obrolan ini sudah berakhir.").wait_for()
    expect(frame.locator("#tulis")).to_be_hidden()
    frame.locator("button", has_text="Mulai obrolan baru").click()
    expect(frame.locator("#nama")).to_have_value("Arung Mappatunru")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator(ON).wait_for()
    expect(frame.locator(".msg"), "nothing of the one before").to_have_count(0)


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (390, "dark"), (1440, "light"), (320, "dark")])
def test_every_face_is_clean_under_axe_and_fits(site, live, run_tasks, width, theme):
    site.set_viewport_size({"width": width, "height": 800})
    site.emulate_media(color_scheme=theme)
    frame = opened(site)
    frame.locator("button[type=submit]:visible").click()
    frame.locator("#nama-salah:not([hidden])").wait_for()
    inside = next(one for one in site.frames if "/obrolan/" in one.url)
    faces = [findings(inside)]
    assert overflow(inside) <= 0
    frame.locator("#nama").fill("Arung Mappatunru")
    frame.locator("#email").fill("arung@gowa.example")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator(ON).wait_for()
    ticket = asked(frame, run_tasks, "Panjang" * 40)
    answered(ticket, "Jawaban.", run_tasks)
    frame.locator(".msg:not(.mine)").wait_for()
    faces.append(findings(inside))
    assert overflow(inside) <= 0
    frame.locator("#menu").click()
    faces.append(findings(inside))
    frame.locator("dialog button", has_text="Akhiri obrolan").click()
    frame.locator(".ending").wait_for()
    faces.append(findings(inside))
    assert overflow(inside) <= 0
    assert faces == [[]] * 4


def test_sites_that_are_not_allowed_cannot_show_it(site):
    Connection.objects.update(settings={"sites": "https://lain.example"})
    refused = []
    site.on("console", lambda message: refused.append(message.text))
    site.click("#dering-obrolan button")
    wait_for(lambda: site.evaluate("() => 1") and any("frame-ancestors" in text for text in refused))


def test_the_example_page_embeds_it(live, page, site):
    page.goto(f"{live.url}/obrolan/contoh/")
    frame = opened(page)
    frame.locator("#nama").wait_for()
    assert findings(page) == []


def test_the_whole_widget_is_light(browser_files):
    from django.conf import settings

    dist = Path(settings.BASE_DIR) / "assets" / "dist"
    frame = (Path(settings.BASE_DIR) / "livechat/templates/livechat/frame.html").read_bytes()
    words = (Path(settings.BASE_DIR) / "livechat/words.py").read_bytes()
    sizes = [
        len(gzip.compress(content))
        for content in (frame, words, *((dist / name).read_bytes() for name in ("obrolan.js", "chat.js", "chat.css")))
    ]
    assert sum(sizes) < 40_000
    assert not re.search(
        rb"https?://(?!www\.w3\.org)", (dist / "chat.js").read_bytes().replace(b"https?:\\/\\/", b"")
    ), "loads nothing from elsewhere"
