"""`bin/bench pages` at a tiny size: builds its database, measures every figure, leaves the database as it was."""

import json
import os
import subprocess
import sys

import psycopg
import pytest

from djpk.bench.pages_database import VERSION
from djpk.embedded import testing
from djpk.embedded.paths import ROOT

# Enough for answered ones among the 2 % that are open; two runs on one server do not meet.
TICKETS = 2000 + int(os.environ.get("DERING_TEST_RUN") or 0) % 100
NAME = f"dering_bench_pages_{VERSION}_{TICKETS}"
MEASURED = [
    "inbox, first page",
    "saved view: topic, zone and group",
    "saved view: one province",
    "saved view: mine, by status",
    "saved view: unit asked",
    "saved view: closed",
    "saved view: closed, one region",
    "open a ticket, whole page",
    "open a ticket, beside the list",
    "search, rare word",
    "search, common word",
    "search, rare word, results alone",
    "search as you type",
    "post a reply",
    "create through the API",
]


@pytest.fixture
def database():
    """Where the bench keeps its database; gone afterwards."""
    yield testing._with_database(os.environ[testing.BASE], NAME)
    testing._drop([NAME, f"{NAME}_building"])


def test_it_builds_measures_every_figure_and_leaves_the_rows_as_they_were(
    django_db_setup, browser_files, tmp_path, database
):
    figures = _run(tmp_path)
    for name in MEASURED:
        assert figures[name]["median_ms"] > 0, name
        assert figures[name]["sql_ms"] > 0, name
        assert figures[name]["p95_ms"] >= figures[name]["median_ms"], name
        assert figures[name]["peak_mb"] > 20, name
    assert figures["create through the API, 8 clients"]["per_second"] > 0
    assert figures["inbox: HTML"]["kb"] > 5
    assert next(row for name, row in figures.items() if name.endswith("assets"))["kb"] > 50
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM tickets_ticket").fetchone()[0] == TICKETS
        assert _written_by_the_run(connection) == 0
        assert _dangling(connection) == []
        assert _last_message_wrong(connection) == []
        assert _last_requester_wrong(connection) == []


def _run(data) -> dict[str, dict]:
    """What the bench prints, by name."""
    env = {**os.environ, "DERING_DATA": str(data), "DJANGO_SETTINGS_MODULE": "djpk.settings"}
    argv = ["manage.py", "bench", "pages", "--tickets", str(TICKETS), "--rounds", "3", "--json"]
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def _written_by_the_run(connection) -> int:
    return connection.execute("SELECT count(*) FROM messaging_message WHERE external_id NOT LIKE 'b:%'").fetchone()[0]


def _dangling(connection) -> list[tuple[str, str]]:
    """Columns with a value that their foreign key does not find: loading switches those checks off."""
    foreign_keys = connection.execute(
        """
        SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text, b.attname FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
        WHERE contype = 'f' AND cardinality(conkey) = 1
        """
    ).fetchall()
    lost = "SELECT FROM {0} t WHERE {1} IS NOT NULL AND NOT EXISTS (SELECT FROM {2} o WHERE o.{3} = t.{1}) LIMIT 1"
    return [key[:2] for key in foreign_keys if connection.execute(lost.format(*key)).fetchall()]


def _last_message_wrong(connection) -> list[tuple[str]]:
    return connection.execute(
        """
        SELECT number FROM tickets_ticket t WHERE last_message_at IS DISTINCT FROM
            (SELECT max(at) FROM tickets_ticketentry e WHERE e.ticket_id = t.id AND e.kind = 'MESSAGE')
        """
    ).fetchall()


def _last_requester_wrong(connection) -> list[tuple[str]]:
    return connection.execute(
        """
        SELECT number FROM tickets_ticket t WHERE last_requester_at IS DISTINCT FROM
            (SELECT max(e.at) FROM tickets_ticketentry e JOIN messaging_message m ON m.id = e.message_id
             WHERE e.ticket_id = t.id AND m.direction = 'IN')
        """
    ).fetchall()
