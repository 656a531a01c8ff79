"""The report and the pages around it in a real browser: drawn, quiet, within the screen, readable by all."""

from pathlib import Path

import pytest

from djpk import assets
from reports import views
from tests.djpk.cast import PASSWORD, ratna
from tests.reports.golden_report import golden_report

pytestmark = pytest.mark.browser
AXE = Path(assets.MODULES) / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module", autouse=True)
def _built():
    assets.build()


@pytest.fixture(autouse=True)
def _report(monkeypatch):
    monkeypatch.setattr(views, "build", lambda month, language: golden_report() | {"month": str(month)})


@pytest.fixture
def quiet(page):
    """The visitor; at the end nothing may stand in the console, least of all a breach of the content policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    yield page
    assert said == []


@pytest.fixture
def manager(live, quiet):
    """Ratna, signed in through the form, with the report of August before her."""
    ratna()
    quiet.goto(live.url + "/laporan/2024-08/")
    quiet.fill("#id_username", "ratna")
    quiet.fill("#id_password", PASSWORD)
    quiet.press("#id_password", "Enter")
    quiet.wait_for_url("**/laporan/2024-08/")
    return quiet


def charts_drawn(page) -> None:
    """Scroll to the first chart and wait for its picture; charts are drawn when they come into view."""
    page.wait_for_selector("[data-vega]", state="attached").scroll_into_view_if_needed()
    page.wait_for_selector("[data-vega][data-drawn] svg")


def choose_theme(page, name: str) -> None:
    page.click("[popovertarget=akun]")
    page.click(f"#akun button[value={name}]")
    page.keyboard.press("Escape")


def overflow(page) -> int:
    """Pixels by which something is wider than the screen."""
    return page.evaluate(
        """() => Math.max(...[document.documentElement, document.querySelector('main')]
                  .map(box => box.scrollWidth - box.clientWidth))"""
    )


def findings(page) -> list[str]:
    """What axe finds, as "rule: first place"."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}" for rule in found]


def test_a_manager_signs_in_and_sees_the_report_with_its_charts(manager):
    assert manager.inner_text("h1") == "Laporan Layanan Informasi — Agustus 2024"
    assert manager.inner_text(".dr-kpi-value >> nth=0") == "1.018"
    charts_drawn(manager)
    told = manager.get_attribute("[data-vega=tren-whatsapp]", "aria-label")
    assert "Agt 746" in told
    assert "746" in manager.text_content("[data-vega=tren-whatsapp] svg")


def test_every_chart_is_drawn_once_it_is_scrolled_to(manager):
    for box in manager.query_selector_all("[data-vega]"):
        box.scroll_into_view_if_needed()
        manager.wait_for_function("box => box.hasAttribute('data-drawn')", arg=box)


def test_a_figure_leads_to_its_explanation_and_the_arrow_key_to_the_month_before(manager):
    assert manager.get_attribute(".dr-kpi-value a >> nth=0", "href").endswith("/angka/consultations.total/")
    manager.keyboard.press("ArrowLeft")
    manager.wait_for_url("**/laporan/2024-07/")


def test_the_rows_behind_a_figure_are_paged_in_place(manager, live, monkeypatch):
    rows = [[f"DRG-24-{place:05}"] for place in range(120)]
    explained = {
        "label": "WhatsApp",
        "printed": "120",
        "formula": "Jumlah",
        "population": "P1",
        "columns": [{"label": "Nomor"}],
        "rows": rows,
    }
    monkeypatch.setattr(views, "explain", lambda *_asked: explained)
    manager.goto(live.url + "/laporan/2024-08/angka/whatsapp.total/")
    manager.evaluate("() => { window.stayed = true }")
    manager.click("[rel=next]")
    manager.wait_for_selector("text=DRG-24-00050")
    assert manager.evaluate("() => window.stayed"), "the page was not loaded anew"
    assert manager.url.endswith("?halaman=2")
    assert findings(manager) == []
    manager.go_back()
    manager.wait_for_selector("text=DRG-24-00000")
    assert manager.is_visible("h1"), "the whole page, not the part alone"


def test_the_dark_theme_is_kept_and_the_charts_follow_it(manager):
    charts_drawn(manager)
    choose_theme(manager, "light")
    colours = """() => [getComputedStyle(document.body).backgroundColor,
        document.querySelector('[data-vega=tren-whatsapp] svg text').getAttribute('fill')]"""
    light = manager.evaluate(colours)
    choose_theme(manager, "dark")
    assert manager.get_attribute("html", "data-bs-theme") == "dark"
    manager.wait_for_function(
        f"([ground, ink]) => {{ const now = ({colours})(); return now[0] != ground && now[1] != ink }}", arg=light
    )
    manager.reload()
    assert manager.get_attribute("html", "data-bs-theme") == "dark"


def test_nothing_is_wider_than_the_screen(manager):
    for width in (320, 390, 768, 1024, 1440):
        manager.set_viewport_size({"width": width, "height": 844})
        manager.reload()
        charts_drawn(manager)
        assert (width, overflow(manager)) == (width, 0)


def test_the_report_has_nothing_that_axe_objects_to_in_either_theme(manager):
    for theme in ("light", "dark"):
        choose_theme(manager, theme)
        charts_drawn(manager)
        assert findings(manager) == [], theme


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_nothing_that_axe_objects_to(live, quiet, theme, monkeypatch):
    quiet.emulate_media(color_scheme=theme)
    quiet.set_viewport_size(PHONE)
    quiet.goto(live.url + "/masuk/")
    assert findings(quiet) == []
    assert overflow(quiet) == 0
    quiet.fill("#id_username", "ratna")
    quiet.click(".dr-form button")
    quiet.wait_for_selector("main :text('Isi kata sandi.')")
    quiet.wait_for_load_state()
    assert quiet.input_value("#id_username") == "ratna"
    quiet.evaluate("() => delete window.axe")
    assert findings(quiet) == []


def test_the_account_menu_works_with_the_keyboard_and_signs_out(manager):
    manager.focus("[popovertarget=akun]")
    manager.keyboard.press("Enter")
    assert manager.is_visible("#akun")
    manager.keyboard.press("Escape")
    assert not manager.is_visible("#akun")
    manager.click("[popovertarget=akun]")
    manager.click("#akun >> text=Keluar")
    manager.wait_for_url("**/masuk/")
