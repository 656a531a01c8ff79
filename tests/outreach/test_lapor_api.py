"""Rules and persons in charge over the API do what they do on the page."""

import pytest

from outreach.models import LaporRule, OutreachEvent, PersonInCharge
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
