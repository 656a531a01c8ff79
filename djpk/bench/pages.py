"""`bin/bench pages`: what an agent waits for, over HTTP with a session, beside the time its statements take."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from djpk.bench import pages_database
from djpk.bench.measure import Figure, figure, timed
from djpk.bench.page_weight import Weight, page_weight
from djpk.bench.web import Server, Session, signed_in
from djpk.bench.words import COMMON, RARE
from people.models import ContactHandle, User
from people.tokens import issue_token
from tickets.models import Ticket

ROUNDS = 60
WARM_UP = 10
CLIENTS = 8
CREATED = 50  # by each of the clients
AGENT = "bench1"
ANSWER = "Terima kasih. Berkas sudah kami terima dan sedang diteruskan ke direktorat terkait."
VIEWS = {
    "saved view: topic, zone and group": "topik=DAU&zona=WITA&kelompok=PEMDA",
    "saved view: one province": "wilayah=32&urut=pesan",
    "saved view: mine, by status": "tampilan=milik-saya&status=OPEN&urut=terlama",
    "saved view: unit asked": "tampilan=layer-2&unit=PK.2",
    "saved view: closed": "tampilan=selesai&topik=DAK_FISIK&zona=WIT",
    "saved view: closed, one region": "tampilan=selesai&wilayah=73.71&kanal=EMAIL",
}


@dataclass(frozen=True)
class Ask:
    """One request: a page, a form when `form` is given, an API call when `body` is."""

    path: str
    form: dict[str, str] = field(default_factory=dict)
    body: str = ""
    htmx: bool = False


@dataclass
class Bench:
    """Everything the figures need: the server, somebody signed in, a token, and tickets to work on."""

    server: Server
    browser: Client
    secret: str
    rounds: int
    open_numbers: list[str]
    answered_numbers: list[str]
    emails: list[str]

    def session(self) -> Session:
        csrf = get_random_string(32)
        cookies = {name: morsel.value for name, morsel in self.browser.cookies.items()} | {"csrftoken": csrf}
        session = Session(self.server.port, cookie="; ".join(f"{name}={value}" for name, value in cookies.items()))
        session.csrf = csrf
        return session

    def measure(self, name: str, ask: Callable[[int], Ask]) -> Figure:
        """Median and p95 over HTTP; the time that statements take when the same runs in this process."""
        over_http, here = self._over_http(ask), self._here(ask)
        for place in range(WARM_UP):
            over_http(place)
        before = self.server.cpu_ms()
        times = [timed(partial(over_http, WARM_UP + place)) for place in range(self.rounds)]
        cpu = (self.server.cpu_ms() - before) / self.rounds
        sql = []
        for place in range(max(3, self.rounds // 3)):
            with clocked() as spent:
                here(WARM_UP + self.rounds + place)
            sql.append(spent.ms)
        return figure(name, times, sql[2:], peak=self.server.peak_mb(), cpu=cpu)

    def _over_http(self, ask: Callable[[int], Ask]) -> Callable[[int], object]:
        session = self.session()
        api = Session(self.server.port, token=self.secret)

        def send(place: int) -> object:
            one = ask(place)
            headers = {"HX-Request": "true"} if one.htmx else {}
            if one.body:
                return api.send_json(one.path, one.body)
            if one.form:
                return session.post(one.path, one.form | {"csrfmiddlewaretoken": session.csrf}, **headers)
            return session.get(one.path, **headers)

        return send

    def _here(self, ask: Callable[[int], Ask]) -> Callable[[int], object]:
        api = Client(HTTP_HOST="localhost")

        def run(place: int) -> None:
            one = ask(place)
            headers = {"HX-Request": "true"} if one.htmx else {}
            if one.body:
                headers |= {"Authorization": f"Bearer {self.secret}"}
                answer = api.post(one.path, one.body, content_type="application/json", headers=headers)
            elif one.form:
                answer = self.browser.post(one.path, one.form, headers=headers)
            else:
                answer = self.browser.get(one.path, headers=headers)
            if answer.status_code not in (200, 201):
                raise RuntimeError(f"{one.path}: {answer.status_code}")

        return run


@dataclass
class Spent:
    """Milliseconds inside the database driver, commits included."""

    ms: float = 0.0


@contextmanager
def clocked() -> Iterator[Spent]:
    """Sum the time of all statements of this process's connection."""
    spent, commit = Spent(), connection._commit

    def counted(execute, *given):
        start = time.perf_counter()
        try:
            return execute(*given)
        finally:
            spent.ms += (time.perf_counter() - start) * 1000

    connection._commit = lambda: counted(commit)
    try:
        with connection.execute_wrapper(counted):
            yield spent
    finally:
        connection._commit = commit


def run(tickets: int, say, rounds: int = ROUNDS) -> Iterator[Figure | Weight]:
    pages_database.use(tickets, say)
    marks = pages_database.Marks()
    user = User.objects.get(username=AGENT)
    _token, secret = issue_token(
        name="bench", user=user, scopes=["tickets:read", "tickets:write"], at=timezone.now(), actor=user
    )
    browser = signed_in(user)
    try:
        with Server() as server:
            bench = Bench(server, browser, secret, rounds, *_material(2 * (WARM_UP + 2 * rounds)))
            yield from _reading(bench)
            yield from _writing(bench)
            yield from page_weight(bench.session(), reverse("inbox"), "inbox")
    finally:
        browser.logout()
        marks.restore()


def _material(wanted: int) -> tuple[list[str], list[str], list[str]]:
    """Numbers of open and of answered tickets, and addresses of contacts, spread over the database."""
    living = Ticket.objects.exclude(status=Ticket.Status.CLOSED).order_by("pk")
    answered = living.filter(status=Ticket.Status.ANSWERED).exclude(channel__code="WHATSAPP")  # mostly refused there
    answered = answered.values_list("number", flat=True)[:wanted]
    emails = ContactHandle.objects.filter(kind=ContactHandle.Kind.EMAIL).order_by("pk")
    if not answered:
        raise RuntimeError("no answered ticket among the open ones to reply to: build with more --tickets")
    return (
        list(living.values_list("number", flat=True)[:wanted]),
        list(answered),
        list(emails.values_list("value", flat=True)[:wanted]),
    )


def _reading(bench: Bench) -> Iterator[Figure]:
    inbox = reverse("inbox")
    opened = _round_robin(bench.open_numbers, lambda number: reverse("ticket", args=[number]))
    yield bench.measure("inbox, first page", lambda place: Ask(inbox))
    for name, query in VIEWS.items():
        yield bench.measure(name, lambda place, query=query: Ask(f"{inbox}?{query}"))
    yield bench.measure("open a ticket, whole page", lambda place: Ask(opened(place)))
    yield bench.measure("open a ticket, beside the list", lambda place: Ask(opened(place), htmx=True))
    search = reverse("ticket-search")
    for kind, word in (("rare", RARE), ("common", COMMON)):
        yield bench.measure(f"search, {kind} word", lambda place, word=word: Ask(f"{search}?q={word}"))
    yield bench.measure("search, rare word, results alone", lambda place: Ask(f"{search}?q={RARE}", htmx=True))
    yield bench.measure("search as you type", lambda place: Ask(f"{reverse('ticket-quick-search')}?q={RARE}"))


def _writing(bench: Bench) -> Iterator[Figure]:
    said = _round_robin(bench.answered_numbers, lambda number: reverse("ticket-say", args=[number]))
    reply = {"mode": "reply", "teks": ANSWER}
    yield bench.measure("post a reply", lambda place: Ask(said(place), form=reply, htmx=True))
    yield bench.measure("create through the API", lambda place: _creation(bench, place))
    yield _many_clients(bench)


def _round_robin(numbers: list[str], path: Callable[[str], str]) -> Callable[[int], str]:
    return lambda place: path(numbers[place % len(numbers)])


def _creation(bench: Bench, place: int) -> Ask:
    """Two of three come from somebody who wrote before."""
    email = bench.emails[place % len(bench.emails)] if place % 3 else f"{uuid4()}@pemda.example"
    body = {
        "channel": "EMAIL",
        "contact": {"name": "Melati Kusumah", "email": email, "user_group": "PEMDA", "region": "32.73"},
        "subject": "Penyaluran DAU Agustus",
        "text": "Kapan DAU bulan Agustus disalurkan? Mohon informasi jadwal dan syarat salurnya.",
        "topic": "DAU",
    }
    return Ask(reverse("api:tickets"), body=json.dumps(body))


def _many_clients(bench: Bench) -> Figure:
    """Tickets created by several clients at once, each on its own connection."""
    created = max(3, min(CREATED, bench.rounds))
    senders = [bench._over_http(lambda place: _creation(bench, place)) for _ in range(CLIENTS)]
    times: list[float] = []
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for place in range(created):
                times.append(timed(partial(senders[number], number * created + place)))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    whole = timed(lambda: [*(thread.start() for thread in threads), *(thread.join() for thread in threads)])
    if failures:
        raise failures[0]
    name = f"create through the API, {CLIENTS} clients"
    return figure(name, times, per_second=len(times) / whole * 1000, peak=bench.server.peak_mb())
