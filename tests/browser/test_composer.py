"""The composer in a real browser: nothing typed is lost, what was sent can be taken back, the keyboard is enough."""

import base64

import pytest
from django.utils import timezone

from tests import factories as make
from tests.browser.fixtures import paced
from tests.browser.test_inbox_page import PHONE, agent, open_ticket  # noqa: F401
from tests.browser.test_report_page import choose_theme, findings, overflow
from tickets import conversation
from tickets.composer.drafts import save_draft
from tickets.composer.macros import save_macro
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.browser
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GIVE = """([name, type, data, event]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  const place = document.getElementById("teks");
  place.dispatchEvent(event === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def ticket():
    return Ticket.objects.get(subject="Pertanyaan melati")


def write(page, text, mode="reply"):
    page.keyboard.press("r" if mode == "reply" else "n")
    page.keyboard.type(text)


def saved(page):
    """All of what was typed, not only what the first pause saved."""
    page.wait_for_selector("[data-saved]:visible:text('Draf tersimpan')")
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('draf:'))")


def second_browser(page):
    """The same agent at another machine, at the same ticket."""
    state, address = page.context.storage_state(), page.url
    state["origins"] = []
    other = page.context.browser.new_context(storage_state=state, locale="id-ID", timezone_id="Asia/Jakarta").new_page()
    paced(other).goto(address)
    return other


def test_a_draft_outlives_a_reload_and_opens_in_another_browser(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    write(agent, "Setengah jadi")
    saved(agent)
    other = second_browser(agent)
    assert other.input_value("#teks") == "Setengah jadi"
    other.click("#teks")
    other.keyboard.press("Control+End")
    other.keyboard.type(", dilanjutkan")
    saved(other)
    agent.click("#teks")
    agent.keyboard.type("Lain ")
    agent.click("text=Pakai yang terbaru")
    assert agent.input_value("#teks") == "Setengah jadi, dilanjutkan"
    other.context.close()


def test_sending_is_undone_and_the_text_comes_back(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    write(agent, "Belum selesai")
    agent.keyboard.press("Control+Enter")
    agent.hover("#kabar .dr-toast")  # it waits under the pointer
    agent.wait_for_selector("#log :text('Belum selesai')")
    assert agent.input_value("#teks") == ""
    agent.click("#kabar button:has-text('Urungkan')")
    agent.wait_for_selector("#log :text('Balasan dibatalkan')")
    assert agent.input_value("#teks") == "Belum selesai"
    assert agent.locator("#log .dr-msg[data-from=agent]").count() == 0


def test_send_and_close_by_keyboard_asks_for_the_topic_in_place(agent):  # noqa: F811
    Ticket.objects.filter(pk=ticket().pk).update(topic=None)
    open_ticket(agent, "Bandung")
    write(agent, "Disalurkan besok")
    agent.keyboard.press("Control+Shift+Enter")
    agent.wait_for_selector("dialog#tanya-topik[open]")
    assert findings(agent) == []
    agent.select_option("#topik-selesai", "DBH")
    agent.click("#tanya-topik button:has-text('Kirim dan selesaikan')")
    agent.wait_for_selector("#percakapan .dr-chip:text('Selesai')")
    after = ticket()
    assert (after.status, after.topic.code) == ("CLOSED", "DBH")
    assert after.entries.filter(message__body="Disalurkan besok").count() == 1


def test_a_reply_that_crosses_a_colleagues_asks_first(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    agent.evaluate("() => { document.hidden || Object.defineProperty(document, 'hidden', { value: true }) }")
    conversation.post_reply(ticket=ticket(), text="Sudah saya jawab", at=timezone.now(), actor=make.staff("bima"))
    write(agent, "Jawaban saya")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("dialog#silang[open] :text('Sudah saya jawab')")
    assert agent.input_value("#teks") == "Jawaban saya"
    assert findings(agent) == []
    agent.click("text=Tetap kirim")
    agent.wait_for_selector("#log :text('Jawaban saya')")
    assert agent.input_value("#teks") == ""


def test_another_reply_from_a_second_tab_asks_first(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    agent.evaluate("() => { document.hidden || Object.defineProperty(document, 'hidden', { value: true }) }")
    other = second_browser(agent)
    write(other, "Jawaban pertama")
    other.keyboard.press("Control+Enter")
    other.wait_for_selector("#log :text('Jawaban pertama')")
    write(agent, "Jawaban kedua")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("dialog#silang[open] :text('Jawaban pertama')")
    assert ticket().entries.filter(message__body="Jawaban kedua").count() == 0
    other.context.close()


def test_files_are_pasted_dropped_and_removed(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    agent.keyboard.press("r")
    agent.evaluate(GIVE, ["image.png", "image/png", base64.b64encode(PNG).decode(), "paste"])
    agent.wait_for_selector("#berkas-reply .dr-thumb")
    assert agent.get_attribute("#berkas-reply .dr-thumb", "data-name").startswith("Tangkapan layar 20")
    agent.evaluate(GIVE, ["surat.txt", "text/plain", base64.b64encode(b"isi surat").decode(), "drop"])
    agent.wait_for_selector("#berkas-reply .dr-files :text('surat.txt')")
    agent.reload()
    agent.wait_for_selector("#berkas-reply .dr-files :text('surat.txt')")
    agent.click("#berkas-reply a[data-text]")
    agent.wait_for_selector("dialog#berkas-teks[open] pre:text('isi surat')")
    agent.keyboard.press("Escape")
    agent.wait_for_selector("dialog#berkas-teks", state="hidden")
    agent.click("[aria-label='Hapus surat.txt']")
    agent.wait_for_selector("#berkas-reply :text('surat.txt')", state="detached")
    agent.click("#berkas-reply .dr-thumb")
    agent.wait_for_selector("dialog#gambar[open] img")
    agent.keyboard.press("Escape")
    agent.wait_for_selector("dialog#gambar", state="hidden")
    write(agent, "Terlampir")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("#log .dr-thumb")
    assert not Draft.objects.exists()


def test_every_file_that_is_refused_says_why_until_it_is_dismissed(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    agent.keyboard.press("r")
    for name, content in (
        ("kosong.txt", b""),
        ("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("isi.txt", b"isi"),
    ):
        agent.evaluate(GIVE, [name, "text/plain", base64.b64encode(content).decode(), "drop"])
    agent.wait_for_selector("#berkas-reply .dr-files :text('isi.txt')")
    said = agent.locator("#berkas-reply .dr-uploading[role=alert]")
    assert [line.split("\n")[0] for line in said.all_inner_texts()] == ["kosong.txt", "gambar.svg"]
    assert "tidak boleh dilampirkan" in said.nth(1).inner_text()
    assert findings(agent) == []
    agent.click("[aria-label='Tutup: kosong.txt']")
    assert said.count() == 1
    agent.keyboard.press("r")
    agent.keyboard.type("Terlampir")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("#log :text('isi.txt')")


def test_a_file_with_a_long_name_stays_inside_composer_and_bubble(agent):  # noqa: F811
    inside = """(where) => {
      const box = document.querySelector(where).getBoundingClientRect();
      const shown = [...document.querySelectorAll(`${where} *`)].filter((part) => part.checkVisibility() && part.offsetWidth > 1);
      return shown.every((part) => {
        const { left, right } = part.getBoundingClientRect();
        return left >= box.left - 1 && right <= box.right + 1;
      });
    }"""
    open_ticket(agent, "Bandung")
    name = f"Surat pengantar {'laporan realisasi tahap kedua ' * 5}final.txt"
    agent.keyboard.press("r")
    agent.evaluate(GIVE, [name, "text/plain", base64.b64encode(b"isi").decode(), "drop"])
    agent.wait_for_selector("#berkas-reply .dr-files :text('Surat pengantar')")
    assert agent.evaluate(inside, "#tulis")
    agent.keyboard.type("Terlampir")
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("#log :text('Surat pengantar')")
    for size in ({"width": 1440, "height": 900}, PHONE):
        agent.set_viewport_size(size)
        assert agent.evaluate(inside, "#log"), size


def test_a_macro_and_a_mention_need_only_the_keyboard(agent):  # noqa: F811
    make.staff("bima")
    sekar = make.staff("sekar")
    for title, text in (("Penutup", "Terima kasih."), ("Pembuka", "{{ salam }}, {{ pemohon.nama }}.")):
        save_macro(macro=None, shared=True, title=title, text=text, at=timezone.now(), actor=sekar)
    open_ticket(agent, "Bandung")
    agent.keyboard.press("r")
    agent.keyboard.press("/")
    agent.wait_for_selector("#daftar-makro [role=option]")
    agent.keyboard.type("buka")
    agent.wait_for_selector("#pratinjau-makro :text('Melati Kusumah')")
    assert findings(agent) == []
    agent.keyboard.press("Enter")
    assert agent.input_value("#teks").endswith("Melati Kusumah.")
    agent.click("[data-mode-tab=note]")
    agent.keyboard.type("Mohon cek @bi")
    agent.wait_for_selector("#rekan [role=option][aria-selected=true]:has-text('Bima')")
    agent.keyboard.press("Enter")
    assert agent.input_value("#catatan") == "Mohon cek @bima "
    agent.keyboard.press("Control+Enter")
    agent.wait_for_selector("#log .dr-mention:text('@bima')")


def test_a_macro_stays_with_its_text_over_a_reload_and_when_sending_is_undone(agent, settings):  # noqa: F811
    settings.COMPOSER_UNDO_SECONDS = 600
    given = {"title": "Utamakan", "text": "Segera kami jawab.", "actions": [{"do": "set_priority", "value": "HIGH"}]}
    save_macro(macro=None, shared=True, at=timezone.now(), actor=make.staff("sekar"), **given)
    open_ticket(agent, "Bandung")
    agent.keyboard.press("r")
    agent.keyboard.press("/")
    agent.wait_for_selector("#daftar-makro [role=option]")
    agent.keyboard.press("Enter")
    agent.wait_for_selector("#makro-dipakai:visible :text('Prioritas: Tinggi')")
    saved(agent)
    agent.reload()
    agent.wait_for_selector("#makro-dipakai:visible :text('Prioritas: Tinggi')")
    agent.press("#teks", "Control+Enter")
    agent.hover("#kabar .dr-toast")  # it waits under the pointer
    agent.wait_for_selector("#fakta :text('Tinggi')")
    agent.click("#kabar button:has-text('Urungkan')")
    agent.wait_for_selector("#fakta :text('Sedang')")
    agent.wait_for_selector("#makro-dipakai:visible :text('Prioritas: Tinggi')")
    agent.press("#teks", "Control+Enter")
    agent.wait_for_selector("#fakta :text('Tinggi')")
    agent.wait_for_selector("#makro-dipakai", state="hidden")


def test_escape_leaves_the_composer_and_letters_are_shortcuts_again(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    write(agent, "Belum selesai")
    agent.keyboard.press("Escape")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    agent.keyboard.press("n")
    agent.wait_for_function("() => document.activeElement.id === 'catatan'")
    agent.keyboard.press("Escape")
    agent.keyboard.press("r")
    agent.wait_for_function("() => document.activeElement.id === 'teks'")
    assert agent.input_value("#teks") == "Belum selesai"
    agent.keyboard.press("Escape")
    agent.keyboard.press("e")
    agent.wait_for_function("() => document.activeElement.id === 'eskalasi-unit'")
    agent.keyboard.press("Escape")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")


def test_after_send_and_close_the_next_row_has_the_focus(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    all_rows = agent.eval_on_selector_all(".dr-ticket a[data-open]", "rows => rows.map((row) => row.pathname)")
    here = all_rows.index(f"/tiket/{ticket().number}/")
    write(agent, "Disalurkan besok")
    agent.keyboard.press("Control+Shift+Enter")
    wanted = (all_rows[here + 1 :] or all_rows[here - 1 :])[0]
    agent.wait_for_function("path => document.activeElement.pathname === path", arg=wanted)


def test_an_ended_session_keeps_the_text_until_one_has_signed_in_again(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    address = agent.url
    agent.context.clear_cookies(name="sessionid")
    write(agent, "Tidak boleh hilang")
    agent.wait_for_selector(":is(#terputus, #sesi-berakhir):visible :text('Sesi Anda berakhir')")
    agent.goto(address)
    agent.fill("input[type=password]", "kata-sandi-uji")
    agent.fill("#id_username, #id_login", "laras")
    agent.press("input[type=password]", "Enter")
    agent.wait_for_url(address)
    assert agent.input_value("#teks") == "Tidak boleh hilang"
    saved(agent)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_composer_is_readable_and_fits(agent, theme):  # noqa: F811
    save_draft(ticket=ticket(), kind="NOTE", text="Catatan", at=timezone.now(), actor=make.staff("laras"))
    choose_theme(agent, theme)
    open_ticket(agent, "Bandung")
    for mode in ("reply", "note"):
        agent.click(f"[data-mode-tab={mode}]")
        assert findings(agent) == []
    for width in (320, 390, 768, 1440):
        agent.set_viewport_size({"width": width, "height": 844})
        assert (width, overflow(agent)) == (width, 0)
    agent.set_viewport_size(PHONE)
    assert agent.locator("[data-send=note]").bounding_box()["height"] >= 32


def test_q_answers_one_message_and_the_quotation_leads_to_it(agent):  # noqa: F811
    open_ticket(agent, "Bandung")
    agent.keyboard.press("q")
    box = agent.locator("#kutipan")
    box.get_by_text("Melati Kusumah").wait_for()
    area = agent.locator("#teks")
    agent.wait_for_function("() => document.getElementById('teks').value.includes('menulis:')")
    assert area.evaluate("area => [area === document.activeElement, area.selectionStart]") == [True, 0]
    assert findings(agent) == []
    agent.locator("[data-quote-drop]").click()
    box.wait_for(state="hidden")
    assert area.input_value() == ""
    agent.locator("#log [data-from=customer]").last.hover()
    agent.locator("#log [data-from=customer] [data-quote]").last.click()
    agent.wait_for_function("() => document.getElementById('teks').value.includes('menulis:')")
    agent.keyboard.type("Tanggal 20.")
    agent.keyboard.press("Control+Enter")
    fold = agent.locator("#log .dr-quoted").last
    fold.locator("summary").click()
    fold.locator("a[data-jump]").click()
    agent.wait_for_function("() => document.activeElement.matches('#log [data-from=customer]')")
    reply = ticket().entries.filter(kind="MESSAGE").latest("id").message
    assert reply.details["quote"] == ticket().entries.filter(kind="MESSAGE").earliest("id").pk
