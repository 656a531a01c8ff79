"""Several web processes share one socket that the supervisor holds."""

import os
import signal

import pytest

from djpk.embedded import child, web
from djpk.embedded.demo import first_page_status
from djpk.embedded.paths import ROOT
from tests.djpk.test_embedded import wait_until


@pytest.fixture
def processes(django_db_setup, tmp_path):
    listener = web.listen(0)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "djpk.settings", "DERING_DATA": str(tmp_path)}
    started = [
        child.spawn(web.argv(listener), env=env, cwd=ROOT, log=tmp_path / "web.log", keep=[listener.fileno()])
        for _ in range(web.PROCESSES)
    ]
    yield listener.getsockname()[1], started
    for process in started:
        child.stop(process, (signal.SIGKILL, 5))
    listener.close()


def _answers(port) -> bool:
    return wait_until(lambda: first_page_status(port, "/healthz") == 200, 60)


def test_one_that_dies_is_missed_by_nobody_and_all_end_when_told(processes):
    port, started = processes
    assert _answers(port)
    started[0].kill()
    started[0].wait(10)
    assert all(first_page_status(port, "/healthz") == 200 for _ in range(6))
    started[-1].terminate()
    assert started[-1].wait(20) in (0, -signal.SIGTERM)


def test_a_port_in_use_is_refused(processes):
    port, _started = processes
    with pytest.raises(OSError, match="in use"):
        web.listen(port)
