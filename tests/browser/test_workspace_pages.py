"""Every page and dialog of the workspace: axe finds nothing in either theme, and nothing is wider than the screen."""

from itertools import pairwise

import pytest
from django.utils import timezone

from knowledge.verbs import create_article, publish
from messaging.verbs import store_message
from tests import factories as make
from tests.browser.agent_day import DESKTOP, SETTLED, TOUCH, is_trouble, question, signed_in
from tests.browser.fixtures import paced
from tests.browser.test_report_page import findings, overflow
from tickets import conversation, sorting
from tickets.composer.macros import save_macro
from tickets.inbox.saved_views import create_view
from tickets.intake import receive_message
from tickets.merging import merge_tickets

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1440)
PAGES = {
    "inbox": "/tiket/?urut=terlama",
    "empty view": "/tiket/?tampilan=layer-2",
    "filtered": "/tiket/?prioritas=URGENT&kanal=EMAIL",
    "ticket": "/tiket/{ticket}/",
    "merged ticket": "/tiket/{merged}/",
    "search": "/tiket/cari/?q=tentang",
    "search without a hit": "/tiket/cari/?q=zzyzx",
    "merge": "/tiket/{ticket}/gabung/",
    "merge, both sides": "/tiket/{ticket}/gabung/?ke={other}",
    "split": "/tiket/{ticket}/pisah/{entry}/",
    "child": "/tiket/{ticket}/anak/",
    "link": "/tiket/{ticket}/kaitan/?q=tentang",
    "edit the contact": "/tiket/{ticket}/kontak/",
    "edit the topic": "/tiket/{ticket}/ubah/topik/",
    "history": "/tiket/{ticket}/riwayat/",
    "print": "/tiket/{ticket}/cetak/",
    "new ticket": "/tiket/baru/",
    "new ticket of a known requester": "/tiket/baru/?kontak={contact}",
    "macros": "/tiket/makro/",
    "new macro": "/tiket/makro/baru/",
    "change a macro": "/tiket/makro/{macro}/",
    "notifications": "/pemberitahuan/",
    "save a view": "/tiket/simpanan/baru/?prioritas=URGENT",
    "change a view": "/tiket/simpanan/{view}/",
    "article": "/pengetahuan/{article}/",
    "account": "/akun/",
    "password": "/akun/kata-sandi/",
    "second factor": "/akun/keamanan/",
    "sessions": "/akun/sesi/",
    "not found": "/tiket/TIDAK-ADA/",
}
# What opens in place: what is pressed, and what then stands there.
DIALOGS = {
    "merge": ("#tindakan a:has-text('Gabungkan')", "dialog#dialog-tiket[open] #cari-calon"),
    "link": ("#tindakan a:has-text('Kaitkan')", "dialog#dialog-tiket[open] #cari-calon"),
    "child": ("#tindakan a:has-text('anak')", "dialog#dialog-tiket[open] #anak-teks"),
    "split": (".dr-split >> nth=0", "dialog#dialog-tiket[open] #pisah-subjek"),
    "contact": ("#ubah-kontak", "#kontak-name"),
    "macros": ("[data-macro-open]", "dialog#pilih-makro[open] [role=option]"),
    "save the view": ("a[aria-label='Simpan tampilan ini']", "dialog#dialog-tampilan[open] #nama-tampilan"),
    "filters": ("[popovertarget=saringan]", "#saring-tampilan"),
    "menu": ("[popovertarget=tindakan]", "#tindakan"),
    "help": ("[data-help]", "dialog#pintasan[open]"),
    "palette": ("[data-palette]", "dialog#palet[open] [role=option]"),
}


def workspace() -> dict[str, object]:
    """Rows for every page, with names and subjects long enough to be a trial."""
    laras, bima, sekar, now = make.staff("laras"), make.staff("bima"), make.staff("sekar"), timezone.now()
    laras.set_password("kata-sandi-uji")  # who has none is not offered the page to change it
    laras.save()
    asker = make.contact("melati")
    ticket = question(
        "penyaluran-dana-bagi-hasil-triwulan-ketiga-yang-sangat-panjang-sekali", contact=asker, priority=40
    )
    other, merged = question("lain", contact=asker), question("gabungan", minutes=90, contact=asker)
    message, _new = store_message(
        channel=ticket.channel,
        external_id="kedua",
        contact=asker,
        body="Dan DBH? https://djpk.example/" + "x" * 120,
        at=now,
    )
    ticket = receive_message(ticket=ticket, message=message, at=now)
    conversation.post_reply(ticket=ticket, text="Kami periksa.", at=now, actor=laras)
    conversation.add_note(ticket=ticket, text="Mohon cek, @laras.", at=now, actor=bima)
    sorting.assign(to=laras, ticket=ticket, at=now, actor=bima)
    merge_tickets(ticket=merged, into=other, at=now, actor=laras, reason="")
    macro = save_macro(macro=None, shared=False, title="Penutup", text="Terima kasih.", at=now, actor=laras)
    save_macro(macro=None, shared=True, title="Pembuka", text="Selamat pagi.", at=now, actor=sekar)
    view = create_view(name="Mendesak", query={"prioritas": ["URGENT"]}, sort="", at=now, actor=laras)
    article = create_article(title="Jadwal DBH", body="Triwulan III.", unit=make.unit("PK.3"), at=now, actor=sekar)
    publish(article=article, at=now, actor=sekar)
    return {
        "article": article.code,
        "ticket": ticket.number,
        "other": other.number,
        "merged": merged.number,
        "contact": asker.pk,
        "macro": macro.pk,
        "entry": message.ticket_entry.pk,
        "view": view.pk,
    }


@pytest.fixture
def rows(live):
    return workspace()


@pytest.fixture
def page(live, chromium, rows, theme):
    """Laras in a browser of the theme; the console stays quiet but for what a page that is not there says."""
    context = signed_in(chromium, live.url, make.staff("laras"), **DESKTOP)
    context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    page = paced(context.new_page())
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if is_trouble(message) else None)
    yield page
    context.close()
    assert [line for line in said if "404" not in line] == []


def too_wide(page) -> dict[int, int]:
    """Widths at which something sticks out, and by how much."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = overflow(page)
    page.set_viewport_size(DESKTOP["viewport"])
    return {width: pixels for width, pixels in found.items() if pixels}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_readable_by_all_and_fits(live, page, rows, theme, subtests):
    for name, path in PAGES.items():
        with subtests.test(page=name):
            answer = page.goto(live.url + path.format(**rows))
            assert answer.status == (404 if name == "not found" else 200)
            assert page.get_attribute("html", "data-bs-theme") == theme
            page.wait_for_function(SETTLED)
            assert findings(page) == []
            if theme == "light":
                assert too_wide(page) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_dialog_is_readable_by_all_and_fits(live, page, rows, theme, subtests):
    for name, (pressed, shown) in DIALOGS.items():
        with subtests.test(dialog=name):
            page.goto(f"{live.url}/tiket/{rows['ticket']}/")
            page.wait_for_function(SETTLED)
            if pressed.startswith("#tindakan"):
                page.click("[popovertarget=tindakan]")
            page.click(pressed)
            page.wait_for_selector(shown)
            page.wait_for_function(SETTLED)
            assert findings(page) == []
            if theme == "light":
                assert too_wide(page) == {}


@pytest.mark.parametrize("theme", ["light"])
def test_names_in_the_history_are_not_broken_on_a_phone(live, page, rows, theme):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live.url}/tiket/{rows['ticket']}/riwayat/")
    who = page.locator(".dr-history tbody td:nth-child(2):has-text('Sistem') >> nth=0")
    lines = who.evaluate(
        "cell => { const range = document.createRange(); range.selectNodeContents(cell); return range.getClientRects().length }"
    )
    assert lines == 1


def test_tables_and_the_rail_fit_a_supervisors_phone(live, chromium, rows):
    context = signed_in(chromium, live.url, make.staff("sekar"), **TOUCH)
    page = paced(context.new_page())
    for path in (f"/tiket/{rows['ticket']}/riwayat/", "/tiket/makro/"):
        page.goto(live.url + path)
        boxes = page.locator(".dr-table-box")
        boxes.first.wait_for()
        assert boxes.evaluate_all("all => all.map(box => box.scrollWidth - box.clientWidth)") == [0] * boxes.count()
    labels = page.locator(".dr-rail small").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    shown = sorted((box["left"], box["right"]) for box in labels if box["width"])
    assert all(one[1] <= next_one[0] for one, next_one in pairwise(shown)), shown
    context.close()


@pytest.mark.parametrize("theme", ["light"])
def test_labels_of_a_new_ticket_look_like_those_of_other_forms(live, page, rows, theme):
    look = "label => { const { color, fontWeight, display } = getComputedStyle(label); return [color, fontWeight, display] }"
    page.goto(f"{live.url}/tiket/{rows['ticket']}/anak/")
    usual = page.locator("label[for=anak-subjek]").evaluate(look)
    page.goto(f"{live.url}/tiket/baru/")
    assert page.locator("label[for=baru-perihal]").evaluate(look) == usual
