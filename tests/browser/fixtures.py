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
from dataclasses import dataclass

import pytest
import uvicorn

from djpk.embedded import chromium as chromium_files


@dataclass
class Live:
    """Address of the running server, without a slash at the end."""

    url: str


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
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(chromium_files.FLAGS), env={**os.environ, **env}
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh Indonesian-speaking visitor in Jakarta; fails on script errors nobody caught."""
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 1440, "height": 900})
    visitor = context.new_page()
    visitor.set_default_timeout(15_000)
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
    from djpk.asgi import application

    listener = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(application, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    yield Live(f"http://{address}")
    server.should_exit = True
    thread.join(10)
    listener.close()
