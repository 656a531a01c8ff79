"""The admin in a real browser: the rail leads there, the content policy blocks nothing, a form keeps its input."""

import pytest
from playwright.sync_api import expect

from tests import factories as make

pytestmark = pytest.mark.browser


@pytest.fixture
def admin_page(live, page):
    """The admin's first page, reached by a signed-in administrator through the rail."""
    nala = make.staff("nala")
    nala.set_password("kata-sandi-uji")
    nala.save()
    blocked = []
    page.on("console", lambda line: blocked.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=username]", "nala")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.click("nav.dr-rail a[title=Administrasi]")
    page.wait_for_selector("#content-main")
    page.wait_for_load_state()
    yield page
    assert blocked == []


def test_a_refused_holiday_keeps_what_was_typed(admin_page):
    page = admin_page
    page.click("#content-main .model-holiday a.addlink")
    page.fill("[name=date]", "2024-08-17")
    page.fill("[name=name]", "Hari Kemerdekaan Republik Indonesia")
    page.fill("[name=basis]", "Keputusan nomor 7")
    page.click("input[type=submit]")
    expect(page.locator(".errorlist")).to_contain_text("sudah ada")
    page.wait_for_load_state()
    assert page.input_value("[name=date]") == "2024-08-17"
    assert page.input_value("[name=basis]") == "Keputusan nomor 7"
    page.fill("[name=name]", "Upacara di kantor")
    page.click("input[type=submit]")
    expect(page.locator(".messagelist")).to_contain_text("Perubahan tersimpan.")
    page.click("a.historylink")
    expect(page.locator("h1")).to_have_text("Riwayat: 2024-08-17 Upacara di kantor")
    expect(page.locator(".dr-history")).to_contain_text("Hari libur: ditambahkan")


def test_lists_open_without_anything_blocked(admin_page):
    page = admin_page
    links = page.locator("#content-main th a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 30
    for link in links:
        assert page.goto(link).status == 200
        assert page.locator("#changelist").count() == 1
