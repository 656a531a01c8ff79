"""The table of roles in docs/api.md, cell by cell."""

import re
from pathlib import Path

import pytest
from django.db import transaction

from djpk.api_docs import document
from djpk.simulator.graph import Graph, serve
from people.models import Role
from tests.api.conftest import Caller
from tests.api.role_world import ask_about, prepare, world

WHO = {
    Role.AGENT_L1: "laras",
    Role.SUPERVISOR: "sekar",
    Role.AGENT_L2: "damar",  # PK.2
    Role.FRONT_DESK: "wening",
    Role.PPID_OFFICER: "galih",
    Role.MANAGER: "ratna",
    Role.ADMINISTRATOR: "nala",
}


@pytest.fixture(autouse=True)
def graph(settings):
    """Where the templates of the table's number are listed."""
    known = Graph()
    server = serve(known)
    settings.WHATSAPP_GRAPH_URL = known.url
    yield
    server.shutdown()
    server.server_close()


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
