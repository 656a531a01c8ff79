"""A request for information: numbered at once, extended once, answered, refused, objected to."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from information import ppid
from information.models import PpidRequest
from information.objections import answer_objection, file_objection
from kernel.errors import Refused
from tests import factories as make
from worktime.verbs import add_holiday

MONDAY = make.wib("2024-08-05 09:00")  # due on 19 August


@pytest.fixture
def at(db):
    return {"at": MONDAY + make.DAY, "actor": make.staff("galih")}


@pytest.fixture
def request_row(at):
    return ppid.register_request(
        applicant_name="Dewi Anggraini",
        data_requested="Realisasi DAU per daerah",
        purpose="Penelitian",
        at=MONDAY,
        actor=at["actor"],
    )


def codes(row):
    return list(row.events.values_list("code", flat=True))


def test_a_request_has_its_number_and_last_day_at_once(request_row):
    assert (request_row.number, request_row.due_on) == ("PPID-24-00001", date(2024, 8, 19))
    assert (request_row.status, codes(request_row)) == ("RECEIVED", ["ppid.registered"])


def test_from_the_unit_to_the_answer(request_row, at):
    assert ppid.assign_unit(request=request_row, unit=make.unit("PK.2"), **at).status == "IN_PROGRESS"
    row = ppid.extend(request=request_row, reason="Data di dua unit", **at)
    assert (row.status, row.extended_due_on) == ("EXTENDED", date(2024, 8, 28))
    row = ppid.answer(request=row, text="Terlampir.", at=make.wib("2024-08-28 23:00"), actor=at["actor"])
    assert (row.status, row.events.last().data) == ("ANSWERED", {"late": False})
    assert codes(row) == ["ppid.registered", "ppid.unit_assigned", "ppid.extended", "ppid.answered"]
    for verb in (ppid.answer, ppid.refuse):
        with pytest.raises(Refused, match=r"ppid\.closed"):
            verb(request=row, text="Lagi", **at)


def test_an_extension_is_once_short_reasoned_and_in_time(request_row, at):
    for changes, code in (
        ({"reason": " "}, "needs_reason"),
        ({"days": 8}, "too_long"),
        ({"days": 0}, "too_long"),
        ({"at": make.wib("2024-08-20 00:00")}, "overdue"),
    ):
        with pytest.raises(Refused, match=rf"ppid\.{code}"):
            ppid.extend(request=request_row, **{"reason": "Data di dua unit", **at, **changes})
    row = ppid.extend(request=request_row, days=3, reason="Data di dua unit", **at)
    assert row.extended_due_on == date(2024, 8, 22)
    with pytest.raises(Refused, match=r"ppid\.extended"):
        ppid.extend(request=row, reason="Sekali lagi", **at)


def test_a_shorter_extension_keeps_its_length_when_the_calendar_changes(request_row, at):
    ppid.extend(request=request_row, days=3, reason="Data di dua unit", **at)
    add_holiday(day=date(2024, 8, 16), name="Cuti", kind="COLLECTIVE_LEAVE", **at)
    request_row.refresh_from_db()
    assert (request_row.due_on, request_row.extended_due_on) == (date(2024, 8, 20), date(2024, 8, 23))


def test_a_late_answer_says_so(request_row, at):
    row = ppid.answer(request=request_row, text="Terlampir.", at=make.wib("2024-08-20 08:00"), actor=at["actor"])
    assert row.events.last().data == {"late": True}


def test_withdrawn_by_the_applicant(request_row, at):
    row = ppid.withdraw(request=request_row, reason="sudah menemukan datanya", **at)
    assert (row.status, row.answered_at) == ("WITHDRAWN", None)
    with pytest.raises(Refused, match=r"objection\.withdrawn"):
        file_objection(request=row, ground="REFUSED", **at)


def test_refused_and_objected_to_within_thirty_working_days(request_row, at):
    row = ppid.refuse(request=request_row, text="Dikecualikan.", **at)  # 6 August; the 30th day is 17 September
    late = {**at, "at": make.wib("2024-09-19 08:00")}
    with pytest.raises(Refused, match=r"objection\.too_late"):
        file_objection(request=row, ground="REFUSED", **late)
    objection = file_objection(request=row, ground="REFUSED", statement="Data publik", **at)
    assert (objection.number, objection.filed_on) == ("KBR-24-00001", date(2024, 8, 6))
    with pytest.raises(Refused, match=r"objection\.open"):
        file_objection(request=row, ground="REFUSED", **at)
    objection = answer_objection(objection=objection, text="Diberikan sebagian.", **late)
    assert objection.answered_at == late["at"]
    with pytest.raises(Refused, match=r"objection\.answered"):
        answer_objection(objection=objection, text="Lagi", **late)
    assert codes(row) == ["ppid.registered", "ppid.refused", "ppid.objection_filed", "ppid.objection_answered"]


def test_grounds_must_fit_what_happened(request_row, at):
    with pytest.raises(Refused, match=r"objection\.too_early"):
        file_objection(request=request_row, ground="NOT_ANSWERED", **at)
    overdue = {**at, "at": make.wib("2024-08-20 08:00")}
    with pytest.raises(Refused, match=r"objection\.ground"):
        file_objection(request=request_row, ground="REFUSED", **overdue)
    assert file_objection(request=request_row, ground="NOT_ANSWERED", **overdue).ground == "NOT_ANSWERED"


def test_incomplete_requests_are_refused(at):
    for fields, code in (
        ({"applicant_name": " ", "data_requested": "DAU"}, "needs_name"),
        ({"applicant_name": "Dewi", "data_requested": " "}, "needs_data"),
    ):
        with pytest.raises(Refused, match=rf"ppid\.{code}"):
            ppid.register_request(**fields, **at)


def test_the_database_holds_the_law(request_row):
    for values, constraint in (
        ({"extended_due_on": date(2024, 8, 28)}, "ppid_extension_has_reason"),
        ({"extended_due_on": date(2024, 8, 19), "extension_reason": "x"}, "ppid_extension_has_reason"),
        ({"status": "ANSWERED"}, "ppid_answered_has_time"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            PpidRequest.objects.filter(pk=request_row.pk).update(**values)
