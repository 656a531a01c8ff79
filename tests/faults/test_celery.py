"""Celery's own worker, as `bin/demo` starts it: killed, and cut off from the database."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

from djpk.embedded import child
from djpk.embedded.demo import WORKER_ENV
from djpk.embedded.paths import ROOT
from messaging.models import Message
from messaging.tasks import sweep_unclaimed
from tests.faults import work
from tests.faults.calls import call, text
from tests.faults.conftest import Counts

PATIENCE = 120  # seconds on a machine that does much else


@contextmanager
def celery(log: Path, graph: str, processes: int = 2) -> Iterator[int]:
    """The worker's process id; what is left of it is ended."""
    argv = [sys.executable, "-m", "djpk.embedded.worker", "--concurrency", str(processes), "--loglevel", "WARNING"]
    ours = {"DJANGO_SETTINGS_MODULE": "djpk.settings", "DERING_WHATSAPP_GRAPH_URL": graph, **WORKER_ENV}
    process = child.spawn(argv, env={**os.environ, **ours}, log=log, cwd=ROOT)
    try:
        yield process.pid
    finally:
        child.stop(process, (signal.SIGTERM, 20))


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


def pool_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def deliver(serial: int, first: int, last: int) -> None:
    calls = [call(text(f"wamid.{serial}.{n}", f"62000{serial}{n:06d}")) for n in range(first, last)]
    assert work.run("webhooks", calls, 2).result == {200: last - first}


def test_killed_workers_and_another_that_goes_on(line, graph, serial, since, tmp_path):
    deliver(serial, 0, 12)
    with celery(tmp_path / "first.log", graph.url) as pid:
        until(lambda: since().claimed >= 2)
        for one in pool_of(pid):
            os.kill(one, signal.SIGKILL)
        until(lambda: since().claimed >= 4)
        os.kill(pid, signal.SIGKILL)
    deliver(serial, 12, 16)
    sweep_unclaimed()
    with celery(tmp_path / "second.log", graph.url):
        until(lambda: not work.waiting())
        until(lambda: sweep_unclaimed() == 0)
    assert since() == Counts(messages=16, claimed=16, contacts=16, tickets=16, shown=16)


def test_a_worker_whose_database_connection_was_cut_goes_on_with_the_next_task(line, graph, serial, since, tmp_path):
    with celery(tmp_path / "worker.log", graph.url, 1):
        deliver(serial, 0, 1)
        until(lambda: since().claimed == 1)
        cut_all()
        deliver(serial, 1, 3)
        until(lambda: since().claimed == 3)  # no sweep was needed
    assert since() == Counts(messages=3, claimed=3, contacts=3, tickets=3, shown=3)
    assert not Message.objects.filter(attempts__gt=0, pk__gt=since.last).exists()


def cut_all() -> None:
    """End all connections to this database but the test's own."""
    ours = connection.connection.info.backend_pid
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)",
            [ours],
        )
