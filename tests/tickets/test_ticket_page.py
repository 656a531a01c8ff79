"""The ticket page: what it tells, what agents do on it, what is refused without losing a word, and who may."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from escalation.verbs import escalate
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import conversation, sorting, verbs
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture(autouse=True)
def real_slots(no_foreign_vetoes):
    """Here the escalation's veto counts."""
    from escalation.ticket_side import object_to_closing
    from tickets.slots import register_veto

    register_veto("escalation", object_to_closing)


@pytest.fixture
def ticket() -> Ticket:
    return make.ticket(topic=make.topic("DBH"))


def post(client: Client, ticket: Ticket, path: str, **fields: str):
    return client.post(f"/tiket/{ticket.number}/{path}/", fields, headers=HTMX)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_the_page_tells_the_conversation_and_who_asks_in_words(ticket):
    laras = make.staff("laras")
    ticket = sorting.take(ticket=ticket, at=make.NOW, actor=laras)
    conversation.add_note(ticket=ticket, text="Perlu jawaban unit.", at=make.NOW, actor=laras)
    conversation.post_reply(ticket=ticket, text="Kami periksa dahulu.", at=make.NOW, actor=laras)
    escalate(ticket, unit=make.unit("PK.2"), question="Kapan salur?", at=make.NOW, actor=laras)
    page = signed_in("laras").get(f"/tiket/{ticket.number}/").content.decode()
    for words in (
        "Kapan DAU bulan Agustus disalurkan?",
        "Ditugaskan: <b>Laras Setyani</b>",
        "Perlu jawaban unit.",
        "Kami periksa dahulu.",
        "Dieskalasi: <b>PK.2</b>",
        "Kapan salur?",
        "12.00 WITA",
        "a•••@gowa.example",
    ):
        assert words in page, words
    assert "arung@gowa.example" not in page


def test_a_reply_answers_and_a_note_stays_inside(ticket):
    client = signed_in("laras")
    page = post(client, ticket, "pesan", mode="reply", teks="Disalurkan besok.").content.decode()
    assert "Disalurkan besok." in page
    assert fresh(ticket).status == Ticket.Status.ANSWERED
    post(client, ticket, "pesan", mode="note", catatan="Sudah dicek.")
    assert [entry.kind for entry in ticket.entries.all()][-2:] == ["MESSAGE", "NOTE"]
    post(client, ticket, "pesan", mode="reply", lalu="tunggu", teks="Nomor surat?")
    assert fresh(ticket).status == Ticket.Status.WAITING_REQUESTER


def test_without_script_the_form_posts_and_comes_back_to_the_ticket(ticket):
    answer = signed_in("laras").post(f"/tiket/{ticket.number}/pesan/?urut=pesan", {"mode": "reply", "teks": "Ya."})
    assert answer.headers["Location"] == f"/tiket/{ticket.number}/?urut=pesan"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refused_reply_keeps_every_word(ticket, headers):
    client = signed_in("laras")
    verbs.close(ticket=ticket, at=make.NOW, actor=make.staff("bima"))
    typed = {"mode": "reply", "teks": "Kalimat panjang yang tidak boleh hilang.", "catatan": "Catatan setengah jadi"}
    page = client.post(f"/tiket/{ticket.number}/pesan/", typed, headers=headers).content.decode()
    assert 'role="alert" id="penolakan"' in page
    assert "sudah selesai. Buka kembali dahulu." in page
    assert "Kalimat panjang yang tidak boleh hilang.</textarea>" in page
    assert "Catatan setengah jadi</textarea>" in page


def test_an_ended_session_never_replaces_the_page(ticket):
    answer = post(Client(), ticket, "pesan", mode="reply", teks="Ya.")
    assert answer.status_code == 401
    assert answer.content == b""


def test_moves_go_through_their_verbs(ticket):
    client, laras = signed_in("laras"), make.staff("laras")
    post(client, ticket, "aksi/ambil")
    assert fresh(ticket).assignee == laras
    post(client, ticket, "aksi/tunggu")
    assert fresh(ticket).status == Ticket.Status.WAITING_REQUESTER
    answer = post(client, ticket, "aksi/selesai")
    assert json.loads(answer.headers["HX-Trigger-After-Settle"]) == {"satu-tiket-berubah": {"id": ticket.pk}}
    assert fresh(ticket).status == Ticket.Status.CLOSED
    post(client, ticket, "aksi/buka")
    assert fresh(ticket).status == Ticket.Status.OPEN
    post(client, ticket, "aksi/spam")
    assert fresh(ticket).is_spam
    post(client, ticket, "aksi/bukan-spam")
    assert not fresh(ticket).is_spam
    assert post(client, ticket, "aksi/tidak-ada").status_code == 404


def test_closing_without_a_topic_says_what_is_missing():
    ticket = make.ticket()
    page = post(signed_in("laras"), ticket, "aksi/selesai").content.decode()
    assert "Pilih topik sebelum menyelesaikan tiket." in page
    assert fresh(ticket).status == Ticket.Status.NEW


def test_a_question_goes_to_a_unit_and_can_be_recalled(ticket):
    client = signed_in("laras")
    page = post(client, ticket, "aksi/eskalasi", unit="", pertanyaan="Kapan salur?", mendesak="1").content.decode()
    assert "Pilih unit yang dituju." in page
    assert "Kapan salur?</textarea>" in page
    page = post(client, ticket, "aksi/eskalasi", unit="PK.2", pertanyaan=" ", mendesak="1").content.decode()
    assert "Tuliskan pertanyaan untuk Layer 2." in page
    assert '<option value="PK.2" selected>' in page
    post(client, ticket, "aksi/eskalasi", unit="PK.2", pertanyaan="Kapan salur?", mendesak="1")
    row = ticket.escalations.get()
    assert (row.unit.code, row.question, row.urgent) == ("PK.2", "Kapan salur?", True)
    assert fresh(ticket).status == Ticket.Status.WAITING_LAYER2
    assert "masih ditangani unit" in post(client, ticket, "aksi/selesai").content.decode()
    assert "Alasan penarikan wajib diisi." in post(client, ticket, "aksi/tarik", eskalasi=str(row.pk)).content.decode()
    post(client, ticket, "aksi/tarik", eskalasi=str(row.pk), alasan="Sudah terjawab.")
    assert fresh(ticket).status == Ticket.Status.OPEN


@pytest.mark.parametrize(("name", "status"), [("sekar", 200), ("nala", 200), ("ratna", 403), ("damar", 403)])
@pytest.mark.parametrize("path", ["pesan", "ubah/tanda", "aksi/spam", "aksi/eskalasi"])
def test_only_agents_and_supervisors_work_on_tickets(ticket, name, status, path):
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    client = signed_in(name)
    page = client.get(f"/tiket/{ticket.number}/").content.decode()
    assert ('id="tulis"' in page) == (status == 200)
    assert post(client, ticket, path, mode="note", catatan="x").status_code == status
    assert post(signed_in("tirta"), ticket, path).status_code == 404
    assert post(signed_in("wening"), ticket, path).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_conversation(ticket, django_assert_num_queries):
    client, laras = signed_in("laras"), make.staff("laras")
    conversation.post_reply(ticket=ticket, text="Ya.", at=make.NOW, actor=laras)
    sorting.take(ticket=ticket, at=make.NOW, actor=laras)
    conversation.add_note(ticket=ticket, text="Catatan.", at=make.NOW, actor=laras)
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
    client.get(f"/tiket/{ticket.number}/", headers=HTMX)
    with django_assert_num_queries(QUERIES):
        client.get(f"/tiket/{ticket.number}/", headers=HTMX)
    for number in range(15):
        at = make.NOW + timedelta(minutes=number)
        conversation.post_reply(ticket=ticket, text="Lagi.", at=at, actor=laras)
        conversation.add_note(ticket=ticket, text="Catatan.", at=at, actor=laras)
    with django_assert_num_queries(QUERIES):
        client.get(f"/tiket/{ticket.number}/", headers=HTMX)


QUERIES = 14


def test_the_page_does_not_wait_for_the_list_beside_it(ticket, django_assert_num_queries):
    client, address = signed_in("laras"), f"/tiket/{ticket.number}/"
    query = "?tampilan=belum-ditugaskan&urut=terlama"
    client.get(f"{address}{query}")
    with django_assert_num_queries(QUERIES):
        page = client.get(f"{address}{query}").content.decode()
    assert f'id="tiket-{ticket.pk}"' not in page
    [asked] = re.findall(r'id="antrean"[^>]* hx-get="([^"]+)"', page)
    beside = client.get(unescape(asked), headers=HTMX).content.decode()
    assert f'id="tiket-{ticket.pk}"' in beside
    assert re.search(r'aria-current="page"><i[^>]*></i>Belum ditugaskan<span class="dr-count"[^>]*>1<', beside)
    assert "<html" not in beside


def test_a_reply_is_few_statements_however_much_was_said(ticket, django_assert_num_queries):
    client, laras = signed_in("laras"), make.staff("laras")
    post(client, ticket, "pesan", mode="reply", teks="Ya.")
    for number in range(5):
        conversation.post_reply(ticket=ticket, text="Lagi.", at=make.NOW + timedelta(minutes=number), actor=laras)
    with django_assert_num_queries(17):  # two of them the savepoint that is a transaction elsewhere
        page = post(client, ticket, "pesan", mode="reply", teks="Sudah kami teruskan.").content.decode()
    assert "Sudah kami teruskan." in page


@pytest.mark.parametrize(("mode", "field"), [("reply", "teks"), ("note", "catatan")])
def test_what_is_too_long_is_refused_whole_instead_of_cut(ticket, mode, field):
    before, long = ticket.entries.count(), "a" * 50_000 + "akhir"
    page = post(signed_in("laras"), ticket, "pesan", mode=mode, **{field: long}).content.decode()
    assert "Paling banyak 50.000 karakter; tulisan ini 50.005." in page
    assert "aakhir</textarea>" in page
    assert ticket.entries.count() == before
    kept = signed_in("laras").post(f"/tiket/{ticket.number}/draf/", {"mode": mode, "teks": long})
    assert kept.json()["text"] == long, "a draft keeps all of it"
