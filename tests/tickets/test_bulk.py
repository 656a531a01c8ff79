"""One move on many tickets: what can be done is done, the rest says why not, and it can be taken back."""

import json
import re

import pytest
from django.test import Client

from escalation.verbs import escalate
from kernel.errors import Refused
from tests import factories as make
from tickets import sorting, verbs
from tickets.access import visible_tickets
from tickets.inbox import bulk
from tickets.models import Ticket, TicketEvent
from tickets.slots import register_veto

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def run(move: bulk.Move, *tickets: Ticket, who: str = "laras", at=make.NOW) -> bulk.Outcome:
    user = make.staff(who)
    return bulk.run(move, visible=visible_tickets(user), numbers=[row.number for row in tickets], at=at, actor=user)


def fresh(row: Ticket) -> Ticket:
    return Ticket.objects.get(pk=row.pk)


def skipped(outcome: bulk.Outcome) -> dict[str, str]:
    return {line.number: line.code for line in outcome.skipped}


def test_what_can_be_closed_is_closed_and_the_rest_says_why():
    ready, bare = make.ticket(topic=make.topic()), make.ticket()
    done, away, asked = make.ticket(topic=make.topic()), make.ticket(), make.ticket(topic=make.topic())
    laras = make.staff("laras")
    verbs.close(ticket=done, at=make.NOW, actor=laras)
    escalate(asked, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
    register_veto(
        "uji", lambda row: Refused("escalation.open", "Masih ditangani unit.") if row.pk == asked.pk else None
    )
    Ticket.objects.filter(pk=away.pk).update(number="LAIN-1")
    outcome = run(bulk.close(None), ready, bare, done, asked, away)
    assert [row.number for row in outcome.done] == [ready.number]
    assert skipped(outcome) == {
        bare.number: "ticket.needs_topic",
        done.number: "ticket.closed",
        asked.number: "escalation.open",
        away.number: "ticket.unknown",
    }
    assert bulk.summary(outcome) == "1 diselesaikan, 4 dilewati"
    assert fresh(bare).status == "NEW", "a skipped ticket stays as it was"
    assert run(bulk.close(make.topic("DBH")), bare).done == [bare]
    assert fresh(bare).topic.code == "DBH"
    assert fresh(ready).topic.code == "DAU", "only tickets without a topic get the one that is given"


@pytest.mark.parametrize(
    ("move", "reads"),
    [
        (lambda: bulk.assign(make.staff("bima")), lambda row: row.assignee.username == "bima"),
        (bulk.take, lambda row: row.assignee.username == "laras"),
        (lambda: bulk.set_topic(make.topic("DBH")), lambda row: row.topic.code == "DBH"),
        (lambda: bulk.set_priority(30), lambda row: row.priority == 30),
        (lambda: bulk.add_tags(["Salur"]), lambda row: row.tags == ["dau", "salur"]),
        (lambda: bulk.remove_tags(["dau"]), lambda row: row.tags == []),
        (bulk.mark_spam, lambda row: row.is_spam),
        (lambda: bulk.close(None), lambda row: row.status == "CLOSED"),
    ],
)
def test_every_move_does_what_it_says_and_is_taken_back(move, reads):
    rows = [make.ticket(topic=make.topic("DAU"), tags=["dau"]) for _number in range(3)]
    before = [(row.status, row.assignee_id, row.topic_id, row.priority, row.tags) for row in rows]
    outcome = run(move(), *rows)
    assert all(reads(fresh(row)) for row in rows)
    laras = make.staff("laras")
    steps = bulk.steps_of(outcome, laras)
    back = bulk.undo(visible=visible_tickets(laras), steps=steps, at=make.NOW + make.MINUTE / 2, actor=laras)
    assert (len(back.done), back.skipped) == (3, [])
    after = [(row.status, row.assignee_id, row.topic_id, row.priority, row.tags) for row in map(fresh, rows)]
    assert after == before


def test_no_tag_is_cut_and_no_ticket_gets_more_than_fit():
    full, bare = make.ticket(tags=[f"tanda {n}" for n in range(20)]), make.ticket()
    with pytest.raises(Refused, match=r"ticket\.tag_too_long"):
        bulk.add_tags(["salur", "x" * 41])
    assert skipped(run(bulk.add_tags(["salur"]), full, bare)) == {full.number: "ticket.too_many_tags"}
    assert (len(fresh(full).tags), fresh(bare).tags) == (20, ["salur"])
    assert skipped(run(bulk.remove_tags(["x" * 41, "tanda 1"]), full)) == {}
    assert len(fresh(full).tags) == 19


def test_nobody_takes_back_what_others_did_or_what_moved_on():
    mine, theirs = make.ticket(), make.ticket()
    laras, bima = make.staff("laras"), make.staff("bima")
    steps = bulk.steps_of(run(bulk.take(), mine, theirs), laras)
    sorting.assign(ticket=theirs, to=bima, at=make.NOW + make.MINUTE / 2, actor=bima)
    visible = visible_tickets(laras)
    assert len(bulk.undo(visible=visible, steps=steps, at=make.NOW + make.MINUTE / 2, actor=bima).skipped) == 2
    back = bulk.undo(visible=visible, steps=steps, at=make.NOW + make.MINUTE / 2, actor=laras)
    assert [row.number for row in back.done] == [mine.number]
    assert skipped(back) == {theirs.number: "undo.overtaken"}


def test_two_hundred_at_most_and_at_least_one():
    with pytest.raises(Refused, match=r"bulk\.none"):
        run(bulk.take())
    names = [f"X-{number}" for number in range(201)]
    laras = make.staff("laras")
    with pytest.raises(Refused, match=r"bulk\.too_many"):
        bulk.run(bulk.take(), visible=visible_tickets(laras), numbers=names, at=make.NOW, actor=laras)


def send(client: Client, *tickets: Ticket, **data):
    data["tiket"] = [row.number for row in tickets]
    return client.post("/tiket/massal/?tampilan=terbuka", data, headers=HTMX)


def test_the_page_says_how_many_and_names_the_skipped_with_a_link():
    free, taken = make.ticket(), make.ticket()
    sorting.take(ticket=taken, at=make.NOW, actor=make.staff("bima"))
    answer = send(signed_in("laras"), free, taken, aksi="ambil")
    page = answer.content.decode()
    assert "1 diambil, 1 dilewati" in page
    link = rf'<a href="/tiket/{taken.number}/\?tampilan=terbuka" data-skipped="{taken.number}">{taken.number}</a>'
    assert re.search(rf"<li>Tiket ini sudah [^<]+ {link}</li>", page)
    said = json.loads(answer["HX-Trigger-After-Settle"])
    assert said["dering:toast"]["text"] == "1 diambil, 1 dilewati"
    undone = signed_in("laras").post(said["dering:toast"]["undo"], headers=HTMX)
    assert "1 dikembalikan" in undone["HX-Trigger-After-Settle"]
    assert fresh(free).assignee is None


def test_a_reason_that_many_share_is_said_once():
    numbers = [make.ticket().number, "DRG-00-1", "DRG-00-2"]
    laras = make.staff("laras")
    sorting.take(ticket=Ticket.objects.get(number=numbers[0]), at=make.NOW, actor=make.staff("bima"))
    outcome = bulk.run(bulk.take(), visible=visible_tickets(laras), numbers=numbers, at=make.NOW, actor=laras)
    assert [[one.number for one in ones] for _why, ones in outcome.reasons] == [numbers[1:], numbers[:1]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"aksi": "terbang"}, "Pilih tindakan"),
        ({"aksi": ""}, "Pilih tindakan"),
        ({"aksi": "tugaskan", "agen": "wening"}, "Pilih agen dahulu."),
        ({"aksi": "topik", "topik": "XYZ"}, "Pilih topik dahulu."),
        ({"aksi": "prioritas:99"}, "Pilih prioritas dahulu."),
        ({"aksi": "tanda-tambah", "tanda": " , "}, "Tulis tanda dahulu."),
    ],
)
def test_a_move_that_makes_no_sense_changes_nothing(data, reason):
    row = make.ticket()
    assert reason in send(signed_in("laras"), row, **data).content.decode()
    assert TicketEvent.objects.filter(ticket=row).count() == 1


def test_without_script_the_page_comes_back_with_the_result():
    row = make.ticket()
    page = signed_in("laras").post("/tiket/massal/", {"tiket": [row.number], "aksi": "prioritas:HIGH"}).content.decode()
    assert "1 diubah prioritasnya" in page
    assert 'action="/tiket/massal/urung/?langkah=' in page
    assert fresh(row).priority == 30


def test_readers_may_only_mark_read_and_unread():
    row = make.ticket(topic=make.topic())
    escalate(row, unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    for name in ("damar", "ratna"):
        assert "Pilih tindakan" in send(signed_in(name), row, aksi="spam").content.decode()
        assert "1 ditandai" in send(signed_in(name), row, aksi="dibaca")["HX-Trigger-After-Settle"]
    assert "1 dilewati" in send(signed_in("tirta"), row, aksi="dibaca").content.decode(), "another unit's ticket"
    assert send(signed_in("wening"), row, aksi="dibaca").status_code == 403


def test_rows_by_their_ids_as_they_look_in_a_list():
    here, gone = make.ticket(topic=make.topic("DBH")), make.ticket()
    page = signed_in("laras").get(f"/tiket/baris/?topik=DBH&id={here.pk}&id={gone.pk}&id=x").content.decode()
    assert re.findall(r'<li class="dr-ticket" id="tiket-(\d+)" data-ticket="([^"]+)"', page) == [
        (str(here.pk), here.number)
    ]
    assert f'href="/tiket/{here.number}/?tampilan=terbuka&amp;topik=DBH&amp;urut=tenggat"' in page


def test_tags_in_use_are_offered_by_how_they_begin():
    make.ticket(tags=["salur", "sawit"])
    make.ticket(tags=["salur"])
    client = signed_in("laras")
    assert re.findall(r'value="([^"]+)"', client.get("/tiket/tanda/?tanda=sa").content.decode()) == ["salur", "sawit"]
    page = client.get("/tiket/tanda/?tanda=dau, Saw").content.decode()
    assert re.findall(r'value="([^"]+)"', page) == ["dau, sawit"]
