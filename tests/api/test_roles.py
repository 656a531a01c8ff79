"""The table of roles in docs/api.md, cell by cell."""

import json
import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from consultations.models import VideoConference, VideoConferenceTopic, Visit, VisitTopic
from djpk.api_docs import document
from escalation.verbs import answer as give_answer
from escalation.verbs import escalate, recall, return_to_layer1
from people.models import Role
from tests import factories as make
from tests.api.conftest import Caller
from tickets import verbs

WHO = {
    Role.AGENT_L1: "laras",
    Role.SUPERVISOR: "sekar",
    Role.AGENT_L2: "damar",  # PK.2
    Role.FRONT_DESK: "wening",
    Role.PPID_OFFICER: "galih",
    Role.MANAGER: "ratna",
    Role.ADMINISTRATOR: "nala",
}
BODIES = {
    "POST tickets/": {"channel": "EMAIL", "contact": {"name": "Rangga"}, "text": "Apa itu DBH?"},
    "PATCH tickets/{number}/": {"priority": "HIGH"},
    "POST tickets/{number}/replies/": {"text": "Sudah salur."},
    "POST tickets/{number}/notes/": {"text": "Cek SK."},
    "POST tickets/{number}/closure/": {"topic": "DAU"},
    "POST tickets/{number}/escalations/": {"unit": "PK.6"},
    "POST escalations/{id}/assignment/": {"assignee": "damar"},
    "POST escalations/{id}/answer/": {"answer": "Salur tanggal 5."},
    "POST escalations/{id}/return/": {"reason": "Nama daerah?"},
    "POST escalations/{id}/transfer/": {"unit": "PK.6", "reason": "Bukan DTU."},
    "POST escalations/{id}/recall/": {"reason": "Sudah jelas."},
    "POST escalations/{id}/exclusion/": {"excluded": True, "reason": "Salah catat."},
}


def _table():
    lines = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    head = next(row for row in rows if row[0] == "endpoint")
    for row in rows[rows.index(head) + 1 :]:
        if re.match(r"(GET|POST|PATCH|DELETE) ", row[0]):
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
        made[unit] = ticket, escalation
    return made


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
    prepare(endpoint, *rows["PK.2"])
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
    assert answer.status_code in (200, 201), (role, answer.json())
    kind, _slash, rest = endpoint.split(" ")[1].partition("/")
    if cell == "own" and rest:
        assert ask_about(caller, endpoint, *rows["PK.4"]).status_code == 404
    elif cell in ("own", "all") and kind in ("tickets", "escalations", "visits", "video-conferences") and not rest:
        assert len(answer.json()["results"]) == (1 if cell == "own" else 2), role


def prepare(endpoint, ticket, escalation):
    """Bring the rows into the state that the move needs."""
    now, actor = make.NOW + make.MINUTE, make.staff("laras")
    if "assignment" in endpoint:
        make.staff("damar")
    if "resumption" in endpoint:
        return_to_layer1(escalation, reason="Nama daerah?", at=now, actor=actor)
    if "exclusion" in endpoint:
        give_answer(escalation, answer="Salur tanggal 5.", at=now, actor=actor)
    if "closure" in endpoint or "spam" in endpoint:
        recall(escalation, reason="Terjawab sendiri.", at=now, actor=actor)
    if endpoint == "DELETE tickets/{number}/closure/":
        verbs.close(ticket=ticket, at=timezone.now(), actor=actor)
    if endpoint == "DELETE tickets/{number}/spam/":
        verbs.mark_spam(ticket=ticket, at=now, actor=actor)


def ask_about(caller, endpoint, ticket, escalation):
    return ask(caller, endpoint, ticket.number, escalation.pk, ticket.contact_id)


def ask(caller, endpoint, ticket, escalation, contact):
    method, path = endpoint.split(" ")
    row = {"tickets": ticket, "escalations": escalation, "contacts": contact}.get(path.split("/")[0])
    address = re.sub(r"\{.+?\}", str(row), path) + ("?month=2024-08" if path == "figures/" else "")
    body = json.dumps(BODIES.get(endpoint, {})) if method in ("POST", "PATCH") else ""
    return caller.client.generic(method, f"/api/v1/{address}", body, "application/json")
