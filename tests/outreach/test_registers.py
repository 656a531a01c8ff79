"""Publications, events and blasts keep the order in which they were entered."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Refused
from outreach import verbs
from outreach.models import Blast, OutreachEvent, Publication
from tests import factories as make

DAY = date(2024, 8, 12)


@pytest.fixture
def at(db):
    return {"at": make.NOW, "actor": make.staff("laras")}


def codes(row):
    events = OutreachEvent.objects.filter(record=row._meta.model_name, record_id=row.pk)
    return list(events.values_list("code", flat=True))


def test_registers_keep_their_order_whatever_the_dates(at):
    late = verbs.add_publication(title="PMK 40/2024", published_on=date(2024, 8, 30), **at)
    early = verbs.add_publication(title="Media Defis", published_on=date(2024, 8, 1), **at)
    assert list(Publication.objects.all()) == [late, early]
    assert (late.number, early.number) == ("PUB-24-00001", "PUB-24-00002")
    assert verbs.add_event(title="SERASI", held_on=DAY, **at).position == 1


def test_a_blast_is_drafted_and_sent_once(at):
    blast = verbs.draft_blast(subject="Undangan webinar", by_email=False, **at)
    verbs.correct_entry(row=blast, changes={"subject": "Undangan SERASI"}, **at)
    blast = verbs.send_blast(blast=blast, recipients=508, **at)
    assert (blast.status, blast.sent_at, blast.recipients, blast.subject) == ("SENT", make.NOW, 508, "Undangan SERASI")
    for move in (
        lambda: verbs.send_blast(blast=blast, recipients=1, **at),
        lambda: verbs.correct_entry(row=blast, changes={"subject": "Lain"}, **at),
        lambda: verbs.take_out(row=blast, reason="salah", **at),
    ):
        with pytest.raises(Refused, match=r"blast\.sent"):
            move()
    assert codes(blast) == ["blast.drafted", "blast.corrected", "blast.sent"]


def test_a_correction_keeps_what_it_was(at):
    row = verbs.add_event(title="SERASI", held_on=DAY, **at)
    verbs.correct_entry(row=row, changes={"held_on": date(2024, 8, 13), "title": "SERASI"}, **at)
    verbs.correct_entry(row=row, changes={"title": "SERASI"}, **at)
    row.refresh_from_db()
    assert row.held_on == date(2024, 8, 13)
    assert OutreachEvent.objects.last().data == {"before": {"held_on": "2024-08-12"}}
    assert codes(row) == ["event.added", "event.corrected"]


def test_what_is_taken_out_stays_in_the_events(at):
    row = verbs.add_publication(title="Salah ketik", published_on=DAY, **at)
    with pytest.raises(Refused, match=r"entry\.needs_reason"):
        verbs.take_out(row=row, reason=" ", **at)
    verbs.take_out(row=row, reason="dua kali dicatat", **at)
    assert not Publication.objects.exists()
    assert OutreachEvent.objects.last().data == {"number": "PUB-24-00001", "text": "Salah ketik"}


def test_refused_entries(at):
    with pytest.raises(Refused, match=r"entry\.needs_title"):
        verbs.add_publication(title=" ", published_on=DAY, **at)
    with pytest.raises(Refused, match=r"blast\.needs_medium"):
        verbs.draft_blast(subject="Undangan", by_whatsapp=False, by_email=False, **at)
    with pytest.raises(Refused, match=r"blast\.needs_recipients"):
        verbs.send_blast(blast=verbs.draft_blast(subject="Undangan", **at), recipients=0, **at)
    with pytest.raises(ValueError, match="position"):
        verbs.correct_entry(row=verbs.add_event(title="SERASI", held_on=DAY, **at), changes={"position": 9}, **at)
    with pytest.raises(IntegrityError, match="blast_sent_has_time"), transaction.atomic():
        Blast.objects.update(status="SENT")
