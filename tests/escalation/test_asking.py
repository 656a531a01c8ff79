"""Asking units: several at once or one after another, what goes along, what follows an answer, whom to ask."""

import pytest

from escalation import asking, verbs
from escalation.files import chosen_files, offered_files
from escalation.ladder import ladder_of
from escalation.models import Escalation, PlannedEscalation
from escalation.proposing import propose
from escalation.scores import Judge, score_answered
from escalation.winding import rewind, wind_all
from kernel.errors import Refused
from knowledge.models import KnowledgeArticle
from messaging.files import store_file
from messaging.models import Attachment, Message
from tests import factories as make
from tests.factories import HOUR, NOW, staff, unit, wib
from tickets import verbs as ticket_verbs
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make.ticket(topic=make.topic("DAU"))


def asked(ticket, *codes, at=NOW, **more):
    units = [unit(code) for code in codes]
    return asking.ask_units(ticket, units=units, question="Mohon jadwal.", at=at, actor=staff("laras"), **more)


def open_units(ticket):
    return list(ticket.escalations.filter(closed_at=None).order_by("id").values_list("unit__code", flat=True))


def status_of(ticket):
    return Ticket.objects.get(pk=ticket.pk).status


def test_several_units_at_once_have_a_clock_each(ticket):
    asked(ticket, "PK.2", "PK.4")
    assert open_units(ticket) == ["PK.2", "PK.4"]
    assert PlannedEscalation.objects.count() == 0


def test_one_after_another_each_clock_starts_with_the_answer_before(ticket):
    first = asked(ticket, "PK.4", "PK.2", "PK.6", one_after_another=True, tried="Sudah dicek di KB.", urgent=True)[0]
    assert open_units(ticket) == ["PK.4"]
    verbs.answer(first, answer="Bagian kami selesai.", at=NOW + 30 * HOUR, actor=staff("tirta"))
    second = ticket.escalations.get(unit__code="PK.2")
    assert (second.escalated_at, second.tried, second.urgent) == (NOW + 30 * HOUR, "Sudah dicek di KB.", True)
    assert status_of(ticket) == "WAITING_LAYER2"
    verbs.answer(second, answer="Bagian kami juga.", at=NOW + 31 * HOUR, actor=staff("damar"))
    assert open_units(ticket) == ["PK.6"]
    score_answered(at=NOW + 60 * HOUR)
    second.refresh_from_db()
    assert second.working_minutes == 30, "PK.2 is not charged for what PK.4 took; the office closed at 16.00"
    third = ticket.escalations.get(unit__code="PK.6")
    verbs.answer(third, answer="Selesai.", at=NOW + 32 * HOUR, actor=staff("damar"))
    assert (open_units(ticket), status_of(ticket)) == ([], "OPEN")


def test_plans_follow_a_transfer_and_end_with_a_recall(ticket):
    first = asked(ticket, "PK.4", "PK.6", one_after_another=True)[0]
    second = verbs.transfer(first, unit=unit("PK.2"), reason="Bukan kami.", at=NOW + HOUR, actor=staff("tirta"))
    assert PlannedEscalation.objects.get().after == second
    verbs.recall(second, reason="Sudah jelas.", at=NOW + 2 * HOUR, actor=staff("laras"))
    assert PlannedEscalation.objects.get().dropped_at == NOW + 2 * HOUR
    assert open_units(ticket) == []


def test_a_plan_is_cancelled_once(ticket):
    asked(ticket, "PK.4", "PK.6", one_after_another=True)
    plan = PlannedEscalation.objects.get()
    asking.cancel_plan(plan, at=NOW + HOUR, actor=staff("laras"))
    with pytest.raises(Refused, match=r"escalation\.not_planned"):
        asking.cancel_plan(plan, at=NOW + HOUR, actor=staff("laras"))


def test_a_planned_unit_that_was_asked_meanwhile_is_passed_over(ticket):
    first = asked(ticket, "PK.4", "PK.6", "PK.7", one_after_another=True)[0]
    asked(ticket, "PK.6", at=NOW + HOUR)
    verbs.answer(first, answer="Sudah.", at=NOW + 2 * HOUR, actor=staff("tirta"))
    assert open_units(ticket) == ["PK.6", "PK.7"]


@pytest.mark.parametrize(("codes", "code"), [((), "escalation.needs_unit"), (("PK.2", "PK.2"), "escalation.same_unit")])
def test_units_must_be_named_and_differ(ticket, codes, code):
    with pytest.raises(Refused) as refused:
        asked(ticket, *codes)
    assert refused.value.code == code


def test_files_chosen_for_the_unit_go_along_and_no_others(ticket):
    message = ticket.entries.first().message
    chosen, other = store_file(b"SK", at=NOW), store_file(b"KTP", at=NOW)
    Attachment.objects.create(message=message, file=chosen, name="sk.txt")
    Attachment.objects.create(message=message, file=other, name="ktp.txt")
    keys = [row.key for row in offered_files(ticket)]
    row = asked(ticket, "PK.2", files=chosen_files(ticket, keys[:1]))[0]
    assert list(row.files.values_list("name", "kind")) == [("sk.txt", "QUESTION")]
    successor = verbs.transfer(row, unit=unit("PK.6"), reason="x", at=NOW + HOUR, actor=staff("damar"))
    assert successor.files.get().name == "sk.txt"
    verbs.return_to_layer1(successor, reason="Mana KTP?", at=NOW + 2 * HOUR, actor=staff("damar"))
    added = chosen_files(ticket, keys)
    verbs.resume(successor, note="Ini.", files=added, at=NOW + 3 * HOUR, actor=staff("laras"))
    assert list(successor.files.values_list("name", flat=True)) == ["sk.txt", "ktp.txt"]
    with pytest.raises(Refused, match=r"escalation\.no_file"):
        chosen_files(make.ticket(contact=make.contact("melati")), keys)


def test_an_answer_goes_straight_to_the_requester_where_layer_1_allowed_it(ticket):
    damar, row = staff("damar"), asked(ticket, "PK.2", may_answer_requester=True)[0]
    how = {"at": NOW + HOUR, "actor": damar}
    verbs.answer(row, answer="Tanggal 20.", to_requester=True, legal_basis=["PMK 1/2024", " "], **how)
    sent = Message.objects.get(direction="OUT")
    assert (sent.body, sent.author) == ("Tanggal 20.\n\nDasar hukum: PMK 1/2024", damar)
    assert status_of(ticket) == "ANSWERED"
    row.refresh_from_db()
    assert (row.answered_requester, row.legal_basis, row.answer) == (True, ["PMK 1/2024"], "Tanggal 20.")


def test_an_answer_to_layer_1_alone_where_it_was_not_allowed(ticket):
    row = asked(ticket, "PK.2")[0]
    with pytest.raises(Refused, match=r"escalation\.not_direct"):
        verbs.answer(row, answer="Tanggal 20.", to_requester=True, at=NOW + HOUR, actor=staff("damar"))
    row.refresh_from_db()
    assert (row.status, Message.objects.filter(direction="OUT").count()) == ("OPEN", 0)


def test_an_answer_with_an_article_and_proposed_as_one(ticket):
    at = {"at": NOW, "actor": None}
    known = KnowledgeArticle.objects.create(
        code="KB-1", title="Jadwal", body="Tiap bulan.", unit=unit("PK.2"), created_at=NOW, updated_at=NOW
    )
    row = asked(ticket, "PK.2")[0]
    verbs.answer(row, answer="Tanggal 20.", article=known, propose_article=True, **at | {"actor": staff("damar")})
    draft = row.__class__.objects.get(pk=row.pk).proposed_article
    assert (draft.title, draft.body, draft.status, draft.unit, draft.topic) == (
        "Penyaluran DAU Agustus", "Tanggal 20.", "DRAFT", unit("PK.2"), make.topic("DAU"),
    )  # fmt: skip


def test_an_answer_may_be_asked_about_again_with_a_clock_of_its_own(ticket):
    row = asked(ticket, "PK.2")[0]
    with pytest.raises(Refused, match=r"escalation\.follows"):
        asked(ticket, "PK.4", follows=row)
    verbs.answer(row, answer="Tanggal 20.", at=NOW + HOUR, actor=staff("damar"))
    row.refresh_from_db()
    again = asked(ticket, "PK.2", at=NOW + 2 * HOUR, follows=row)[0]
    assert (again.follows, again.escalated_at, again.score) == (row, NOW + 2 * HOUR, None)


def test_drops_at_follows_the_clock(ticket):
    row = asked(ticket, "PK.2", at=wib("2024-08-15 17:00"))[0]  # Thursday evening
    assert row.drops_at == wib("2024-08-16 16:00"), "the clock starts at the next opening"
    verbs.return_to_layer1(row, reason="Data.", at=wib("2024-08-16 10:00"), actor=staff("damar"))
    assert Escalation.objects.get().drops_at is None
    verbs.resume(row, at=wib("2024-08-19 08:00"), actor=staff("laras"))
    assert Escalation.objects.get().drops_at == wib("2024-08-19 14:00")
    verbs.answer(row, answer="Sudah.", at=wib("2024-08-19 09:00"), actor=staff("damar"))
    assert Escalation.objects.get().drops_at is None


def test_the_topics_owner_is_proposed_first_then_who_answered_the_like(ticket):
    for number, code in enumerate(("PK.7", "PK.7", "PK.1")):
        earlier = make.ticket(topic=make.topic("DAU"), subject="Penyaluran DAU Juli tertunda")
        row = asked(earlier, code)[0]
        verbs.answer(row, answer="Sudah.", at=NOW + (number + 1) * HOUR, actor=staff("damar"))
        ticket_verbs.close(ticket=earlier, at=NOW + 9 * HOUR, actor=staff("laras"))
    found = propose(ticket, NOW + 20 * HOUR)
    assert [row.unit.code for row in found] == ["PK.2", "PK.7", "PK.1"]
    assert found[1].reason == "2 pertanyaan serupa dijawab di sini"


def test_clocks_whose_step_has_passed_are_wound_on(ticket):
    def sweep(at):
        return rewind(wind_all(Judge.load(), at))

    row = asked(ticket, "PK.2")[0]
    Escalation.objects.update(drops_at=None)  # as an import leaves it
    assert sweep(NOW + HOUR) == 1
    assert Escalation.objects.get().drops_at == wib("2024-08-16 09:30")
    assert sweep(wib("2024-08-16 09:31")) == 1
    assert Escalation.objects.get().drops_at == wib("2024-08-19 09:30")
    assert sweep(wib("2024-08-16 09:32")) == 0
    assert row.events.count() == 1


def test_a_step_that_ends_with_the_day_keeps_its_moment_and_holds_until_the_next(ticket):
    def sweep(at):
        return rewind(wind_all(Judge.load(), at))

    row = asked(ticket, "PK.2", at=wib("2024-08-15 17:00"))[0]  # Thursday evening: Friday whole is the first step
    for moment in ("2024-08-16 16:00", "2024-08-16 20:00", "2024-08-18 12:00", "2024-08-19 08:00"):
        assert sweep(wib(moment)) == 0, moment
    assert Escalation.objects.get().drops_at == wib("2024-08-16 16:00")
    evening = ladder_of(Judge.now(), row, wib("2024-08-16 20:00"))
    assert (evening.score, evening.current.until) == (120, wib("2024-08-19 08:00")), "an answer now still scores 120"
    assert sweep(wib("2024-08-19 08:01")) == 1
    assert Escalation.objects.get().drops_at == wib("2024-08-19 16:00")
