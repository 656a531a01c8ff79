"""Kept reference data: read once, and never older than the last change, whoever made it."""

import copy
import threading

import pytest
from django.db import connection, transaction

from kernel.kept import Kept, KeptMiddleware
from kernel.locks import lock_names
from messaging.models import Channel
from people.models import User

LOADS: list[int] = []


@pytest.fixture
def labels():
    LOADS.clear()

    def load() -> list[str]:
        LOADS.append(1)
        return list(Channel.objects.values_list("label", flat=True))

    return Kept(load, "messaging.Channel")


def _rename(label: str) -> None:
    Channel.objects.filter(code="EMAIL").update(label=label)


@pytest.mark.django_db
def test_it_is_read_once_and_costs_one_small_question_afterwards(labels, django_assert_num_queries):
    labels()
    with django_assert_num_queries(1):
        labels()
    assert len(LOADS) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda: _rename("Surel"),
        lambda: Channel.objects.create(code="FAX", label="Faks", makes_tickets=False),
        lambda: Channel.objects.filter(code="LAPOR").delete(),
        lambda: connection.cursor().execute("UPDATE messaging_channel SET label = 'Surel' WHERE code = 'EMAIL'"),
    ],
)
def test_any_change_is_seen_at_once(labels, change):
    before = labels()
    change()
    assert labels() == list(Channel.objects.values_list("label", flat=True)) != before


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_leaves_nothing_behind(labels):
    before = labels()
    for name in ("Surel", "Pos"):
        with transaction.atomic():
            _rename(name)
            assert name in labels()
            transaction.set_rollback(True)
        assert labels() == before


@pytest.mark.django_db(transaction=True)
def test_another_connection_s_change_is_seen_from_its_commit_on(labels):
    wrote, may_end = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            _rename("Surel")
            wrote.set()
            may_end.wait(10)
        connection.close()

    before = labels()
    thread = threading.Thread(target=other)
    thread.start()
    wrote.wait(10)
    assert labels() == before
    may_end.set()
    thread.join()
    assert "Surel" in labels()


@pytest.mark.django_db
def test_a_change_while_it_is_read_is_read_too():
    said: list[str] = []

    def load() -> list[str]:
        found = list(Channel.objects.values_list("label", flat=True))
        if not said:
            said.append("changed")
            _rename("Surel")
        return found

    assert "Surel" in Kept(load, "messaging.Channel")()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_asks_once(labels, rf, django_assert_num_queries, method):
    other = Kept(lambda: User.objects.count(), "people.User")
    labels(), other()

    def page(_request):
        return labels(), other()

    with django_assert_num_queries(1):
        KeptMiddleware(page)(rf.generic(method, "/"))


@pytest.mark.django_db
def test_what_writes_sees_its_own_change(labels, rf):
    def page(_request):
        before = labels()
        _rename("Surel")
        return before, labels()

    before, after = KeptMiddleware(page)(rf.post("/"))
    assert "Surel" in after
    assert "Surel" not in before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "taking",
    [lambda: list(User.objects.select_for_update()), lambda: lock_names("x"), lambda: lock_names("x", shared=True)],
)
def test_what_waited_for_a_lock_sees_what_others_did_meanwhile(labels, rf, taking):
    def other() -> None:
        _rename("Surel")
        connection.close()

    def page(_request):
        before = labels()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        with transaction.atomic():
            taking()
            return before, labels()

    before, after = KeptMiddleware(page)(rf.post("/"))
    assert "Surel" in after
    assert "Surel" not in before


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_is_not_seen_in_the_same_request(labels, rf):
    def change() -> list[str]:
        with transaction.atomic():
            _rename("Surel")
            seen = labels()
            transaction.set_rollback(True)
            return seen

    def page(_request):
        inside = change()
        with transaction.atomic():
            return inside, labels()

    inside, after = KeptMiddleware(page)(rf.post("/"))
    assert "Surel" in inside
    assert "Surel" not in after


@pytest.mark.django_db
def test_copying_it_does_not_copy_what_it_holds(labels):
    assert copy.deepcopy({"kept": labels})["kept"] is labels


@pytest.mark.django_db
def test_signing_in_is_no_change_of_the_staff():
    user = User.objects.create(username="rina")
    names = Kept(lambda: LOADS.append(1), "people.User")
    names()
    count = len(LOADS)
    User.objects.filter(pk=user.pk).update(last_login="2024-08-01T00:00Z")
    names()
    assert len(LOADS) == count
    User.objects.filter(pk=user.pk).update(is_active=False)
    names()
    assert len(LOADS) == count + 1
