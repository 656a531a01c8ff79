"""The exchange's events: believed when signed, taken once each, in any order, one row per call."""

import itertools
import json
import random
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.extensions import set_extension
from calls.folding import KINDS, Signal, fold
from calls.models import Call, CallSignal
from messaging.connection_verbs import pause
from messaging.models import Connection
from tests import factories as make
from tests.calls.conftest import post

START = timezone.now().replace(microsecond=0) - timedelta(minutes=20)
NUMBER = "+6200010000001"  # Pak Arung


def event(kind, seconds=0, call_id="c-1", **more):
    at = (START + timedelta(seconds=seconds)).isoformat()
    return {"call_id": call_id, "event": kind, "at": at, **more}


TALK = [
    event("ring", 0, number=NUMBER, direction="in", extension="2101"),
    event("answer", 8, extension="2101"),
    event("hold", 60),
    event("resume", 90),
    event("transfer", 120, extension="2102"),
    event("end", 300, recording_url="https://rekaman.example/c-1.wav"),
]


def row():
    call = Call.objects.get()
    return (
        call.status, call.number, call.extension, (call.answered_at - START).seconds, (call.ended_at - START).seconds,
        call.hold_seconds, call.recording_url,
    )  # fmt: skip


WHOLE = ("ENDED", NUMBER, "2102", 8, 300, 30, "https://rekaman.example/c-1.wav")


def test_only_a_fresh_signature_of_ours_is_believed(line):
    assert post(TALK[0], secret="salah").status_code == 403
    assert post(TALK[0], moment=str(int(timezone.now().timestamp()) - 600)).status_code == 403
    assert post(TALK[0]).json() == {"events": 1, "new": 1}
    line.delete()
    assert post(TALK[0]).status_code == 403


def test_a_call_is_one_row_whatever_the_order_and_however_often(line):
    dice = random.Random(7)
    for _round in range(12):
        events = TALK * 2
        dice.shuffle(events)
        for one in events:
            assert post({**one, "call_id": f"c-{_round}"}).status_code == 200
        call = Call.objects.get(call_id=f"c-{_round}")
        assert (call.status, call.extension, call.hold_seconds, call.signals.count()) == ("ENDED", "2102", 30, 6)


def test_the_row_says_what_the_events_add_up_to(line):
    assert post({"events": TALK[::-1]}).json() == {"events": 6, "new": 6}
    assert row() == WHOLE
    assert post({"events": TALK}).json() == {"events": 6, "new": 0}
    assert row() == WHOLE


def test_the_same_moment_in_another_zone_is_the_same_event(line):
    there = (START + timedelta(seconds=8)).astimezone(make.JAKARTA).isoformat()
    post(TALK[1])
    assert post({**TALK[1], "at": there}).json()["new"] == 0


def test_who_is_known_by_the_number_and_the_extension(line):
    laras = make.staff("laras")
    set_extension(user=laras, number="2101", at=make.NOW, actor=None)
    arung = make.contact()
    post(TALK[0])
    call = Call.objects.get()
    assert (call.contact, call.agent, call.status) == (arung, laras, "RINGING")


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([event("ring", number=NUMBER), event("end", 20)], "MISSED"),
        ([event("ring", direction="out"), event("end", 20)], "ENDED"),
        ([event("end", 20)], "MISSED"),
        ([event("hold", 5)], "HELD"),
        ([event("ring"), event("ring", 4, extension="2102")], "RINGING"),
        ([event("end", 20), event("transfer", 10)], "ENDED"),
    ],
)
def test_how_a_call_ends(line, events, status):
    for one in events:
        post(one)
    assert Call.objects.get().status == status


@pytest.mark.parametrize(
    ("given", "kept"), [("anonymous", ""), ("Withheld", ""), ("2101", "2101"), ("0811-2000-001", "+628112000001")]
)
def test_who_hides_their_number_has_none(line, given, kept):
    post({"events": [event("ring", number=given), event("end", 9)]})
    assert Call.objects.get().number == kept


def test_a_hidden_number_is_not_offered_to_be_called_back(line):
    post({"events": [event("ring", number="anonymous"), event("end", 9)]})
    client = Client()
    client.force_login(make.staff("laras"))
    page = client.get("/telepon/?tampil=balik").content.decode()
    assert "Nomor tidak diketahui" in page
    assert "Tandai selesai" in page
    assert "?balik=" not in page


def test_while_the_exchange_is_paused_calls_are_kept_and_no_screen_shows_them(line):
    set_extension(user=make.staff("laras"), number="2101", at=make.NOW, actor=None)
    laras, now = Client(), timezone.now()
    laras.force_login(make.staff("laras"))
    ring = {"call_id": "c-2", "event": "ring", "at": now.isoformat(), "number": NUMBER, "extension": "2101"}
    assert post(ring).status_code == 200
    assert "Panggilan masuk" in laras.get("/telepon/kini/").content.decode()
    pause(connection=line, paused=True, at=now, actor=None)
    assert "Panggilan masuk" not in laras.get("/telepon/kini/").content.decode()
    post({"events": [event("ring", number=NUMBER, extension="2101"), event("end", 20)]})
    assert list(Call.objects.values_list("call_id", "status")) == [("c-2", "RINGING"), ("c-1", "MISSED")]
    page = laras.get("/telepon/?tampil=balik").content.decode()
    assert "Avaya dijeda sejak" in page
    assert page.count("Tandai selesai") == 1
    pause(connection=line, paused=False, at=now, actor=None)
    assert "Panggilan masuk" in laras.get("/telepon/kini/").content.decode()
    assert "dijeda" not in laras.get("/telepon/").content.decode()


def test_the_pause_of_one_exchange_leaves_the_others_alone(line):
    set_extension(user=make.staff("laras"), number="2101", at=make.NOW, actor=None)
    other = Connection.objects.create(channel=line.channel, name="Cadangan", address="cadangan")
    pause(connection=other, paused=True, at=timezone.now(), actor=None)
    laras = Client()
    laras.force_login(make.staff("laras"))
    post({"call_id": "c-2", "event": "ring", "at": timezone.now().isoformat(), "extension": "2101"})
    assert "Panggilan masuk" in laras.get("/telepon/kini/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_row(line):
    answers = []

    def work():
        for one in TALK:
            answers.append(post(one).status_code)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200}
    assert (Call.objects.count(), CallSignal.objects.count()) == (1, 6)
    assert row() == WHOLE


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "json"),
        (b"[" * 100_000, 400, "json"),
        ([], 422, "an event is an object"),
        ({"events": []}, 422, "events: a list"),
        ({**TALK[0], "event": "sing"}, 422, "event: one of"),
        ({**TALK[0], "at": "2024-08-15T09:30:00"}, 422, "at: the zone"),
        ({**TALK[0], "at": "0001-01-01T00:00:00+14:00"}, 422, "at:"),
        ({**TALK[0], "at": "2999-01-01T00:00:00+07:00"}, 422, "at: too long"),
        ({**TALK[0], "call_id": ""}, 422, "call_id: is empty"),
        ({**TALK[0], "call_id": "a\x00b"}, 422, "call_id: at most"),
        ({**TALK[0], "direction": "up"}, 422, "direction: in or out"),
        ({**TALK[0], "recording_url": "javascript:alert(1)"}, 422, "recording_url"),
        ({**TALK[0], "colour": "red"}, 422, "unknown: 'colour'"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_taken(line, body, status, said):
    answer = post(body)
    assert (answer.status_code, Call.objects.count()) == (status, 0)
    assert answer.json()["error"].startswith(said)


def test_one_wrong_event_keeps_out_the_whole_batch(line):
    assert post({"events": [TALK[0], {**TALK[1], "event": "sing"}]}).status_code == 422
    assert Call.objects.count() == 0


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
field = st.sampled_from(["call_id", "event", "at", "event_id", "direction", "number", "extension", "recording_url"])
moments = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()) | st.just(START.isoformat())
near = st.fixed_dictionaries(
    {"call_id": st.text(min_size=1, max_size=130), "event": st.sampled_from(KINDS), "at": moments},
    optional={
        "number": st.text(max_size=45), "extension": st.text(max_size=22), "event_id": st.text(max_size=130),
        "direction": st.sampled_from(["in", "out", "IN", ""]), "recording_url": st.text(max_size=40),
    },
)  # fmt: skip
bodies = (
    anything
    | near
    | st.dictionaries(field, anything, max_size=8)
    | st.tuples(near, field, anything).map(lambda got: {**got[0], got[1]: got[2]})
    | st.fixed_dictionaries({"events": st.lists(near, max_size=4) | anything})
)


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=bodies)
def test_no_body_makes_it_stumble(line, body):
    answer = post(json.dumps(body).encode())
    assert answer.status_code in (200, 400, 422)
    assert answer.json()


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=300))
def test_no_bytes_make_it_stumble(line, raw):
    assert post(raw).status_code in (400, 422)


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 30)), min_size=1, max_size=5, unique=True).flatmap(
        lambda told: st.tuples(st.just(told), st.permutations(told))
    )
)
def test_order_never_matters(both):
    def facts(told):
        return fold(Signal("c", kind, START + timedelta(seconds=at), f"{kind}{at}") for kind, at in told)

    assert facts(both[0]) == facts(both[1])


def test_every_order_of_a_whole_call_is_the_same_call():
    signals = [Signal("c", one["event"], START + timedelta(seconds=n), str(n)) for n, one in enumerate(TALK)]
    assert len({repr(fold(order)) for order in itertools.permutations(signals)}) == 1
