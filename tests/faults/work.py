"""Pieces of work that a process of its own does: a web process, a mail pipe, a worker."""

import io
import multiprocessing
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from typing import Any

import time_machine
from django.utils import timezone

from djpk.embedded.paths import ROOT
from tests.faults.steps import stopped_at

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.loaded"])
PATIENCE = 120  # seconds for a machine that does much else


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code (-9 when it was killed) and what its work came to, if it came to an end."""

    code: int
    result: Any = None


def run(work: str, *given: Any, stop: str = "", fault: str = "kill", graph: str = "", ahead: float = 0) -> End:
    """Have a new process do `work`, until `fault` happens at the step `stop`; waits for its end. Its clock is so many
    seconds `ahead`."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_child, args=(theirs, work, given, stop, fault, graph, ahead), daemon=True)
    process.start()
    theirs.close()
    result = None
    if ours.poll(PATIENCE):
        with suppress(EOFError):
            result = ours.recv()
    process.join(PATIENCE)
    assert process.exitcode is not None, f"{work} does not end"
    ours.close()
    return End(process.exitcode, result)


def _child(pipe: Pipe, work: str, given: tuple[Any, ...], stop: str, fault: str, graph: str, ahead: float) -> None:
    from django.conf import settings
    from django.db import connection

    settings.WHATSAPP_GRAPH_URL = graph
    clock = time_machine.travel(timezone.now() + timedelta(seconds=ahead)) if ahead else nullcontext()
    with stopped_at(stop, fault), clock:
        result = _WORK[work](*given)
    connection.close()
    pipe.send(result)


def webhook(raw: bytes, signed: str) -> int:
    """A call of Meta's; the status it is answered with."""
    from django.test import Client

    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    headers = {"X-Hub-Signature-256": signed}
    return client.post("/hooks/whatsapp/", raw, content_type="application/json", headers=headers).status_code


def webhooks(calls: list[bytes], threads: int) -> Counter[int]:
    """Calls of Meta's, several at the same time; how often each status was answered."""
    from django.db import connection

    from djpk.simulator.graph import signature
    from tests.faults.calls import SECRET

    def deliver(raw: bytes) -> int:
        try:
            return webhook(raw, signature(SECRET, raw))
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(deliver, calls))


def claims(after: int, until: int) -> int:
    """A worker that never rests until so many messages beyond the key `after` are claimed."""
    from messaging.claiming import claim_in_order, waiting
    from messaging.models import Message

    done, end = 0, time.monotonic() + PATIENCE / 2
    came = Message.objects.filter(pk__gt=after, direction="IN").exclude(claimed_by="")
    while came.count() < until and time.monotonic() < end:
        at = timezone.now()
        for _channel, _contact, pk in waiting(at):
            done += claim_in_order(message=Message.objects.get(pk=pk), at=at)
    return done


def pipe_mail(raw: bytes) -> int:
    """`receive_email` with a mail on standard input; its exit code."""
    from django.core.management import call_command

    sys.stdin = io.TextIOWrapper(io.BytesIO(raw))
    try:
        with redirect_stdout(io.StringIO()):
            call_command("receive_email", stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def batch(folder: str, processes: int) -> tuple[int, list[str]]:
    """`receive_email --batch` as a process of its own; its exit code and lines."""
    argv = [sys.executable, "manage.py", "receive_email", "--batch", folder, "--processes", str(processes)]
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def worker() -> int:
    """What a Celery worker does until the queue is empty: a task is acknowledged after it, whether it fails or not.
    How many tasks there were."""
    from django.db import connection

    from djpk.celery import app

    done = 0
    with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get_nowait()
            except queue.Empty:
                return done
            args, named, _embed = message.payload
            app.tasks[message.headers["task"]].apply(args, named)
            message.ack()
            connection.close()
            done += 1


def waiting() -> int:
    """How many tasks wait in the queue."""
    from djpk.celery import app

    with app.connection_for_read() as broker:
        return int(broker.default_channel.client.llen("celery"))


def wipe() -> None:
    """Valkey loses all that it has of ours: queue, cache, hints and presence."""
    from django.conf import settings
    from django.core.cache import cache
    from redis import Redis

    from djpk.celery import app

    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    cache.clear()
    with Redis.from_url(settings.LIVE_URL) as live:
        live.flushdb()


_WORK = {"webhook": webhook, "webhooks": webhooks, "claims": claims, "mail": pipe_mail, "worker": worker}
