"""Complaints and grievances: received, handled, referred, closed; the reporter stays hidden."""

import pytest

from information import complaints
from information.access import may_see_reporter, visible_complaints
from kernel.errors import Refused
from tests import factories as make


@pytest.fixture
def at(db):
    return {"at": make.NOW, "actor": make.staff("laras")}


@pytest.fixture
def case(at):
    return complaints.register_complaint(
        kind="COMPLAINT",
        subject="Surat palsu mengatasnamakan DJPK",
        description="Kami menerima surat permintaan dana.",
        region=make.region("73.06"),
        reporter_name="Arung Mappatunru",
        **at,
    )


def codes(case):
    return list(case.events.values_list("code", flat=True))


def test_the_two_kinds_are_numbered_apart(case, at):
    other = complaints.register_complaint(kind="GRIEVANCE", subject="Telepon tidak diangkat", **at)
    assert (case.number, other.number) == ("ADU-24-00001", "KEL-24-00001")


def test_the_first_reply_is_timed(case, at):
    case = complaints.reply(complaint=case, text="Kami tindak lanjuti.", **at)
    assert (case.status, case.first_replied_at) == ("IN_PROGRESS", make.NOW)
    case = complaints.reply(complaint=case, text="Masih kami telusuri.", at=make.NOW + make.DAY, actor=at["actor"])
    assert case.first_replied_at == make.NOW
    case = complaints.close(complaint=case, resolution="Surat dinyatakan palsu.", at=make.NOW + make.DAY, actor=None)
    assert (case.status, case.closed_at) == ("CLOSED", make.NOW + make.DAY)
    with pytest.raises(Refused, match=r"complaint\.closed"):
        complaints.reply(complaint=case, text="Lagi", **at)
    case = complaints.reopen(complaint=case, reason="surat baru", at=make.NOW + 2 * make.DAY, actor=None)
    assert (case.status, case.closed_at) == ("IN_PROGRESS", None)
    assert codes(case) == [
        "complaint.registered",
        "complaint.replied",
        "complaint.replied",
        "complaint.closed",
        "complaint.reopened",
    ]


def test_what_goes_to_wise_leaves_only_the_pointer(case, at):
    complaints.reply(complaint=case, text="Kami teruskan.", **at)
    case = complaints.refer(complaint=case, to="WISE", outside_number="W-123", **at)
    assert (case.status, case.source, case.outside_number) == ("REFERRED", "WISE", "W-123")
    assert (case.description, case.reporter_name, case.history.count()) == ("", "", 0)


def test_what_goes_elsewhere_keeps_its_story(case, at):
    case = complaints.refer(complaint=case, to="Itjen", **at)
    assert (case.status, case.reporter_name) == ("REFERRED", "Arung Mappatunru")
    assert case.events.last().data == {"to": "Itjen"}


def test_the_reporter_is_for_the_handler(case, at):
    laras, bima, sekar = (make.staff(name) for name in ("laras", "bima", "sekar"))
    case = complaints.assign_handler(complaint=case, handler=bima, **at)
    assert [may_see_reporter(user, case) for user in (laras, bima, sekar)] == [False, True, True]
    assert [visible_complaints(make.staff(name)).count() for name in ("laras", "wening", "damar")] == [1, 0, 0]


def test_refused_cases(case, at):
    with pytest.raises(Refused, match=r"complaint\.needs_subject"):
        complaints.register_complaint(kind="COMPLAINT", subject=" ", **at)
    with pytest.raises(Refused, match=r"complaint\.needs_outside_number"):
        complaints.register_complaint(kind="COMPLAINT", subject="Dana desa", source="SP4N_LAPOR", **at)
    with pytest.raises(Refused, match=r"complaint\.needs_resolution"):
        complaints.close(complaint=case, resolution="", **at)
    with pytest.raises(Refused, match=r"complaint\.not_closed"):
        complaints.reopen(complaint=case, reason="x", **at)
    anonymous = complaints.register_complaint(
        kind="COMPLAINT", subject="Dana desa", reporter_name="Arung", anonymous=True, **at
    )
    assert anonymous.reporter_name == ""
