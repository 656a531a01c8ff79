"""Links of video conferences made through Microsoft Graph, against a server on loopback."""

import pytest

from consultations.booking import move_reservation
from consultations.meeting_making import drop_meetings, make_meetings
from consultations.meetings import GraphMeetings, MeetingError
from consultations.models import Mode
from consultations.tasks import make_meetings as task
from consultations.verbs import cancel, set_meeting
from messaging.models import Connection, Message
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, confirmed
from tests.consultations.teams import running


@pytest.fixture
def teams(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with running() as server:
        settings.MEETINGS = server.settings
        yield server


@pytest.fixture
def video(db, teams):
    Connection.objects.create(channel=make.channel(), name="Contact Center", address="callcenter@djpk.example")
    return confirmed(mode=Mode.VIDEO)


def codes(reservation):
    return list(reservation.events.values_list("code", flat=True))


def test_a_confirmed_video_conference_gets_its_meeting_and_its_invitation(video, teams):
    assert make_meetings(at=ASKED) == 1
    video.refresh_from_db()
    assert (video.meeting_url, video.meeting_key) == (f"https://teams.example/{video.number}", "m-1")
    made = teams.meetings[video.number]
    assert (made["subject"], made["startDateTime"]) == ("Konsultasi Kab. Gowa", "2024-08-20T02:00:00Z")
    assert f"Tautan rapat: {video.meeting_url}" in Message.objects.get(claimed_by="consultations").body
    assert make_meetings(at=ASKED) == 0
    assert teams.calls == [
        "POST /djpk/oauth2/v2.0/token", "POST /users/dering@djpk.example/onlineMeetings/createOrGet",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [429, 500, "drop", "empty"])
def test_what_fails_is_tried_again_and_said_once(video, teams, fault):
    teams.faults = [fault, fault]
    assert (make_meetings(at=ASKED), make_meetings(at=ASKED)) == (0, 0)
    assert codes(video).count("reservation.link_failed") == 1
    assert "rahasia" not in video.events.last().reason
    assert make_meetings(at=ASKED) == 1


def test_asking_twice_makes_one_meeting(teams):
    graph = GraphMeetings(teams.settings)
    twice = [graph.create("RSV-1", "Konsultasi", STARTS, STARTS + make.HOUR) for _turn in range(2)]
    assert twice[0] == twice[1]
    assert len(teams.meetings) == 1


def test_wrong_credentials(teams):
    with pytest.raises(MeetingError, match="401"):
        GraphMeetings({**teams.settings, "client_secret": "salah"}).create("a", "b", STARTS, STARTS + make.HOUR)


def test_a_typed_link_needs_no_service(video, teams):
    set_meeting(reservation=video, meeting_url="https://zoom.example/1", at=ASKED, actor=None)
    assert make_meetings(at=ASKED) == 0
    assert teams.calls == []


def test_without_a_service_nothing_is_asked(video, teams, settings):
    settings.MEETINGS = {**teams.settings, "organizer": ""}
    assert (make_meetings(at=ASKED), drop_meetings(at=ASKED), teams.calls) == (0, 0, [])


def test_what_is_cancelled_loses_its_meeting(video, teams):
    make_meetings(at=ASKED)
    cancel(reservation=video, reason="Sakit", at=ASKED, actor=None)
    teams.faults = [500]
    assert (drop_meetings(at=ASKED), drop_meetings(at=ASKED), drop_meetings(at=ASKED)) == (0, 1, 0)
    assert teams.meetings == {}


def test_one_that_is_gone_already_is_fine(video, teams):
    make_meetings(at=ASKED)
    cancel(reservation=video, reason="Sakit", at=ASKED, actor=None)
    teams.meetings.clear()
    assert drop_meetings(at=ASKED) == 1


def test_what_is_moved_gets_another_meeting(video, teams):
    make_meetings(at=ASKED)
    video.refresh_from_db()
    sekar = make.staff("sekar")
    new = move_reservation(reservation=video, starts_at=STARTS + make.DAY, at=ASKED, actor=sekar)
    assert (new.status, new.meeting_url) == ("CONFIRMED", "")
    assert (make_meetings(at=ASKED), drop_meetings(at=ASKED)) == (1, 1)
    assert list(teams.meetings) == [new.number]


def test_workers_do_it(video, teams, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: ASKED)
    assert (task(), task()) == (1, 0)
