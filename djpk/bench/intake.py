"""`bin/bench intake`: what comes in by webhook over HTTP and by mails in a batch, and are claimed by workers."""

import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.utils import timezone

from djpk.bench import pages_database
from djpk.bench.measure import Figure, figure, timed
from djpk.bench.pages import clocked
from djpk.bench.web import REDIS_DB, Server, _cpu_ms
from djpk.celery import app
from djpk.embedded import child
from djpk.embedded.demo import WORKER_ENV
from djpk.embedded.paths import ROOT
from djpk.embedded.web import HOST, PROCESSES
from djpk.simulator.graph import signature
from kernel.secrets import seal
from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from messaging.models import Channel, Connection, Message
from people.models import ContactHandle, Role, StaffRole
from tickets.models.duty import DAY, DutyShift

MESSAGES = 1500
MAILS = 400
ON_DUTY = 5
CLIENTS = 8
PACED = 75.0  # webhook calls a second at which their answers are timed: half of what is asked for
SECRET, NUMBER, MAILBOX = "rahasia-bench", "1055", "callcenter.bench@kemenkeu.example"
SAID = "Kapan DAU bulan Agustus disalurkan? Mohon informasi jadwal dan syarat salurnya."


@dataclass(frozen=True)
class Who:
    """Where messages come from: two of three from people who wrote before."""

    phones: list[str]
    emails: list[str]

    def phone(self, place: int) -> str:
        return self.phones[place % len(self.phones)].lstrip("+") if place % 3 else f"62000{uuid4().int % 10**9:09d}"

    def email(self, place: int) -> str:
        return self.emails[place % len(self.emails)] if place % 3 else f"{uuid4()}@pemda.example"


def run(tickets: int, say, rounds: int = MESSAGES) -> Iterator[Figure]:
    pages_database.use(tickets, say)
    marks = pages_database.Marks()
    renew_queue()
    with tempfile.TemporaryDirectory() as media:
        os.environ["DERING_MEDIA"] = media
        try:
            who = _set_up()
            yield from _webhooks(who, rounds)
            yield from _mails(who, max(rounds * MAILS // MESSAGES, 20), Path(media))
        finally:
            del os.environ["DERING_MEDIA"]
            marks.restore()
            renew_queue()


def _set_up() -> Who:
    """A number and a mailbox of ours that send nothing."""
    sealed = seal({"app_secret": SECRET, "verify_token": "bench", "access_token": "bench"})
    now, ways = timezone.now(), {row.code: row for row in Channel.objects.all()}
    Connection.objects.create(
        channel=ways["WHATSAPP"], name="Bench", address="+62000", settings={"phone_number_id": NUMBER},
        secrets=sealed, paused_at=now,
    )  # fmt: skip
    Connection.objects.create(channel=ways["EMAIL"], name="Bench", address=MAILBOX, paused_at=now)
    _put_on_duty(now)
    handles = ContactHandle.objects.order_by("pk")
    return Who(
        list(handles.filter(kind="PHONE").values_list("value", flat=True)[1000:11000]),
        list(handles.filter(kind="EMAIL").values_list("value", flat=True)[20000:30000]),
    )


def _put_on_duty(now: datetime) -> None:
    """New tickets go to agents on duty, as in an office with a roster; claims take turns for it."""
    agents = StaffRole.objects.filter(role=Role.AGENT_L1, user__is_active=True).order_by("user_id")
    for agent in agents.values_list("user_id", flat=True).distinct()[:ON_DUTY]:
        DutyShift.objects.create(agent_id=agent, opens=0, closes=DAY, valid_from=now.date() - timedelta(days=1))


def _call(who: Who, place: int) -> tuple[bytes, str]:
    return call_of(who.phone(place), f"wamid.{uuid4().hex}")


def call_of(sender: str, name: str) -> tuple[bytes, str]:
    """A webhook call with one message, and its signature."""
    message = {"id": name, "from": sender, "timestamp": str(int(time.time())), "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Melati Kusumah"}, "wa_id": sender}],
        "messages": [{**message, "text": {"body": SAID}}],
    }
    raw = json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
        }
    ).encode()
    return raw, signature(SECRET, raw)


def _webhooks(who: Who, rounds: int) -> Iterator[Figure]:
    with Server() as server:
        sql = _statements(lambda place: _take_call(*_call(who, place)))
        yield _stored(server, [_call(who, place) for place in range(rounds)], sql)
        yield _claimed()
        with Worker() as worker:
            yield _paced(server, worker, [_call(who, place) for place in range(rounds)])
            _until_claimed()


def _stored(server: Server, calls: list[tuple[bytes, str]], sql: list[float]) -> Figure:
    """As many as go through, by several clients at once; nobody claims them meanwhile."""
    for raw, signed in calls[:20]:  # warm
        post(open_line(server), raw, signed)
    rest, before, spent = calls[20:], server.cpu_ms(), _postgres_ms()
    times: list[float] = []

    def client(number: int) -> None:
        line = open_line(server)
        for raw, signed in rest[number::CLIENTS]:
            times.append(timed(lambda raw=raw, signed=signed: post(line, raw, signed)))

    whole = timed(lambda: in_threads(client, CLIENTS))
    cpu = (server.cpu_ms() - before + _postgres_ms() - spent) / len(rest)
    return figure(
        f"webhook, {CLIENTS} clients, stored",
        times,
        sql,
        per_second=len(rest) / whole * 1000,
        peak=server.peak_mb(),
        cpu=cpu,
    )


def _claimed() -> Figure:
    """How fast workers as `bin/demo` starts them claim what waits: tickets and more on tickets."""
    sql = _statements(lambda place: _claim_one())
    waiting = _unclaimed()
    spent = _postgres_ms()
    with Worker() as worker:
        while _unclaimed() == waiting:
            time.sleep(0.02)
        first, began = _unclaimed(), time.perf_counter()
        used = worker.cpu_ms()
        _until_claimed()
        whole = time.perf_counter() - began
        cpu = (worker.cpu_ms() - used + _postgres_ms() - spent) / first
    return figure("claimed by workers", [whole * 1000 / first], sql, per_second=first / whole, peak=0, cpu=cpu)


def _paced(server: Server, worker: "Worker", calls: list[tuple[bytes, str]]) -> Figure:
    """Answers at a steady rate while workers claim what came: median and, as p95, the 99th percentile."""
    times: list[float] = []
    began = time.perf_counter() + 0.5
    used, spent = server.cpu_ms() + worker.cpu_ms(), _postgres_ms()

    def client(number: int) -> None:
        line = open_line(server)
        for place in range(number, len(calls), CLIENTS):
            due = began + place / PACED
            time.sleep(max(0.0, due - time.perf_counter()))
            post(line, *calls[place])
            times.append((time.perf_counter() - due) * 1000)

    in_threads(client, CLIENTS)
    whole = time.perf_counter() - began
    cpu = (server.cpu_ms() + worker.cpu_ms() - used + _postgres_ms() - spent) / len(calls)
    found = figure(
        f"webhook at {PACED:.0f}/s with workers (p99)", times, per_second=len(calls) / whole, peak=0, cpu=cpu
    )
    return Figure(**{**found.as_json(), "p95_ms": round(sorted(times)[int(len(times) * 0.99)], 2)})


def _mails(who: Who, mails: int, folder: Path) -> Iterator[Figure]:
    box = folder / "mails"
    box.mkdir()
    for place in range(mails):
        (box / f"{place:06d}.eml").write_bytes(_mail(who, place))
    sql = _statements(lambda place: _take_mail(_mail(who, place)))
    spent = _postgres_ms()
    argv = [sys.executable, "manage.py", "receive_email", "--batch", str(box), "--processes", str(PROCESSES)]
    with subprocess.Popen(argv, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE) as process:
        moments = []
        for _line in process.stdout:  # type: ignore[union-attr]
            moments.append(time.perf_counter())
            used = sum(_cpu_ms(pid) for pid in _family(process.pid))
            if len(moments) == 1:
                began = used
    if len(moments) != mails:
        raise RuntimeError(f"{len(moments)} of {mails} mails were taken")
    times = [(after - before) * 1000 for before, after in itertools.pairwise(moments)]
    cpu = (used - began + _postgres_ms() - spent) / len(times)
    rate = len(times) / (moments[-1] - moments[0])
    yield figure(f"mails, receive_email, {PROCESSES} processes", times, sql, per_second=rate, peak=0, cpu=cpu)


def _mail(who: Who, place: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Melati Kusumah <{who.email(place)}>", MAILBOX
    mail["Subject"], mail["Message-ID"] = "Penyaluran DAU Agustus", f"<{uuid4()}@pemda.example>"
    mail["Date"] = timezone.now()
    mail.set_content(f"Yth. DJPK,\n\n{SAID}\n\nTerima kasih.\n")
    mail.add_alternative(f"<html><body><p>Yth. DJPK,</p><p>{SAID}</p></body></html>", subtype="html")
    return mail.as_bytes()


def _statements(work) -> list[float]:
    """Milliseconds inside the database driver of some of these in this process, after a few that warm it."""
    found = []
    for place in range(14):
        with clocked() as spent:
            work(place)
        found.append(spent.ms)
    return found[4:]


def _take_call(raw: bytes, signed: str) -> None:
    headers = {"X-Hub-Signature-256": signed, "X-Forwarded-Proto": "https"}
    answer = Client(HTTP_HOST="localhost").post(
        "/hooks/whatsapp/", raw, content_type="application/json", headers=headers
    )
    if answer.status_code != 200:
        raise RuntimeError(f"the webhook says {answer.status_code}")


def _claim_one() -> None:
    message = Message.objects.filter(claimed_by="", direction="IN").order_by("received_at").first()
    if message is not None:
        claim_in_order(message=message, at=timezone.now())


def _take_mail(raw: bytes) -> None:
    received = receive_mail(raw, at=timezone.now())
    claim_in_order(message=received.message, at=timezone.now())


def _unclaimed() -> int:
    return Message.objects.filter(claimed_by="", direction="IN").count()


def _until_claimed() -> None:
    while _unclaimed():
        time.sleep(0.02)


def open_line(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, server.port, timeout=60)


def post(line: http.client.HTTPConnection, raw: bytes, signed: str) -> None:
    line.request(
        "POST",
        "/hooks/whatsapp/",
        raw,
        {"Host": "localhost", "Content-Type": "application/json", "X-Hub-Signature-256": signed},
    )
    answer = line.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the webhook says {answer.status}: {said[:200]!r}")


def in_threads(work, number: int) -> None:
    """Run to the end in so many threads; raises what one of them raised."""
    failed: list[Exception] = []

    def safe(place: int) -> None:
        try:
            work(place)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=safe, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class Worker:
    """Celery's worker as `bin/demo` starts it, on the queue of the measured web processes."""

    def __enter__(self) -> "Worker":
        argv = [sys.executable, "-m", "djpk.embedded.worker", "--concurrency", "2", "--loglevel", "WARNING"]
        log = Path(os.environ["DERING_DATA"]) / "log" / "bench-worker.log"
        self.process = child.spawn(argv, env=_environment(), log=log, cwd=ROOT)
        return self

    def __exit__(self, *_error: object) -> None:
        child.stop(self.process, (15, 20))

    def cpu_ms(self) -> float:
        """Processor time of the worker and of its pool so far."""
        return sum(_cpu_ms(pid) for pid in _family(self.process.pid))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for name in children for one in _family(int(name)))]


def _postgres_ms() -> float:
    """Processor time of the database server's processes on this machine, ended ones included; 0 elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    try:
        parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        fields = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()
        ended = (int(fields[13]) + int(fields[14])) * 1000 / os.sysconf("SC_CLK_TCK")
        return ended + sum(_cpu_ms(pid) for pid in _family(parent))
    except (OSError, ValueError):
        return 0.0


def _environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(name)}"))
    ours = {"DATABASE_URL": url, "DERING_TLS": "0", "DERING_DEBUG": "0", **WORKER_ENV}
    return {"DERING_REDIS_DB": REDIS_DB, **os.environ, **ours}


def renew_queue() -> None:
    """The queue of the measured processes is ours, too, without tasks of an earlier run that was broken off."""
    app.conf.broker_url = re.sub(r"\d+$", REDIS_DB, app.conf.broker_url)
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
