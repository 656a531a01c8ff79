"""The test-suite's own promises: a migrated database, isolation, a real queue."""

import pytest
from celery import shared_task
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

HEARD: list[str] = []


@shared_task(name="tests.hear")
def hear(*, word: str) -> None:
    HEARD.append(word)


@pytest.mark.django_db
def test_the_server_is_postgresql_and_migrated():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 10
    assert connection.vendor == "postgresql"


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_may_empty_a_table():
    ContentType.objects.all().delete()
    assert not ContentType.objects.exists()


@pytest.mark.django_db
def test_rows_of_migrations_are_back_after_it():
    assert ContentType.objects.exists()
    assert cache.get("left-over") is None
    cache.set("left-over", 1)


def test_queued_tasks_run_with_what_the_broker_carried(run_tasks):
    hear.delay(word="halo")
    assert HEARD == []
    assert run_tasks() == ["tests.hear"]
    assert HEARD == ["halo"]
