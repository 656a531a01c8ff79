"""Escalations under /api/v1/: asked, taken, answered, returned, handed on and recalled by another system."""

from datetime import timedelta

import pytest

from escalation.models import Escalation
from people.models import Role, StaffRole, Unit
from tests import factories as make
from tests.api.conftest import check_problem
from tickets.models import Ticket


@pytest.fixture
def ticket(db):
    return make.ticket(topic=make.topic("DAU"))


def ask(caller, ticket, **body):
    return caller.post(f"tickets/{ticket.number}/escalations/", {"question": "Kapan?"} | body)


def test_a_question_goes_to_the_unit_of_its_topic(call, ticket):
    laras = call("laras")
    response = ask(laras, ticket, question="Mohon jadwal salur.")
    body = response.json()
    assert response.status_code == 201, body
    assert response["Location"] == body["url"]
    assert (body["unit"], body["status"], body["ticket"]) == ("PK.2", "OPEN", ticket.number)
    assert body["escalated_by"]["username"] == "laras"
    assert laras.get(f"tickets/{ticket.number}/").json()["status"] == "WAITING_LAYER2"
    check_problem(ask(laras, ticket, unit="PK.2"), 409, "escalation.already_open")
    assert laras.client.get(response["Location"]).json() == body


def test_without_topic_the_unit_must_be_named(call, db):
    plain = make.ticket()
    check_problem(ask(call("laras"), plain), 422, "escalation.needs_unit")
    assert ask(call("laras"), plain, unit="PK.4").status_code == 201


def test_the_unit_takes_and_answers_and_nobody_elses_unit_sees_it(call, ticket):
    number = ask(call("laras"), ticket).json()["id"]
    damar, tirta = call("damar"), call("tirta")
    address = f"escalations/{number}/"
    check_problem(tirta.get(address), 404, "not_found")
    check_problem(tirta.post(f"{address}answer/", {"answer": "x"}), 404, "not_found")
    check_problem(tirta.get(f"tickets/{ticket.number}/"), 404, "not_found")
    assert damar.post(f"{address}taking/").json()["taken_by"]["username"] == "damar"
    check_problem(damar.post(f"{address}answer/", {"answer": "  "}), 400, "invalid")
    refused = damar.post(f"{address}answer/", {"answer": "Tanggal 5.", "score": 120})
    assert check_problem(refused, 400, "invalid")["errors"][0] | {"message": ""} == {
        "field": "score",
        "code": "not_writable",
        "message": "",
    }
    answered = damar.post(f"{address}answer/", {"answer": "Salur tanggal 5."}).json()
    assert (answered["status"], answered["answer"]) == ("ANSWERED", "Salur tanggal 5.")
    check_problem(damar.post(f"{address}answer/", {"answer": "Lagi."}), 409, "escalation.wrong_status")
    assert Ticket.objects.get(pk=ticket.pk).status == "OPEN"


def test_returned_resumed_handed_on_and_recalled(call, ticket):
    laras, damar = call("laras"), call("damar")
    address = f"escalations/{ask(laras, ticket).json()['id']}/"
    assert damar.post(f"{address}return/", {"reason": "Nama daerah?"}).json()["status"] == "RETURNED"
    assert laras.post(f"{address}resumption/", {"note": "Kab. Gowa"}).json()["status"] == "OPEN"
    moved = damar.post(f"{address}transfer/", {"unit": "PK.4", "reason": "Dana Desa"})
    assert moved.status_code == 201
    successor = moved.json()
    assert (successor["unit"], successor["transferred_from"]) == ("PK.4", int(address.split("/")[1]))
    assert damar.get(address).json()["status"] == "TRANSFERRED"
    check_problem(damar.get(f"escalations/{successor['id']}/"), 404, "not_found")
    recalled = laras.post(f"escalations/{successor['id']}/recall/", {"reason": "Sudah jelas"}).json()
    assert recalled["status"] == "RECALLED"
    assert recalled["score"] is None


def test_a_keyed_escalation_is_asked_once(call, ticket):
    laras = call("laras")
    path, key = f"tickets/{ticket.number}/escalations/", {"Idempotency-Key": "e-1"}
    first, again = (laras.post(path, {"unit": "PK.2", "question": "Kapan?"}, headers=key) for _ in range(2))
    assert first.json() == again.json()
    assert again.status_code == 201
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize("question", [{}, {"question": " \n"}])
def test_a_unit_is_asked_something(call, ticket, question):
    answer = call("laras").post(f"tickets/{ticket.number}/escalations/", {"unit": "PK.2", **question})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["question"]
    assert not Escalation.objects.exists()


def test_filters(call, ticket):
    laras = call("laras")
    mine = ask(laras, ticket, urgent=True).json()["id"]
    other = ask(laras, ticket, unit="PK.6").json()["id"]

    def found(**query):
        return {row["id"] for row in laras.get("escalations/", **query).json()["results"]}

    assert found() == {mine, other}
    assert found(unit="PK.6") == {other}
    assert found(urgent="true") == {mine}
    assert found(status="OPEN,TAKEN") == {mine, other}
    assert found(answered_from="2024-01-01") == set()
    assert found(escalated_to="2024-01-01") == set()


def test_a_reorganised_unit_keeps_its_agents_by_its_code(call, ticket):
    old, damar = make.unit("PK.2"), make.staff("damar")
    number = ask(call("laras"), ticket).json()["id"]
    cut = make.NOW.date() + timedelta(days=30)
    Unit.objects.filter(pk=old.pk).update(valid_to=cut)
    new = Unit.objects.create(code=old.code, short="DTU", name=old.name, valid_from=cut)
    StaffRole.objects.filter(user=damar, role=Role.AGENT_L2).update(unit=new)
    damar = call("damar")
    assert damar.get(f"escalations/{number}/").status_code == 200
    assert damar.get(f"tickets/{ticket.number}/").status_code == 200
