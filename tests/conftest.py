"""The test-suite's servers, databases and clock-free helpers; a real PostgreSQL and a real Valkey.

Every worker has its own database, a clone of one migrated template, so rows that migrations bring are
there. A test with a transaction of its own (`transactional_db`, `live`) gets a fresh clone afterwards.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
os.environ |= {
    "DERING_DEBUG": "0",
    "DERING_TLS": "0",
    "DERING_PLAIN_STATIC": "1",
    "DERING_DB_POOL": "0",
    "DERING_LIVE_PACE": "0.1",
}

from djpk.embedded import testing

testing.prepare_session()

import django

django.setup()
# pytest-django reads this variable before conftest.py; a worker that inherited it would load the settings
# before it has a database of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis import Redis

from tests.browser.fixtures import browser_files, chromium, live, page  # noqa: F401
from tests.fixtures_demo import _on_demo_database, demo, demo_database  # noqa: F401

# How fast a machine makes up its input is no matter of the test.
hypothesis_settings.register_profile("dering", suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("dering")
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DB_FIXTURES = {"db", "transactional_db", "live", "django_db_reset_sequences", "live_server"}
COMMITTING_FIXTURES = DB_FIXTURES - {"db"}


def _uses_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or DB_FIXTURES.intersection(item.fixturenames))


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool((marker and marker.kwargs.get("transaction")) or COMMITTING_FIXTURES.intersection(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Give this worker its own copy of the migrated template."""
    with django_db_blocker.unblock():
        testing.clone_template(settings.DATABASES["default"]["NAME"])
    yield
    connections.close_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Leave the next test the rows that migrations bring, an empty queue and cache, and nobody present."""
    try:
        return (yield)
    finally:  # also after a fixture that failed at its end: the next test is not to fail with it
        if _commits(item):
            connections.close_all()
            testing.clone_template(settings.DATABASES["default"]["NAME"])
        if _uses_database(item):
            cache.clear()
            _empty_queue()


def _empty_queue() -> None:
    from djpk.celery import app

    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
    with Redis.from_url(settings.LIVE_URL) as live_updates:
        live_updates.flushdb()


@pytest.fixture
def run_tasks(db):
    """Call it to run all queued Celery tasks, and those they queue, in this process; returns their names.

    The tasks travel through the real broker, so their arguments are really serialised.
    """
    from djpk.celery import app

    app.loader.import_default_modules()

    def drain() -> list[str]:
        done = []
        with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
            while message := _next(queue):
                args, kwargs, _embed = message.payload
                name = message.headers["task"]
                app.tasks[name].apply(args, kwargs, throw=True)
                message.ack()
                done.append(name)
        return done

    return drain


def _next(queue):
    try:
        return queue.get_nowait()
    except queue.Empty:
        return None
