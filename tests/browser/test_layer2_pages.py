"""A unit's day in a real browser, desktop and phone: take, answer, ask back, hand on; what others do shows by itself."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from escalation import verbs
from escalation.links import issue_link
from escalation.models import Escalation
from escalation.scores import score_answered
from tests import factories as make
from tests.browser.test_live_page import CONNECTED
from tests.browser.test_report_page import findings, overflow
from tests.factories import staff, unit

pytestmark = pytest.mark.browser


def shot(page, name):
    """A picture to look at, where DERING_SHOTS names a folder."""
    if folder := os.environ.get("DERING_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def escalated(subject, minutes=30, code="PK.2", **more):
    at = timezone.now() - timedelta(minutes=minutes)
    ticket = make.ticket(topic=make.topic("DAU"), subject=subject, at=at)
    return verbs.escalate(ticket, unit=unit(code), question=f"Mohon {subject}.", at=at, actor=staff("laras"), **more)


@pytest.fixture
def damar(live, page):
    user = staff("damar")
    user.set_password("kata-sandi-uji")
    user.save()
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=login], [name=username]", "damar")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/layer2/")
    page.wait_for_function(CONNECTED)
    return page


def opened(page, title):
    page.click(f"#antrean-unit >> text={title}")
    page.wait_for_selector(f"#jawab .dr-esc-title >> text={title}")


def test_a_day_by_keyboard(live, damar):
    first, second = escalated("Jadwal salur", 60), escalated("Sisa DBH", 30)
    damar.reload()
    damar.wait_for_function(CONNECTED)
    damar.keyboard.press("j")
    damar.wait_for_function("() => document.activeElement.dataset.eskalasi")
    damar.keyboard.press("o")
    damar.wait_for_selector("#jawab[data-eskalasi]")
    damar.wait_for_function("() => document.activeElement.id === 'h-jawab'")
    damar.keyboard.press("a")
    damar.wait_for_selector("text=Eskalasi ini sekarang Anda tangani.")
    damar.fill("#jawaban", "Disalurkan tanggal 20.")
    damar.keyboard.press("Control+Enter")
    damar.wait_for_selector("text=Jawaban terkirim.")
    rows = {row.pk: row for row in Escalation.objects.filter(pk__in=[first.pk, second.pk])}
    assert sorted(row.status for row in rows.values()) == ["ANSWERED", "OPEN"]
    shot(damar, "hari-unit")


def test_what_is_written_survives_a_look_at_another_question(live, damar):
    escalated("Jadwal salur", 60), escalated("Sisa DBH", 30)
    damar.reload()
    opened(damar, "Jadwal salur")
    damar.fill("#jawaban", "Baru setengah")
    opened(damar, "Sisa DBH")
    assert damar.input_value("#jawaban") == ""
    opened(damar, "Jadwal salur")
    damar.wait_for_function("() => document.getElementById('jawaban').value === 'Baru setengah'")


def test_asked_back_and_handed_on_in_dialogs(live, damar):
    row = escalated("Jadwal salur")
    damar.reload()
    opened(damar, "Jadwal salur")
    damar.click("text=Minta klarifikasi")
    damar.fill("#minta-alasan", "Nomor surat?")
    damar.click("#dialog-minta >> text=Minta data >> nth=-1")
    damar.wait_for_selector("text=Data diminta kepada Layer 1; jam berhenti.")
    damar.click(".dr-drawer-foot >> text=Alihkan")
    damar.select_option("#alihkan-unit", "PK.4")
    damar.fill("#alihkan-alasan", "Dana Desa.")
    damar.click("#dialog-alihkan >> button[type=submit]")
    damar.wait_for_selector("text=Dialihkan ke PK.4")
    row.refresh_from_db()
    assert row.status == "TRANSFERRED"


def test_a_new_question_shows_by_itself(live, damar):
    damar.wait_for_selector("text=Tidak ada pertanyaan yang menunggu jawaban unit ini.")
    escalated("Baru masuk", 1)
    damar.wait_for_selector("#antrean-unit >> text=Baru masuk")


def test_what_happens_while_the_list_is_read_is_read_too(live, damar):
    """The first reading is on its way, made before the second question came: a hint meanwhile is no hint lost."""
    held = []
    damar.route("**/layer2/", lambda route: held.append(route) if not held else route.continue_())
    escalated("Jadwal salur", 5)
    while not held:
        damar.wait_for_timeout(20)
    before = held[0].fetch()
    escalated("Sisa DBH", 4)
    damar.wait_for_timeout(500)  # its hint comes while the first reading is held
    held[0].fulfill(response=before)
    damar.wait_for_selector("#antrean-unit >> text=Jadwal salur")
    damar.wait_for_selector("#antrean-unit >> text=Sisa DBH")


def test_an_answer_of_a_colleague_is_told_while_one_is_writing(live, damar):
    row = escalated("Jadwal salur")
    damar.reload()
    damar.wait_for_function(CONNECTED)
    opened(damar, "Jadwal salur")
    damar.fill("#jawaban", "Sedang menulis")
    verbs.answer(row, answer="Sudah.", at=timezone.now(), actor=staff("damar"))
    damar.wait_for_selector("#jawab-berubah:not([hidden])")
    assert damar.input_value("#jawaban") == "Sedang menulis"


def test_a_phone_shows_one_pane_at_a_time(live, damar):
    escalated("Jadwal salur")
    damar.set_viewport_size({"width": 390, "height": 844})
    damar.reload()
    assert not damar.is_visible("#jawab")
    opened(damar, "Jadwal salur")
    assert not damar.is_visible("#antrean-unit")
    shot(damar, "telepon-jawab")
    damar.click("[aria-label='Kembali ke antrean']")
    assert damar.is_visible("#antrean-unit")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_the_pages_are_sound(live, damar, width, theme):
    row, done = escalated("Jadwal salur", 60, urgent=True), escalated("Sisa DBH", 30)
    verbs.answer(done, answer="Sudah.", at=timezone.now(), actor=staff("damar"))
    score_answered(at=timezone.now())
    damar.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    damar.set_viewport_size({"width": width, "height": 900})
    pages = ["", f"{row.pk}/", f"{done.pk}/skor/", "laporan/", "tidak-di-tempat/"]
    for path in pages:
        damar.goto(f"{live.url}/layer2/{path}")
        assert overflow(damar) <= 0, path
        assert findings(damar) == [], path
        shot(damar, f"layer2-{path.replace('/', '-')}{width}")


CUT = "() => [...document.querySelectorAll('.dr-ladder li')].filter(li => li.scrollWidth > li.clientWidth).length"


def test_a_link_from_a_mail_takes_the_answer(live, page):
    """Without signing in, as browsers send it: with the Origin that the page's own referrer policy leaves."""
    row = escalated("Jadwal salur")
    link = issue_link(escalation=row, user=staff("damar"), at=timezone.now())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live.url + link[link.index("/jawab/") :])
    assert page.evaluate(CUT) == 0
    assert findings(page) == []
    page.fill("#jawaban", "Disalurkan tanggal 20.")
    page.click("text=Kirim jawaban")
    page.wait_for_selector("text=Sudah dijawab. Terima kasih.")
    row.refresh_from_db()
    assert (row.status, row.answered_by) == ("ANSWERED", staff("damar"))


@pytest.mark.parametrize("width", [390, 360])
def test_a_phone_shows_the_whole_ladder(live, damar, width):
    row = escalated("Jadwal salur")
    damar.set_viewport_size({"width": width, "height": 844})
    damar.goto(f"{live.url}/layer2/{row.pk}/")
    assert damar.locator(".dr-band .dr-ladder li").count() == 4
    assert damar.evaluate(CUT) == 0


def test_units_are_asked_in_the_order_of_ticking(live, page):
    laras = staff("laras")
    laras.set_password("kata-sandi-uji")
    laras.save()
    ticket = make.ticket(topic=make.topic("DAU"), subject="Jadwal salur")
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=login], [name=username]", "laras")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/masuk/" not in url)
    page.goto(f"{live.url}/layer2/tanya/{ticket.number}/")
    for code in ("PK.2", "PK.6", "PK.1", "PK.2"):
        page.click(f"label:has([name=unit][value='{code}'])")
    page.click("label:has([value=berurutan])")
    turns = "() => [...document.querySelectorAll('[data-turn]')].map(one => [one.textContent, one.dataset.turn])"
    assert [turn for _unit, turn in sorted(page.evaluate(turns))] == ["2", "3", "1"], "PK.1, PK.2, PK.6"
    inside = "() => document.querySelector('#form-eskalasi').getBoundingClientRect().left"
    units = "() => document.querySelector('#form-eskalasi .dr-checks').getBoundingClientRect().left"
    assert page.evaluate(units) == page.evaluate(inside), "the units stand below their heading"
    page.click("#form-eskalasi button[type=submit]")
    page.wait_for_url(f"**/tiket/{ticket.number}/")
    planned = [plan.unit.code for plan in ticket.planned_escalations.order_by("position")]
    assert (ticket.escalations.get().unit.code, planned) == ("PK.6", ["PK.1", "PK.2"])
