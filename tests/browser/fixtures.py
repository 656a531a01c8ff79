"""A real Chromium and a real ASGI server for tests that look at pages as people do.

    @pytest.mark.browser
    def test_sign_in(live, page):
        page.goto(live.url + "/masuk/")

`live` serves this worker's database over HTTP (and WebSockets) with committed data.
"""

import os
import socket
import threading
import time

import pytest
import uvicorn

from djpk.embedded import chromium as chromium_files

# DERING_SLOW_BROWSER=4 makes pages run four times slower: what a test has to wait for, and does not, shows.
SLOWNESS = float(os.environ.get("DERING_SLOW_BROWSER", "1"))
PATIENCE = int(15_000 * SLOWNESS)  # ms that anything waited for may take


class Live:
    """The running server; `url` is its address without a slash at the end. It may stop and start again there."""

    def __init__(self) -> None:
        # Bound and never listening: the port stays ours while the server is stopped, too.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from djpk.asgi import application

        self.listener = socket.create_server(("127.0.0.1", self.port))
        config = uvicorn.Config(application, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        given = {"sockets": [self.listener]}
        self.thread = threading.Thread(target=self.server.run, kwargs=given, daemon=True)
        self.thread.start()
        while not self.server.started and self.thread.is_alive():
            time.sleep(0.005)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.listener.close()


@pytest.fixture(scope="session")
def chromium():
    """The browser; skipped where none is installed, unless bin/test promised one."""
    found = chromium_files.find()
    if found is None:
        if os.environ.get("DERING_REQUIRE_BROWSER"):
            pytest.fail("bin/test installs a Chromium, yet there is none")
        pytest.skip("no Chromium: run bin/test once, or set DERING_CHROMIUM")
    executable, env = found
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs its loop in the tests' thread
    node = chromium_files.node_home() / "bin" / "node"
    if node.exists():
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(chromium_files.FLAGS), env={**os.environ, **env}
        )
        yield browser
        browser.close()


def _then_with_its_list(page, go):
    def gone(*args, **kwargs):
        answer = go(*args, **kwargs)
        page.wait_for_selector("#antrean[aria-busy]", state="detached")
        return answer

    return gone


def paced(page):
    """The page, as patient and as slow as all of this run; somewhere new it waits for the list beside a ticket."""
    page.set_default_timeout(PATIENCE)
    for way in ("goto", "reload"):
        setattr(page, way, _then_with_its_list(page, getattr(page, way)))
    if SLOWNESS > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
    return page


@pytest.fixture
def page(chromium):
    """A fresh Indonesian-speaking visitor in Jakarta; fails on script errors nobody caught."""
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 1440, "height": 900})
    visitor = paced(context.new_page())
    errors: list[str] = []
    visitor.on("pageerror", lambda error: errors.append(str(error)))
    yield visitor
    context.close()
    assert not errors, errors


@pytest.fixture(scope="session")
def browser_files():
    """The bundle as the sources have it now; one worker builds, the others wait."""
    from djpk import assets

    assets.build(report=lambda _line: None)


@pytest.fixture
def live(browser_files, transactional_db):
    """The whole application on a free port, in a thread of its own."""
    server = Live()
    server.start()
    yield server
    server.stop()
    server.place.close()
