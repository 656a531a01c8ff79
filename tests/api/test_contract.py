"""The OpenAPI document is the truth: whatever is sent by it or against it, the answer is one it names."""

import re
from datetime import date

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consultations.models import Reservation, Visit
from djpk.api_docs import document
from escalation.verbs import escalate
from reports.models import MonthlyFigure
from tests import factories as make
from tests.api.conftest import Caller
from tickets import conversation

PHASES = [Phase.explicit, Phase.generate]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
WRITES = [found for found in OPERATIONS if found.method.upper() != "GET"]


@pytest.fixture
def caller(db, settings):
    """Sekar with all scopes, and a few rows to meet."""
    settings.API_CALLS_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    caller = Caller("sekar")
    ticket = make.ticket(topic=make.topic("DAU"))
    conversation.post_reply(ticket=ticket, text="Sedang kami cek.", at=make.NOW, actor=caller.user)
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=caller.user)
    Visit.objects.create(number="K-1", guest_count=2, held_on=make.NOW.date(), visitor="Kab. Gowa", user_group="PEMDA")
    starts_at = make.wib("2099-01-06 09:00")
    Reservation.objects.create(
        number="RSV-1", mode="VIDEO", organization="BKAD", user_group="PEMDA", requested_at=make.NOW,
        starts_at=starts_at, ends_at=starts_at + make.HOUR,
    )  # fmt: skip
    MonthlyFigure.objects.create(
        month=date(2024, 8, 1), indicator="consultations.by_channel", value=1018, filled_at=make.NOW
    )
    return caller


@pytest.fixture
def one_transaction():
    """WSGI requests inside the test's transaction, as Django's own test client makes them."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.label)
def test_every_operation_keeps_its_contract(operation, mode, caller, one_transaction):
    @seed(20240815)
    @settings(max_examples=5, deadline=None, database=None, phases=PHASES, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {caller.secret}"}, checks=CHECKS)

    try:
        holds()
    except Unsatisfiable:
        pytest.skip("nothing can be wrong here")


@pytest.mark.parametrize("operation", WRITES, ids=lambda found: found.label)
def test_every_write_checks_the_form_of_its_idempotency_key(operation, caller):
    address = re.sub(r"{\w+}", "1", operation.path)
    answer = caller.client.generic(
        operation.method.upper(), address, "{}", "application/json", headers={"Idempotency-Key": "dua kata"}
    )
    assert answer.status_code in (400, 403), answer.content
    if answer.status_code == 400:
        assert answer.json()["code"] == "idempotency.bad_key"


def test_every_operation_says_who_may_call_it_and_what_can_go_wrong():
    paths = document()["paths"]
    assert len(paths) >= 18
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert "Scope `" in operation["description"], (method, path)
            problems = {status for status, found in operation["responses"].items() if status >= "400"}
            assert {"400", "401", "403", "406", "429", "500"} <= problems, (method, path)
            assert ("404" in problems) == ("{" in path)
            assert all(
                list(operation["responses"][status]["content"]) == ["application/problem+json"] for status in problems
            )


def test_the_document_is_made_without_warnings_and_valid(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "openapi.yml"))


def test_status_and_events_can_be_written_nowhere():
    bodies = {name: found for name, found in document()["components"]["schemas"].items() if name.endswith("Request")}
    assert bodies
    for name, found in bodies.items():
        assert not {"status", "events", "created_at", "score", "number"} & set(found["properties"]), name
