"""The health address tells which server is away."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection


@pytest.mark.django_db
def test_both_servers_answer(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "valkey": True}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_missing_valkey_is_named(client, monkeypatch):
    monkeypatch.setattr(cache, "get", _raise)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "valkey": False}


@pytest.mark.django_db
def test_a_missing_database_is_named(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", _raise)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "valkey": True}


def _raise(*_args, **_kwargs):
    raise OperationalError("away")
