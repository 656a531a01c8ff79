"""The table of pages and roles in docs/roles.md, cell by cell.

A page that is missing there fails with the row to paste: judge it before you do. An address with an argument
nobody used before needs a value in `World.value`.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from calls.models import Call
from consultations.models import Reservation, SlotException, SlotPattern
from escalation.models import Absence, EscalationFile, PlannedEscalation
from escalation.verbs import escalate
from kernel.models import ImportRun
from knowledge import verbs as knowledge
from messaging.files import store_file
from messaging.models import Attachment, Connection, Message, MessageTemplate
from outreach.models import LaporMail
from people.models import Role, User
from tests import factories as make
from tickets.models import Draft, DraftFile, DutyShift, Macro, NoteFile, SavedView, TicketEntry

WHO = {
    Role.AGENT_L1: "laras",
    Role.SUPERVISOR: "sekar",
    Role.AGENT_L2: "damar",  # PK.2
    Role.FRONT_DESK: "wening",
    Role.PPID_OFFICER: "galih",
    Role.MANAGER: "ratna",
    Role.ADMINISTRATOR: "nala",
}
STRANGER = "stranger"
COLUMNS = [*WHO, STRANGER]
DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
ELSEWHERE = ("/api/v1/", "/admin/", "/hooks/")  # docs/api.md, test_admin_pages.py; machines that sign what they send
QUERIES = {
    "/tiket/cari/": "?q=salur",
    "/tiket/cari/cepat/": "?q=salur",
    "/kanal/baru/": "?kanal=EMAIL",
}  # pages that show nothing unasked
LISTED_ALL_THE_SAME = {"/api/v1/docs/", "/admin/"}


def routes() -> set[str]:
    """Every page address of the project, arguments as `<name>`; `POST …` where nothing else is answered."""
    found = set(_walk(get_resolver().url_patterns))
    kept = {path for path in found if not path.startswith(ELSEWHERE) or path in LISTED_ALL_THE_SAME}
    return {path for path in kept if not path.startswith("/^")}


def _walk(patterns, prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + re.sub(r"<\w+:(\w+)>", r"<\1>", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path


def table() -> dict[str, dict[str, str]]:
    """Rows of the document: {"/tiket/<number>/": {"AGENT_L1": "ok", …, "stranger": "masuk"}}."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = next(row for row in rows if row[0] == "page")
    return {row[0].strip("`"): dict(zip(head[1:], row[1:], strict=True)) for row in rows if row[0].startswith("`")}


TABLE = table()


@pytest.fixture
def world(db, settings, tmp_path):
    """Two tickets with a file each, the first for PK.2, the second for PK.4; and what else addresses name.

    `world.value(argument, path, user, which)`: of two things the first is the user's own, the second another's.
    """
    settings.MEDIA_ROOT, settings.MAIL_CONFIGURED = tmp_path, True
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    for username in WHO.values():
        make.staff(username)
    User.objects.update(password=make_password("kata-sandi-uji"))
    return World()


class World:
    def __init__(self) -> None:
        self.file = store_file(b"a;b", at=make.NOW)
        at = {"at": make.NOW, "actor": None}
        article = knowledge.create_article(title="Jadwal", body="Tiap bulan.", unit=make.unit("PK.2"), **at)
        self.article = knowledge.publish(article=article, **at)
        self.tickets = [self.ticket("DAU", "PK.2"), self.ticket("DANA_DESA", "PK.4")]

    def ticket(self, topic: str, unit: str):
        ticket = make.ticket(topic=make.topic(topic))
        escalate(ticket, unit=make.unit(unit), at=make.NOW, actor=None)
        Attachment.objects.create(message=ticket.entries.first().message, file=self.file, name="a.csv")
        return ticket

    def value(self, argument: str, path: str, user: User | None, which: int) -> str:
        """What stands for `<argument>` in an address."""
        if argument == "pk":
            return str(self.row(path, user, which).pk)
        if argument == "file" and path.startswith("/layer2/"):
            given = {"escalation": self.row(path, user, which), "kind": "QUESTION", "file": self.file}
            return str(EscalationFile.objects.get_or_create(name="a.csv", **given)[0].pk)
        if argument == "file":
            return str(Attachment.objects.get(message__ticket_entry__ticket=self.tickets[which]).pk)
        if argument == "number" and path.startswith("/konsultasi/"):
            return self.reservation(which).number
        if argument == "token":
            return "kunci:palsu"
        if argument == "number":
            return self.tickets[which].number
        if path.startswith("/obrolan/berkas/"):
            return "kunci"
        if path.startswith("/pengetahuan/"):
            return self.article.code
        if path.startswith("/simulator/"):
            return "kunci"
        if argument == "key":
            return "a-b" if path.startswith("/masuk/") else "consultations.total"
        known = {
            "month": "2024-08",
            "kind": "tickets",
            "code": "ambil",
            "secret": "kunci",
            "uidb36": "1",
            "name": "topik",
            "step": "periksa",
        }
        assert argument in known, f"<{argument}> of {path} needs a value in World.value"
        return known[argument]

    def reservation(self, which: int) -> Reservation:
        """A coming one with a letter; the first for PK.2, the second for PK.4."""
        code, unit = (("DAU", "PK.2"), ("DANA_DESA", "PK.4"))[which]
        row, _new = Reservation.objects.get_or_create(
            number=f"RSV-{which}",
            defaults={
                "mode": "FACE_TO_FACE", "organization": "BKAD", "user_group": "PEMDA", "unit": make.unit(unit),
                "requested_at": make.NOW, "starts_at": make.NOW + which * make.DAY, "letter": self.file,
                "ends_at": make.NOW + which * make.DAY + make.HOUR,
            },
        )  # fmt: skip
        row.topics.add(make.topic(code))
        return row

    def row(self, path: str, user: User | None, which: int):
        """The row whose key an address wants."""
        owner = user if which == 0 else make.staff("bima")
        if path.startswith("/impor/"):
            return ImportRun.objects.create(
                kind="tickets", file_name="a.csv", created_at=make.NOW, created_by=owner, rejected=self.file
            )
        if path.startswith("/kanal/"):
            code = "HAI" if "/panggilan/" in path or "/status/" in path else "WHATSAPP"
            if path.startswith("/kanal/panggilan/"):
                called = {"channel": make.channel("HAI"), "direction": "OUT", "received_at": make.NOW, "body": "Ya."}
                Connection.objects.get_or_create(channel=make.channel("HAI"), address="hai", defaults={"name": "HAI"})
                name = f"out:{Message.objects.count()}"
                return Message.objects.create(external_id=name, delivery="FAILED", **called)
            name = {"channel": make.channel(code), "address": f"+6200011100{which}"}
            line, _new = Connection.objects.get_or_create(**name, defaults={"name": "WA"})
            text = {"name": "salam", "language": "id", "defaults": {"synced_at": make.NOW}}
            return MessageTemplate.objects.get_or_create(connection=line, **text)[0] if "templat/<" in path else line
        if path.startswith("/layer2/"):
            asked = self.tickets[which].escalations.get()
            if "/tidak-di-tempat/" in path:
                days = {"starts_on": date(2999, 1, 1), "ends_on": date(2999, 1, 3), "entered_at": make.NOW}
                person = make.staff("damar" if which == 0 else "tirta")
                return Absence.objects.get_or_create(user=person, defaults=days)[0]
            if "/rencana/" not in path:
                return asked
            how = {"after": asked, "position": 0, "planned_at": make.NOW}
            return PlannedEscalation.objects.create(ticket=asked.ticket, unit=make.unit("PK.6"), **how)
        if path.startswith("/konsultasi/slot/"):
            if "/pengecualian/" in path:
                return SlotException.objects.create(starts_on=date(2999, 1, 1), ends_on=date(2999, 1, 1), reason="Uji")
            return SlotPattern.objects.filter(valid_to=None)[which]
        if path.startswith("/akun/keamanan/kunci/"):
            kept = {"name": "Kunci", "credential": {}}
            return Authenticator.objects.create(user=owner or make.staff("bima"), type="webauthn", data=kept)
        if path.startswith("/akun/sesi/"):
            owner, key = owner or make.staff("bima"), secrets.token_hex(16)
            return UserSession.objects.create(user=owner, ip="198.51.100.7", session_key=key, user_agent="")
        if path.startswith("/lapor/"):
            name = f"<{LaporMail.objects.count()}@gowa.example>"
            message = self.tickets[which].entries.first().message
            given = {"sender": "bkad@gowa.example", "received_at": make.NOW, "message": message}
            return LaporMail.objects.create(external_id=name, **given)
        if path.startswith("/telepon/"):
            call_id = f"m-{Call.objects.count()}"
            return Call.objects.create(call_id=call_id, status="MISSED", started_at=make.NOW)
        if path.startswith("/tiket/piket/"):
            hours = {"opens": 480, "closes": 960, "valid_from": date(2999, 1, 1)}
            return DutyShift.objects.create(agent=make.staff("bima"), **hours)
        if path.startswith("/tiket/karantina/"):
            held = {"channel": make.channel(), "direction": "IN", "received_at": make.NOW, "claimed_by": "quarantine"}
            return Message.objects.create(external_id=f"{path} {which}", **held)
        if "/pisah/" in path:
            return self.tickets[which].entries.first()
        return self.row_of_ticket(path, owner, self.tickets[which])

    def row_of_ticket(self, path: str, owner: User | None, ticket):
        """The row whose key an address below /tiket/ wants."""
        owner = owner or make.staff("bima")
        if "/simpanan/" in path:
            return SavedView.objects.create(name=f"Tampilan {path}", owner=owner, created_at=make.NOW)
        if "/makro/" in path:
            title = f"{owner.username} {path}"
            return Macro.objects.create(owner=owner, title=title, actions=[], note="Cek.", updated_at=make.NOW)
        if "/draf/berkas/" in path:
            draft = Draft.objects.create(user=owner, ticket=ticket, kind=Draft.Kind.REPLY, updated_at=make.NOW)
            return DraftFile.objects.create(draft=draft, file=self.file, name="a.csv")
        if "/catatan/berkas/" in path:
            note = TicketEntry.objects.create(ticket=ticket, kind=TicketEntry.Kind.NOTE, at=make.NOW, note="Cek.")
            return NoteFile.objects.create(entry=note, file=self.file, name="a.csv")
        if "/urung/" in path:
            return ticket.events.earliest("id")
        if "/pesan/" in path:
            message = ticket.entries.first().message
            Message.objects.filter(pk=message.pk).update(html="<p>Kapan?</p>", raw=self.file)
            return message
        if "/lebih-awal/" in path or "/kutip/" in path:
            return ticket.entries.first()
        return Attachment.objects.get(message__ticket_entry__ticket=ticket)


def test_the_table_lists_every_page_and_nothing_else(world):
    listed = {label.removeprefix("POST ") for label in TABLE}
    missing = sorted(routes() - listed)
    assert not missing, "add to docs/roles.md after judging:\n" + "\n".join(suggestion(path, world) for path in missing)
    assert listed - routes() == set()
    assert all(list(cells) == [str(column) for column in COLUMNS] for cells in TABLE.values())


@pytest.mark.parametrize("label", TABLE, ids=lambda label: label.replace(" ", "_"))
def test_each_role_finds_what_the_table_says(label, world):
    assert row(label, outcomes(label, world)) == row(label, TABLE[label])


def row(label: str, cells: dict[str, str]) -> str:
    """A line of the table."""
    return f"| `{label}` | " + " | ".join(cells.values()) + " |"


def suggestion(path: str, world) -> str:
    with transaction.atomic():
        answer = ask(Role.ADMINISTRATOR, f"GET {path}", world, 0)
        transaction.set_rollback(True)
    label = f"POST {path}" if answer.status_code == 405 else path
    return row(label, outcomes(label, world))


def outcomes(label: str, world) -> dict[str, str]:
    """What each role and a stranger find at an address."""
    found = {}
    for column in COLUMNS:
        with transaction.atomic():
            found[str(column)] = outcome(column, label, world)
            transaction.set_rollback(True)
    return found


def outcome(column: str, label: str, world) -> str:
    mine = ask(column, label, world, 0)
    word = in_a_word(mine, label)
    if word != "ok":
        return word
    if "<number>" in label or "<pk>" in label:
        return "own" if in_a_word(ask(column, label, world, 1), label) == "404" else "ok"
    own, other = (ticket.number for ticket in world.tickets)
    body = "" if mine.streaming else mine.content.decode(errors="replace")
    return "own" if own in body and other not in body else "ok"


def in_a_word(answer: HttpResponse, label: str) -> str:
    goal = answer.headers.get("Location", "")
    if goal.startswith("/masuk/?next="):
        return "masuk"
    if goal and not label.startswith("POST "):
        return f"→ {goal.partition('?')[0]}"
    assert answer.status_code != 405, f"{label} does not answer this method"
    return {403: "–", 404: "404"}.get(answer.status_code, "ok" if answer.status_code < 500 else "500")


def ask(column: str, label: str, world, which: int) -> HttpResponse:
    client, user = Client(raise_request_exception=False), None
    if column != STRANGER:
        user = make.staff(WHO[Role(column)])
        client.force_login(user)
    method, _space, path = label.rpartition(" ")
    address = re.sub(r"<(\w+)>", lambda argument: world.value(argument[1], path, user, which), path)
    answer = client.generic(method or "GET", address + QUERIES.get(path, ""))
    if answer.headers.get("Location", "").startswith("/admin/login/"):
        return client.get(answer.headers["Location"])
    return answer
