"""A POST sent again with its Idempotency-Key does nothing more and answers the same."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from kernel.api import idempotency
from kernel.models import IdempotencyKey
from tests import factories as make
from tests.api.conftest import check_problem
from tests.api.test_tickets import NEW
from tickets.models import Ticket

KEY = {"Idempotency-Key": "8f3c-1"}


def test_the_same_key_and_body_give_the_same_answer(call):
    caller = call("laras")
    first = caller.post("tickets/", NEW, headers=KEY)
    again = caller.post("tickets/", dict(reversed(NEW.items())), headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first["Location"] == again["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Ticket.objects.count() == 1


def test_a_refusal_is_kept_as_well(call):
    caller = call("laras")
    bad = {**NEW, "contact": {"name": "A", "email": "bukan-alamat"}}
    first = caller.post("tickets/", bad, headers=KEY)
    again = caller.post("tickets/", bad, headers=KEY)
    assert check_problem(first, 422, "handle.bad_email") == check_problem(again, 422, "handle.bad_email")
    assert again["Idempotent-Replayed"] == "true"


def test_the_key_with_another_body_or_address_is_refused(call):
    caller = call("laras")
    number = caller.post("tickets/", NEW, headers=KEY).json()["number"]
    check_problem(caller.post("tickets/", {**NEW, "subject": "Lain"}, headers=KEY), 422, "idempotency.mismatch")
    check_problem(caller.post(f"tickets/{number}/notes/", NEW, headers=KEY), 422, "idempotency.mismatch")
    assert Ticket.objects.count() == 1


def test_keys_belong_to_their_token(call):
    answers = [call("laras").post("tickets/", NEW, headers=KEY).json()["number"] for _ in range(2)]
    assert len(set(answers)) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
def test_keys_that_are_none(call, key):
    check_problem(call("laras").post("tickets/", NEW, headers={"Idempotency-Key": key}), 400, "idempotency.bad_key")
    assert not Ticket.objects.exists()


def test_a_fault_keeps_nothing_so_the_next_try_works(call, monkeypatch):
    caller = call("laras")
    caller.client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("tickets.api_verbs.open_ticket", lambda **given: 1 / 0)
        check_problem(caller.post("tickets/", NEW, headers=KEY), 500, "error")
    assert not IdempotencyKey.objects.exists()
    assert caller.post("tickets/", NEW, headers=KEY).status_code == 201


def test_keys_are_forgotten_after_their_time(call):
    caller = call("laras")
    caller.post("tickets/", NEW, headers=KEY)
    assert idempotency.forget_before(timezone.now() - make.DAY) == 0
    assert idempotency.forget_before(timezone.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_ticket():
    from tests.api.conftest import Caller

    caller, start = Caller("laras"), Barrier(8)

    def send(_number):
        try:
            start.wait()
            return caller.post("tickets/", NEW, headers=KEY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Ticket.objects.count() == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 7


@pytest.mark.django_db(transaction=True)
def test_a_second_request_gives_up_waiting_for_a_slow_first(monkeypatch):
    from django.db import transaction

    from tests.api.conftest import Caller

    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.05)
    caller = Caller("laras")

    def second():
        try:
            return caller.post("tickets/", NEW, headers=KEY)
        finally:
            connections.close_all()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        IdempotencyKey.objects.create(scope=f"token:{caller.token.pk}", key=KEY["Idempotency-Key"], created_at=make.NOW)
        answer = pool.submit(second).result()
    check_problem(answer, 409, "idempotency.running")
    assert not Ticket.objects.exists()
