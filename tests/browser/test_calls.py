"""The telephone in a real browser: a call shows on the right screen, and is logged without touching the mouse."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from calls import verbs
from calls.extensions import set_extension
from calls.folding import Signal
from calls.models import Call
from outreach.lapor import record_lapor_mail
from outreach.models import LaporMail
from tests import factories as make
from tests.browser.test_live_page import CONNECTED, sign_in
from tests.browser.test_report_page import findings, overflow
from tickets.models import Ticket

pytestmark = pytest.mark.browser
ARUNG = "+6200010000001"


def shot(page, name):
    """A picture to look at, where DERING_SHOTS names a folder."""
    if folder := os.environ.get("DERING_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def laras(live, page):
    user = make.staff("laras")
    user.set_password("kata-sandi-uji")
    user.save()
    set_extension(user=user, number="2101", at=make.NOW, actor=None)
    make.ticket(topic=make.topic(), subject="Penyaluran DAU", at=timezone.now() - timedelta(hours=2))
    sign_in(page, live.url, "laras")
    return page


COUNTED = """
addEventListener("keydown", () => sessionStorage.keys = 1 + Number(sessionStorage.keys || 0), true);
addEventListener("pointerdown", () => sessionStorage.presses = 1 + Number(sessionStorage.presses || 0), true);
"""
SECONDS_A_KEY = 0.2  # of an average typist (Card, Moran and Newell 1983, table 8.1: 55 words a minute)


def test_a_call_is_logged_by_keyboard_alone_in_under_ten_seconds(live, laras):
    laras.add_init_script(COUNTED)
    laras.goto(f"{live.url}/telepon/")
    laras.keyboard.press("c")
    laras.wait_for_url("**/telepon/catat/")
    laras.wait_for_function("() => document.activeElement.id === 'telepon-nomor'")
    laras.keyboard.type("+6200010000001")
    laras.wait_for_selector("#penelepon >> text=Arung Mappatunru")
    for _step in ("ticket", "topic"):
        laras.keyboard.press("Tab")
    assert laras.evaluate("document.activeElement.id") == "telepon-topik"
    laras.keyboard.type("DAU")
    laras.keyboard.press("Tab")
    laras.keyboard.type("Kapan salur?")
    laras.keyboard.press("Tab")
    laras.keyboard.type("Tgl 20")
    shot(laras, "catat")
    laras.keyboard.press("Control+Enter")
    laras.wait_for_selector("text=Panggilan dicatat pada tiket")
    keys, presses = laras.evaluate("[Number(sessionStorage.keys || 0), Number(sessionStorage.presses || 0)]")
    assert (keys, presses) == (1 + 14 + 2 + 3 + 1 + 12 + 1 + 6 + 2, 0)
    assert keys * SECONDS_A_KEY < 10
    ticket = Ticket.objects.get(channel__code="PHONE")
    assert (ticket.status, ticket.topic.code, ticket.contact.name) == ("CLOSED", "DAU", "Arung Mappatunru")


def test_a_ringing_call_shows_on_the_agents_screen_and_leads_to_the_form(live, laras):
    laras.wait_for_function(CONNECTED)
    now = timezone.now()
    verbs.take_signal(signal=Signal("c-1", "ring", now, "r", ARUNG, "IN", "2101"), at=now)
    card = laras.wait_for_selector("#berdering [data-call]")
    assert "Arung Mappatunru" in card.inner_text()
    shot(laras, "berdering")
    laras.click("#berdering >> text=Catat panggilan")
    laras.wait_for_selector("#penelepon >> text=Arung Mappatunru")
    assert laras.input_value("#telepon-nomor") == ARUNG


FOCUSED = "(name) => document.activeElement.name === name"


@pytest.mark.parametrize(("number", "first"), [(ARUNG, "tiket"), ("+6200099990001", "nama")])
def test_the_form_of_a_ringing_call_is_written_at_once_and_follows_the_call(live, laras, number, first):
    laras.wait_for_function(CONNECTED)
    now = timezone.now()
    verbs.take_signal(signal=Signal("c-1", "ring", now, "r", number, "IN", "2101"), at=now)
    laras.click("#berdering >> text=Catat panggilan")
    laras.wait_for_function(FOCUSED, arg=first)
    laras.wait_for_function(CONNECTED)
    verbs.take_signal(signal=Signal("c-1", "answer", now, "a", number, "IN", "2101"), at=now)
    laras.wait_for_selector("[data-call-state] >> text=Berbicara")
    assert laras.locator("#berdering [data-call]").count() == 0, "the card would lie over the form it leads to"
    laras.keyboard.press("Control+Enter")
    laras.wait_for_selector("#telepon-catatan_error")
    laras.wait_for_function(FOCUSED, arg="catatan")


def test_a_card_that_was_put_away_comes_back_with_the_next_state_only(live, laras):
    laras.wait_for_function(CONNECTED)
    now = timezone.now()
    verbs.take_signal(signal=Signal("c-1", "ring", now, "r", ARUNG, "IN", "2101"), at=now)
    laras.click("#berdering [data-ring-close]")
    assert laras.locator("#berdering [data-call]").count() == 0
    laras.reload()
    laras.wait_for_function(CONNECTED)
    laras.wait_for_load_state("networkidle")
    assert laras.locator("#berdering [data-call]").count() == 0, "nor on the next page"
    verbs.take_signal(signal=Signal("c-1", "answer", now, "a", ARUNG, "IN", "2101"), at=now)
    laras.wait_for_selector("#berdering [data-state=talking]")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_sound_on_desktop_and_phone(live, laras, width, theme):
    now = timezone.now()
    for number, kinds in enumerate((("ring", "end"), ("ring", "answer", "end"), ("ring",))):
        for step, kind in enumerate(kinds):
            at = now - timedelta(minutes=30 - number * 9) + timedelta(seconds=40 * step)
            url = "https://rekaman.example/1" if kind == "end" else ""
            signal = Signal(f"c-{number}", kind, at, kind, ARUNG, "IN", "2101", url)
            verbs.take_signal(signal=signal, at=now)
    laras.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    laras.set_viewport_size({"width": width, "height": 900})
    missed = Call.objects.get(status="MISSED").pk
    for path in ("", "?tampil=balik", "catat/", f"catat/?balik={missed}"):
        laras.goto(f"{live.url}/telepon/{path}")
        laras.wait_for_function(CONNECTED)
        shot(laras, f"telepon-{width}-{path.strip('/?=').replace('/?', '-') or 'semua'}")
        assert findings(laras) == []
        assert overflow(laras) <= 0


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_of_email_lapor_are_sound_too(live, laras, width, theme):
    for number, (place, kind) in enumerate((("73.06", "DBH"), ("32.73", "APBD"))):
        record_lapor_mail(
            external_id=f"<{number}@gowa.example>", sender="bkad@gowa.example", subject=f"Laporan {kind}",
            document_type=kind, period="2026-TW1", region=make.region(place), at=timezone.now(),
        )  # fmt: skip
    laras.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    laras.set_viewport_size({"width": width, "height": 900})
    one = LaporMail.objects.latest("pk").pk
    for path in ("", f"{one}/", "kelengkapan/?tahun=2026&provinsi=32", "aturan/"):
        laras.goto(f"{live.url}/lapor/{path}")
        shot(laras, f"lapor-{width}-{path.partition('/')[0] or 'semua'}")
        assert findings(laras) == []
        assert overflow(laras) <= 0
