"""The table of roles in docs/api.md, cell by cell."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from calls.models import Call
from consultations.models import (
    Reservation,
    SlotException,
    SlotPattern,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from djpk.api_docs import document
from djpk.simulator.graph import Graph, serve
from escalation.models import Absence, Escalation, PlannedEscalation
from escalation.scores import score_answered
from escalation.verbs import answer as give_answer
from escalation.verbs import escalate, recall, return_to_layer1
from kernel.secrets import seal
from messaging.models import Connection, Message, MessageTemplate
from messaging.permission import opt_out
from messaging.routes import routes_of
from messaging.verbs import store_message
from outreach.models import LaporMail, LaporRule, PersonInCharge
from people.models import Role
from tests import factories as make
from tests.api.conftest import Caller
from tests.chatbot.talk import publish_seeded
from tickets import sorting, verbs
from tickets.composer.drafts import save_draft
from tickets.composer.sending import send_note, send_reply
from tickets.composer.uploads import add_file
from tickets.conversation import write_reply
from tickets.intake import receive_message
from tickets.merging import merge_tickets
from tickets.models import DutyShift, Macro, SavedView, Ticket
from tickets.relations import link_tickets

WHO = {
    Role.AGENT_L1: "laras",
    Role.SUPERVISOR: "sekar",
    Role.AGENT_L2: "damar",  # PK.2
    Role.FRONT_DESK: "wening",
    Role.PPID_OFFICER: "galih",
    Role.MANAGER: "ratna",
    Role.ADMINISTRATOR: "nala",
}
DRAFT = {
    "channels": ["WHATSAPP"], "idle_minutes": 30,
    "texts": dict.fromkeys(("greeting", "menu", "closing", "timeout", "handed_over"), "Teks"),
    "menus": [{"code": "DAU", "label": "DAU", "text": "DAU disalurkan bulanan."}],
}  # fmt: skip
BODIES = {
    "PUT chatbot/draft/": DRAFT,
    "POST tickets/": {"channel": "EMAIL", "contact": {"name": "Rangga"}, "text": "Apa itu DBH?"},
    "PATCH tickets/{number}/": {"priority": "HIGH"},
    "POST tickets/bulk/": {"action": "take", "tickets": ["DRG-24-00001"]},
    "POST views/": {"name": "DBH", "query": {"topik": ["DBH"]}},
    "PATCH views/{id}/": {"name": "DBH saja"},
    "POST tickets/{number}/replies/": {"text": "Sudah salur."},
    "POST tickets/{number}/entries/{id}/decision/": {"sent": False},
    "POST tickets/{number}/entries/{id}/routes/": lambda ticket, user: {"route": mail_route(ticket)},
    "POST tickets/{number}/templates/": lambda ticket, user: {"template": approved(ticket)},
    "POST connections/": {"channel": "HAI", "address": "hai", "settings": {"callback_url": "https://hai.example/"}},
    "PATCH connections/{id}/": {"name": "WhatsApp DJPK"},
    "POST contacts/{id}/opt-out/": {"channel": "WHATSAPP"},
    "POST contacts/{id}/opt-in/": lambda ticket, user: opted_out(ticket),
    "POST tickets/{number}/notes/": {"text": "Cek SK."},
    "PUT tickets/{number}/drafts/{kind}/": {"text": "Sudah"},
    "POST tickets/{number}/drafts/{kind}/files/": {"name": "sk.txt", "content": "U0s="},
    "POST macros/": {"title": "Salam", "text": "{{ salam }}"},
    "PATCH macros/{id}/": {"title": "Salam pagi"},
    "POST tickets/{number}/closure/": {"topic": "DAU"},
    "POST tickets/{number}/merge/": {"into": "DRG-24-00002"},
    "POST tickets/{number}/splits/": lambda ticket, user: {"entry": second_message(ticket).pk},
    "POST tickets/{number}/children/": {"text": "Bagian DBH."},
    "POST tickets/{number}/parent/": {"parent": "DRG-24-00002"},
    "POST tickets/{number}/links/": {"ticket": "DRG-24-00002"},
    "POST tickets/{number}/undo/": lambda ticket, user: {"event": urgent(ticket, user).pk},
    "POST calls/": {
        "caller": {"phone": "+6200077770001"},
        "topic": "DAU",
        "question": "Kapan?",
        "answer": "20.",
        "outcome": "ANSWERED",
    },
    "PATCH lapor-mails/{id}/": {"document_type": "DBH", "period": "2024-TW2", "region": "73.06"},
    "PUT extensions/": lambda ticket, user: {
        "extensions": [{"agent": make.staff("laras").username, "extension": "2101"}]
    },
    "POST lapor-rules/": {"words": "syarat salur, dbh", "document_type": "DBH", "unit": "PK.2"},
    "POST duty-shifts/": lambda ticket, user: duty_row(),
    "PUT duty-shifts/{id}/": lambda ticket, user: duty_row(),
    "PUT lapor-contacts/{code}/": {"name": "Ratih", "email": "ratih@djpk.example"},
    "PUT extensions/{username}/": {"extension": "2101"},
    "POST contacts/{id}/reveal/": {"reason": "Menelepon balik."},
    "POST tickets/{number}/escalations/": {"unit": "PK.6"},
    "POST escalations/{id}/assignment/": {"assignee": "damar"},
    "POST escalations/{id}/answer/": {"answer": "Salur tanggal 5."},
    "POST escalations/{id}/return/": {"reason": "Nama daerah?"},
    "POST escalations/{id}/transfer/": {"unit": "PK.6", "reason": "Bukan DTU."},
    "POST escalations/{id}/recall/": {"reason": "Sudah jelas."},
    "POST score-rules/trial/": {"month": "2024-08", "steps": [{"within_days": 1, "points": 120}], "later_points": 60},
    "POST absences/": {"user": "damar", "starts_on": "2999-01-01", "ends_on": "2999-01-03"},
    "POST escalations/{id}/exclusion/": {"excluded": True, "reason": "Salah catat."},
    "POST reservations/": {
        "mode": "VIDEO",
        "organization": "KPP Pratama",
        "user_group": "KL",
        "topics": ["DAU"],
        "starts_at": "2099-01-06T09:00:00+07:00",
    },
    "POST walk-ins/": {
        "organization": "KPP Pratama",
        "user_group": "KL",
        "topics": ["DAU"],
        "reason": "Datang.",
        "guests": [{"name": "Sari"}],
    },
    "POST reservations/{number}/check/": {"waivers": [{"rule": "letter", "reason": "Menyusul."}]},
    "POST reservations/{number}/confirmation/": {"room": "R1"},
    "POST reservations/{number}/link/": {"meeting_url": "https://teams.example/a"},
    "POST reservations/{number}/move/": {"starts_at": "2099-01-07T09:00:00+07:00"},
    "POST reservations/{number}/cancellation/": {"reason": "Sakit."},
    "POST reservations/{number}/check-in/": {"guest_count": 2},
    "POST reservations/{number}/minutes/": {"text": "Dibahas DAU."},
    "POST reservations/{number}/follow-ups/": {"text": "Kirim SK."},
    "POST slot-patterns/": {
        "mode": "VIDEO",
        "weekdays": [0],
        "opens": 540,
        "closes": 600,
        "slot_minutes": 60,
        "valid_from": "2027-01-04",
    },
    "POST slot-exceptions/": {"starts_on": "2027-01-04", "ends_on": "2027-01-04", "reason": "Rapat."},
}


ACCOUNT = {"business_account_id": "77"}


@pytest.fixture(autouse=True)
def graph(settings):
    """Where the templates of the table's number are listed."""
    known = Graph()
    server = serve(known)
    settings.WHATSAPP_GRAPH_URL = known.url
    yield
    server.shutdown()
    server.server_close()


def second_message(ticket):
    """The entry of one more message of the requester."""
    how = {"channel": ticket.channel, "contact": ticket.contact, "at": make.NOW + make.HOUR}
    message, _new = store_message(external_id=f"second-{ticket.pk}", body="Dan DBH?", **how)
    return receive_message(ticket=ticket, message=message, at=make.NOW + make.HOUR).entries.latest("id")


def approved(ticket):
    """A template without variables, on a number of the ticket's channel."""
    line, _new = Connection.objects.get_or_create(channel=ticket.channel, address="x", defaults={"name": "x"})
    given = {"body": "Sudah dijawab.", "status": "APPROVED", "sendable": True, "synced_at": make.NOW}
    row, _new = MessageTemplate.objects.get_or_create(connection=line, name="jawab", language="id", defaults=given)
    return row.pk


def opted_out(ticket):
    """What takes the contact's messages up again."""
    opt_out(channel=make.channel("WHATSAPP"), contact=ticket.contact, at=make.NOW, actor=None)
    return {"channel": "WHATSAPP", "reason": "Lewat telepon."}


def mail_route(ticket):
    """How the ticket's contact is reached by mail."""
    line = {"channel": make.channel(), "address": "callcenter@djpk.example"}
    Connection.objects.get_or_create(**line, defaults={"name": "Contact Center"})
    return routes_of(ticket.contact)[0].key


def duty_row():
    """Duty for Laras on one day to come."""
    days = {"valid_from": "2999-01-01", "valid_until": "2999-01-01"}
    return {"agent": make.staff("laras").username, "opens": 480, "closes": 960, **days}


def urgent(ticket, user):
    """What the caller has just done."""
    sorting.set_priority(ticket=ticket, priority=40, at=timezone.now(), actor=user)
    return ticket.events.latest("id")


def _table():
    lines = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    head = next(row for row in rows if row[0] == "endpoint")
    for row in rows[rows.index(head) + 1 :]:
        if re.match(r"(GET|POST|PUT|PATCH|DELETE) ", row[0]):
            yield from ((row[0], Role(role), cell) for role, cell in zip(head[1:], row[1:], strict=True))


TABLE = {}
for _endpoint, _role, _cell in _table():
    TABLE.setdefault(_endpoint, {})[_role] = _cell


def world():
    """Two of everything: one for PK.2, one for PK.4."""
    made = {}
    for code, unit in (("DAU", "PK.2"), ("DANA_DESA", "PK.4")):
        ticket = make.ticket(topic=make.topic(code))
        escalation = escalate(ticket, unit=make.unit(unit), at=make.NOW, actor=None)
        held = {"held_on": make.NOW.date(), "visitor": "Kab. Gowa", "user_group": "PEMDA"}
        visit = Visit.objects.create(number=f"K-{unit}", guest_count=2, **held)
        VisitTopic.objects.create(visit=visit, topic=make.topic(code))
        conference = VideoConference.objects.create(number=f"V-{unit}", **held)
        VideoConferenceTopic.objects.create(conference=conference, topic=make.topic(code))
        coming(unit)
        made[unit] = ticket, escalation
    return made


def coming(unit, state="REQUESTED", mode="FACE_TO_FACE", starts_at=None):
    """A reservation of the unit, as far as it has come."""
    starts_at = starts_at or make.wib("2099-01-06 09:00")
    row = Reservation.objects.create(
        number=f"RSV-{unit}-{Reservation.objects.count()}", mode=mode, status=state, organization="BKAD",
        user_group="PEMDA", unit=make.unit(unit), contact=make.contact(), requested_at=make.NOW, starts_at=starts_at,
        ends_at=starts_at + make.HOUR, reason_face_to_face="Dokumen asli.",
    )  # fmt: skip
    row.topics.add(make.topic("DAU" if unit == "PK.2" else "DANA_DESA"))
    row.guests.create(name="Arung")
    return row


STATES = {
    "confirmation": ("CHECKED", {}),
    "link": ("CONFIRMED", {"mode": "VIDEO"}),
    "check-in": ("CONFIRMED", {"starts_at": make.NOW}),
    "no-show": ("CONFIRMED", {"starts_at": make.NOW}),
    "holding": ("CONFIRMED", {"mode": "VIDEO", "starts_at": make.NOW}),
    "minutes": ("CONFIRMED", {}),
    "follow-ups": ("CHECKED_IN", {"starts_at": make.NOW}),
}


def test_the_table_covers_every_role_and_operation():
    assert all(set(cells) == set(Role) for cells in TABLE.values())
    documented = {
        f"{method.upper()} {re.sub(r'{pk}', '{id}', path.removeprefix('/api/v1/'))}"
        for path, operations in document()["paths"].items()
        for method in operations
    }
    details = {"GET visits/{number}/", "GET video-conferences/{number}/", "GET indicators/{key}/"}
    details |= {"GET figures/{month}/{key}/", "GET reports/{month}/", "GET regions/{code}/", "GET units/{code}/"}
    assert documented - details == set(TABLE)


@pytest.mark.parametrize("endpoint", TABLE, ids=lambda value: value.replace(" ", "_"))
def test_each_role_may_what_the_table_says(endpoint, db):
    rows = world()
    prepare(endpoint, *rows["PK.2"], list(rows.values()))
    for role, cell in TABLE[endpoint].items():
        with transaction.atomic():
            try_cell(endpoint, role, cell, rows)
            transaction.set_rollback(True)


def try_cell(endpoint, role, cell, rows):
    caller = Caller(WHO[role])
    answer = ask_about(caller, endpoint, *rows["PK.2"])
    if cell == "–":
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing"), role
        return
    assert answer.status_code in (200, 201, 204), (role, answer.content)
    kind, _slash, rest = endpoint.split(" ")[1].partition("/")
    if cell == "own" and rest:
        assert ask_about(caller, endpoint, *rows["PK.4"]).status_code == 404
    elif (
        cell in ("own", "all")
        and kind in ("tickets", "search", "escalations", "visits", "video-conferences", "reservations")
        and not rest
    ):
        assert len(answer.json()["results"]) == (1 if cell == "own" else 2), role


def prepare(endpoint, ticket, escalation, world_rows):
    """Bring the rows into the state that the move needs."""
    now, actor = make.NOW + make.MINUTE, make.staff("laras")
    if endpoint == "GET chatbot/tree/":
        publish_seeded()
    if "/score/" in endpoint:
        for _unit, row in world_rows:
            give_answer(row, answer="Salur tanggal 5.", at=now, actor=actor)
        score_answered(at=now)
    if "assignment" in endpoint or "absences" in endpoint:
        make.staff("damar")
    if "resumption" in endpoint:
        return_to_layer1(escalation, reason="Nama daerah?", at=now, actor=actor)
    if "exclusion" in endpoint:
        give_answer(escalation, answer="Salur tanggal 5.", at=now, actor=actor)
    if "closure" in endpoint or "spam" in endpoint or "merge" in endpoint:
        recall(escalation, reason="Terjawab sendiri.", at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/closure/":
        verbs.close(ticket=ticket, at=timezone.now(), actor=actor)
    other = Ticket.objects.get(number="DRG-24-00002")
    if endpoint == "DELETE tickets/{number}/merge/":
        merge_tickets(ticket=ticket, into=other, at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/links/{other}/":
        link_tickets(ticket=ticket, other=other, at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/spam/":
        verbs.mark_spam(ticket=ticket, at=now, actor=actor)


def ask_about(caller, endpoint, ticket, escalation):
    body = BODIES.get(endpoint, {})
    if callable(body):
        body = body(ticket, caller.user)
    return ask(caller, endpoint, ticket.number, escalation.pk, ticket.contact_id, body)


def ask(caller, endpoint, ticket, escalation, contact, body):
    method, path = endpoint.split(" ")
    path = path.replace("{kind}", "reply")
    if (path.startswith("tickets/{number}/") and "{id}" in path) or path == "macros/{id}/":
        path = path.replace("{id}", str(row_of(caller.user, path, ticket)))
    if "drafts" in path and "files" not in path and method != "PUT":
        save_draft(ticket=Ticket.objects.get(number=ticket), kind="REPLY", text="Sudah", at=make.NOW, actor=caller.user)
    row = {"tickets": ticket, "escalations": escalation, "contacts": contact, "chatbot": "2024-08"}.get(
        path.split("/")[0]
    )
    if path.startswith("lapor-mails/{"):
        PersonInCharge.objects.get_or_create(unit_code="PK.2", name="Ratih", email="ratih@djpk.example")
        name, unit = f"<{caller.user.username}@gowa.example>", make.unit("PK.2")
        given = {"sender": "bkad@gowa.example", "received_at": make.NOW, "unit": unit}
        row = LaporMail.objects.create(external_id=name, **given).pk
    if path.startswith("layer2-reports/{"):
        row = "2024-08"
    if path.startswith("absences/{"):
        days = {"starts_on": date(2999, 1, 1), "ends_on": date(2999, 1, 3)}
        row = Absence.objects.create(user=make.staff("damar"), entered_at=make.NOW, **days).pk
    if path.startswith("planned-escalations/{"):
        after = Escalation.objects.get(pk=escalation)
        how = {"after": after, "position": 0, "planned_at": make.NOW}
        row = PlannedEscalation.objects.create(ticket=after.ticket, unit=make.unit("PK.6"), **how).pk
    if path.startswith("lapor-contacts/{"):
        row = "PK.2"
    if path.startswith("lapor-rules/{"):
        row = LaporRule.objects.create(kind="WORDS", pattern=caller.user.username, document_type="DBH").pk
    if path.startswith("duty-shifts/{"):
        hours = {"opens": 480, "closes": 960, "valid_from": date(2999, 1, 1)}
        row = DutyShift.objects.create(agent=make.staff("laras"), **hours).pk
    if path.startswith("calls/{"):
        done = make.NOW if method == "DELETE" else None
        call_id = f"m-{caller.user.username}"
        row = Call.objects.create(call_id=call_id, status="MISSED", started_at=make.NOW, called_back_at=done).pk
    if path.startswith("extensions/{"):
        row = make.staff("laras").username
    if path.startswith("connections/{"):
        name = {"channel": make.channel("WHATSAPP"), "address": "+620001110000"}
        row = Connection.objects.get_or_create(
            **name, defaults={"name": "WA", "settings": ACCOUNT, "secrets": seal({"access_token": "E"})}
        )[0].pk
    if path.startswith("reservations/{"):
        unit = "PK.2" if Ticket.objects.get(number=ticket).topic.code == "DAU" else "PK.4"
        state, how = STATES.get(path.split("/")[-2], ("REQUESTED", {}))
        row = coming(unit, state, **how).number
    if path.startswith("slot-patterns/{"):
        row = SlotPattern.objects.first().pk
    if path.startswith("slot-exceptions/{"):
        day = make.wib("2099-01-06 09:00").date()
        row = SlotException.objects.create(starts_on=day, ends_on=day, reason="Rapat").pk
    if path.startswith("quarantine/{"):
        held = {"channel": make.channel(), "direction": "IN", "claimed_by": "quarantine", "received_at": make.NOW}
        row = Message.objects.create(external_id=path, **held).pk
    if path.startswith("views/{"):
        row = SavedView.objects.create(owner=caller.user, name=path, created_at=make.NOW).pk
    query = {"figures/": "?month=2024-08", "search/": "?q=salur", "lapor-completeness/": "?document_type=APBD"}.get(
        path, ""
    )
    address = re.sub(r"\{.+?\}", str(row), path.replace("{other}", "DRG-24-00002")) + query
    body = json.dumps(body) if method in ("POST", "PUT", "PATCH") else ""
    return caller.client.generic(method, f"/api/v1/{address}", body, "application/json")


def attached(ticket, file, kind):
    """The entry of a reply or note with a file, by whoever."""
    add_file(ticket=ticket, kind=kind, **file)
    at, actor = file["at"], file["actor"]
    if kind == "NOTE":
        send_note(ticket=ticket, text="SK terlampir.", at=at, actor=actor)
    else:
        send_reply(ticket=ticket, text="SK terlampir.", at=at, actor=actor)
    return ticket.entries.filter(kind="NOTE" if kind == "NOTE" else "MESSAGE").latest("id")


def row_of(user, path, number):
    """The key of a row of the caller's own, where an address names two."""
    if "macros" in path:
        return Macro.objects.create(owner=user, title="Cek", note="Cek.", updated_at=make.NOW).pk
    ticket = Ticket.objects.get(number=number)
    file = {"content": b"SK", "name": "sk.txt", "at": timezone.now(), "actor": user}
    if "drafts" in path:
        return add_file(ticket=ticket, kind="REPLY", **file).pk
    if "note-files" in path:
        return attached(ticket, file, "NOTE").files.get().pk
    if "attachments" in path:
        return attached(ticket, file, "REPLY").message.attachments.get().pk
    if path.endswith("html/"):
        Message.objects.filter(ticket_entry__ticket=ticket, direction="IN").update(html="<p>Halo</p>")
        return ticket.entries.filter(kind="MESSAGE").earliest("id").pk
    message = write_reply(ticket=ticket, text="Ya.", at=timezone.now(), actor=user)[1]
    state = "UNKNOWN" if "decision" in path else "FAILED" if "resending" in path or "routes" in path else "QUEUED"
    Message.objects.filter(pk=message.pk).update(delivery=state)
    return message.ticket_entry.pk
