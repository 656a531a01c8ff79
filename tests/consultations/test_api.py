"""A consultation from the request to the register through the API alone."""

import base64

import pytest
from django.utils import timezone

from consultations.models import Reservation, SlotPattern, Visit
from tests import factories as make
from tests.api.conftest import Caller
from tests.consultations.cast import ASKED, STARTS

GOOD = {
    "mode": "FACE_TO_FACE", "organization": "BPKAD Kab. Gowa", "user_group": "PEMDA", "region": "73.06",
    "topics": ["DAU", "DBH"], "guests": [{"name": "Arung", "position": "Kepala Bidang"}],
    "contact": {"name": "Arung Mappatunru", "email": "arung@gowa.example"}, "reason_face_to_face": "Dokumen asli",
    "letter": {"name": "surat.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()},
    "starts_at": "2024-08-20T09:00:00+07:00",
}  # fmt: skip


@pytest.fixture
def clock(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(ASKED)
    return at


@pytest.fixture
def wening(db, clock):
    return Caller("wening")


def post(caller, path, body=None):
    answer = caller.client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
    return answer.status_code, answer.json()


def test_the_whole_way(wening, clock):
    slot = SlotPattern.objects.get(room__code="R1", opens=540).pk
    status, made = post(wening, "reservations/", {**GOOD, "slot": slot})
    assert (status, made["status"], made["room"], made["unit"]) == (201, "REQUESTED", "R1", "PK.2")
    assert {rule["outcome"] for rule in made["rules"]} == {"MET"}
    assert post(wening, "reservations/", {**GOOD, "slot": slot})[1]["code"] == "reservation.slot_full"
    at = f"reservations/{made['number']}/"
    assert post(wening, f"{at}check/")[1]["status"] == "CHECKED"
    assert post(wening, f"{at}confirmation/")[1]["status"] == "CONFIRMED"
    moved = post(wening, f"{at}move/", {"starts_at": "2024-08-20T10:00:00+07:00", "slot": slot})[1]
    assert (moved["status"], moved["rescheduled_from"]) == ("CONFIRMED", made["number"])
    at = f"reservations/{moved['number']}/"
    clock(STARTS + 2 * make.HOUR)
    arrived = {"present": [moved["guests"][0]["id"]], "others": [{"name": f"Tamu {n}"} for n in range(5)]}
    came = post(wening, f"{at}check-in/", arrived)[1]
    assert (came["status"], len(came["guests"])) == ("CHECKED_IN", 6)
    assert post(wening, f"{at}minutes/", {"text": "Dibahas DAU."})[1]["minutes"] == "Dibahas DAU."
    assert post(wening, f"{at}holding/")[1]["status"] == "HELD"
    visit = Visit.objects.get()
    assert (visit.guest_count, visit.over_limit, visit.visitor) == (6, True, "Kab. Gowa")
    assert len(post(wening, f"{at}follow-ups/", {"text": "Kirim SK."})[1]["follow_ups"]) == 1


def test_the_rules_are_waived_by_the_caller(wening):
    body = {**GOOD, "guests": [{"name": f"Tamu {n}"} for n in range(6)]}
    made = post(wening, "reservations/", body)[1]
    at = f"reservations/{made['number']}/check/"
    status, refused = post(wening, at)
    assert (status, refused["code"]) == (409, "reservation.rule.guests")
    waived = post(wening, at, {"waivers": [{"rule": "guests", "reason": "Pimpinan ikut"}]})[1]
    rule = next(rule for rule in waived["rules"] if rule["rule"] == "guests")
    assert (rule["outcome"], rule["waived_by"], rule["reason"]) == ("WAIVED", "wening", "Pimpinan ikut")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_at": "0001-01-01T00:00:00Z"}, "starts_at"),
        ({"starts_at": 5}, "starts_at"),
        ({"topics": []}, "topics"),
        ({"slot": "1"}, "slot"),
        ({"letter": {"name": "a.pdf", "content": "*"}}, "letter.content"),
        ({"status": "HELD"}, "status"),
    ],
)
def test_what_cannot_be_read_is_named(wening, changes, field):
    status, problem = post(wening, "reservations/", {**GOOD, **changes})
    assert (status, problem["errors"][0]["field"]) == (400, field)
    assert not Reservation.objects.exists()


def test_slots_are_offered_and_closed(clock, db):
    sekar = Caller("sekar")
    found = sekar.client.get("/api/v1/slots/?mode=FACE_TO_FACE&from=2024-08-20&to=2024-08-20&unit=PK.2").json()
    assert [row["left"] for row in found["results"]] == [1] * 10
    assert found["results"][0]["starts_at"] == "2024-08-20T09:00:00+07:00"
    status, made = post(
        sekar, "slot-exceptions/", {"starts_on": "2024-08-20", "ends_on": "2024-08-20", "reason": "Rapat"}
    )
    assert status == 201
    closed = "/api/v1/slots/?mode=FACE_TO_FACE&from=2024-08-20&to=2024-08-20"
    assert sekar.client.get(closed).json()["results"] == []
    assert sekar.client.delete(f"/api/v1/slot-exceptions/{made['id']}/").status_code == 204
    assert len(sekar.client.get(closed).json()["results"]) == 10
    for odd in ("from=2024-08-32", "from=2024-08-20&to=2024-08-01", "mode=PHONE", "unit=PK/2"):
        assert sekar.client.get(f"/api/v1/slots/?{odd}").status_code == 400


def test_guests_without_a_reservation(wening, clock):
    clock(STARTS)
    body = {"organization": "Notaris", "user_group": "LAINNYA", "topics": ["DBH"], "guests": [{"name": "Sari"}]}
    status, made = post(wening, "walk-ins/", {**body, "reason": "Dari luar kota"})
    assert (status, made["status"], made["source"], made["room"]) == (201, "CHECKED_IN", "WALK_IN", "R1")
