"""Rules and persons in charge over the API do what they do on the page."""

import pytest

from outreach.models import LaporMail, LaporRule, OutreachEvent, PersonInCharge
from outreach.recognising import recognise
from tests import factories as make
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


def call(method: str, path: str, body=None, name: str = "laras"):
    caller = getattr(Caller(name).client, method)
    return (
        caller(f"/api/v1/{path}", body, content_type="application/json")
        if body is not None
        else caller(f"/api/v1/{path}")
    )


def test_a_rule_is_added_told_and_dropped():
    made = call("post", "lapor-rules/", {"words": "Kartu Kredit, Daerah", "document_type": "APBD", "unit": "PK.2"})
    assert made.status_code == 201
    row = made.json()
    assert (row["pattern"], row["kind"], row["document_type"], row["unit"]) == (
        "kartu kredit, daerah",
        "WORDS",
        "APBD",
        "PK.2",
    )
    found = recognise(subject="Laporan kartu kredit pemerintah daerah")
    assert (found.document_type, found.unit_code) == ("APBD", "PK.2")
    assert row["id"] in [one["id"] for one in call("get", "lapor-rules/?kind=WORDS").json()["results"]]
    assert call("delete", f"lapor-rules/{row['id']}/").status_code == 204
    assert not LaporRule.objects.filter(pk=row["id"]).exists()
    assert OutreachEvent.objects.filter(code="lapor.rule_dropped", actor=make.staff("laras")).count() == 1


def test_a_rule_without_words_or_of_an_unknown_unit_is_refused():
    assert call("post", "lapor-rules/", {"words": " , ", "document_type": "APBD"}).status_code in (400, 409, 422)
    assert call("post", "lapor-rules/", {"words": "x", "document_type": "APBD", "unit": "PK.99"}).status_code == 400


def test_a_person_in_charge_is_set_and_taken_away():
    assert call("put", "lapor-contacts/PK.2/", {"name": "Ratih", "email": "Ratih@DJPK.example"}).status_code == 204
    listed = call("get", "lapor-contacts/").json()["results"]
    assert listed == [{"unit": "PK.2", "name": "Ratih", "email": "ratih@djpk.example"}]
    assert call("put", "lapor-contacts/PK.2/", {"name": "", "email": ""}).status_code == 204
    assert not PersonInCharge.objects.exists()
    assert call("put", "lapor-contacts/PK.99/", {"name": "Ratih", "email": "r@djpk.example"}).status_code == 404
    assert call("put", "lapor-contacts/PK.2/", {"name": "Ratih", "email": "bukan"}).status_code == 422


def handed_in(region: str, period: str, number: int = 1):
    rows = [
        LaporMail(external_id=f"{region}-{period}-{n}", sender="bkad@gowa.example", received_at=make.NOW + n * make.DAY,
                  document_type="DBH", period=period, region=make.region(region))
        for n in range(number)
    ]  # fmt: skip
    LaporMail.objects.bulk_create(rows)


def test_completeness_per_pemda_and_period_as_on_the_page():
    handed_in("73.06", "2024-TW1", 2), handed_in("73.06", "2024-TW2"), handed_in("32.73", "2024-TW1")
    handed_in("32.73", "2023-TW4")
    answer = call("get", "lapor-completeness/?document_type=DBH&year=2024").json()
    rows = {row["region"]: row for row in answer["results"]}
    assert (answer["periods"], answer["complete"], answer["total"]) == (["2024-TW1", "2024-TW2"], 1, len(rows))
    assert [(one["period"], one["mails"]) for one in rows["73.06"]["received"]] == [("2024-TW1", 2), ("2024-TW2", 1)]
    assert (rows["32.73"]["missing"], rows["31.71"]["missing"] if "31.71" in rows else 2) == (1, 2)
    lacking = call("get", "lapor-completeness/?document_type=DBH&year=2024&province=73&missing=true").json()["results"]
    assert "73.06" not in {row["region"] for row in lacking}
    assert {row["region"][:2] for row in lacking} == {"73"}


def test_while_nobody_handed_anything_in_nobody_is_complete():
    assert call("get", "lapor-completeness/?document_type=DBH&year=1999").json()["complete"] == 0


@pytest.mark.parametrize("query", ["", "?document_type=X", "?document_type=DBH&year=24", "?document_type=DBH&province=99",
                                   "?document_type=DBH&missing=1", "?document_type=DBH&x=1"])  # fmt: skip
def test_questions_about_completeness_that_make_no_sense_are_refused(query):
    assert call("get", f"lapor-completeness/{query}").status_code == 400


@pytest.mark.parametrize(("name", "status"), [("ratna", 200), ("laras", 200), ("damar", 403), ("wening", 403)])
def test_who_may_see_the_page_may_ask_the_api(name, status):
    assert call("get", "lapor-completeness/?document_type=DBH", name=name).status_code == status
