"""`demo`: a test's own view of a database that holds the demonstration data, rolled back afterwards.

The data is loaded once into a template, which all workers of all runs share until the loader changes; each
worker clones it when its first such test comes. The records are there, Layer 2 scores and monthly figures are
not: whoever needs them runs the tasks. A test takes the fixture `demo` and no `django_db` mark.
"""

import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from djpk.celery import app
from djpk.embedded import testing
from djpk.embedded.fingerprint import digest, files
from djpk.embedded.paths import ROOT

TODAY = "2026-11-24T10:00+07:00"
LOCK = 20240801


@pytest.fixture(scope="session")
def demo_database(django_db_setup) -> str:
    """Name of this worker's database with the demonstration data."""
    connection = connections["default"]
    name = f"{connection.settings_dict['NAME']}_demo"
    with psycopg.connect(os.environ[testing.BASE], autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        template = _template(server)
        _empty_queue()
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _run(server, "CREATE DATABASE {} TEMPLATE {}", name, template)
    return name


@pytest.fixture
def _on_demo_database(demo_database):
    settings = connections["default"].settings_dict
    usual = settings["NAME"]
    connections.close_all()
    settings["NAME"] = demo_database
    yield
    connections.close_all()
    settings["NAME"] = usual


@pytest.fixture
def demo(_on_demo_database, db) -> None:
    """The demonstration data, to read and to change; changes are rolled back."""


def _template(server: psycopg.Connection) -> str:
    schema = os.environ[testing.TEMPLATE]
    loader = digest(
        files("djpk/demo/**/*.py", "djpk/demo/**/*.toml", "djpk/demo/**/*.csv", "worktime/*.py", "*/verbs.py")
    )
    name = schema.replace("template", "demo") + f"_{loader}"
    if name in _databases(server):
        return name
    old = [known for known in _databases(server) if "_demo_" in known and not known.endswith("_demo")]
    building = f"{testing.PREFIX}_{os.environ['DERING_TEST_RUN']}_loading"
    for database in (*old, building):
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
    _run(server, "CREATE DATABASE {} TEMPLATE {}", building, schema)
    _load(building)
    _run(server, "ALTER DATABASE {} RENAME TO {}", building, name)
    return name


def _load(database: str) -> None:
    url = testing._with_database(os.environ[testing.BASE], database)
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo", "--today", TODAY, "--records-only"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "djpk.settings"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"load_demo failed for the test template:\n{done.stdout}{done.stderr}")


def _empty_queue() -> None:
    """Loading wakes workers; here the test decides when they work."""
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


def _databases(server: psycopg.Connection) -> set[str]:
    return {row[0] for row in server.execute("SELECT datname FROM pg_database")}


def _run(server: psycopg.Connection, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
