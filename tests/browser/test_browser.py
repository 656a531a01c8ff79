"""The browser fixtures themselves: a real page from the real server, drawn by a real Chromium."""

import pytest


@pytest.mark.browser
def test_chromium_reads_the_running_server(live, page):
    answer = page.goto(f"{live.url}/healthz")
    assert answer.status == 200
    assert '"database": true' in page.inner_text("body")


@pytest.mark.browser
def test_text_is_drawn_with_a_font(page):
    page.set_content("<span style='font-size: 40px'>Pelayanan</span>")
    assert page.locator("span").bounding_box()["width"] > 100
