"""Merging, splitting, children, links, history, paper and the requester's data, through the ticket's pages."""

import json

import pytest
from django.test import Client

from kernel.numbering import unbroken
from messaging.verbs import store_message
from people.models import AccessLog
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import conversation, relations, sorting, verbs
from tickets.intake import receive_message
from tickets.merging import merge_tickets
from tickets.models import Ticket, TicketFollower
from tickets.undo import undo

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture
def ticket() -> Ticket:
    return make.ticket(topic=make.topic("DBH"), subject="Penyaluran DBH")


@pytest.fixture
def client(db) -> Client:
    return signed_in("laras")


def get(client: Client, ticket: Ticket, path: str = "", headers=HTMX) -> str:
    return client.get(f"/tiket/{ticket.number}/{path}", headers=headers).content.decode()


def post(client: Client, ticket: Ticket, path: str, headers=HTMX, **fields: str):
    return client.post(f"/tiket/{ticket.number}/{path}", fields, headers=headers)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_lines_of_the_conversation_lead_to_the_other_ticket_and_name_what_was_undone(client, ticket):
    laras, other = make.staff("laras"), make.ticket(subject="Lain")
    at = make.wib("2024-08-15 10:00")
    relations.link_tickets(ticket=ticket, other=other, at=at, actor=laras)
    verbs.close(ticket=ticket, at=at, actor=laras)
    undo(ticket=fresh(ticket), event=ticket.events.get(code="ticket.closed"), at=at, actor=laras)
    page = get(client, ticket, headers={})
    assert f'Ditautkan: <a href="/tiket/{other.number}/">{other.number}</a>' in page
    assert "Diurungkan: <b>ditutup</b>" in page


def test_merging_offers_the_requesters_open_tickets_and_finds_others(client, ticket):
    same, other = make.ticket(subject="Masih soal DBH"), make.ticket(contact=make.contact("melati"), subject="Lain")
    page = get(client, ticket, "gabung/")
    assert same.number in page
    assert other.number not in page
    assert other.number in get(client, ticket, f"gabung/?q={other.number}")
    page = get(client, ticket, f"gabung/?ke={same.number}")
    assert page.count("Arung Mappatunru") == 2, "both stand side by side"
    assert "Masih soal DBH" in page
    assert "<h1>Gabungkan tiket</h1>" in get(client, ticket, f"gabung/?ke={same.number}", headers={})


def test_a_merged_ticket_leads_to_the_survivor_which_shows_it(client, ticket):
    into = make.ticket()
    at = {**HTMX, "HX-Current-URL": f"https://dering.example/tiket/{ticket.number}/?tampilan=terbuka&mode=note"}
    merged = post(client, ticket, "gabung/", headers=at, ke=into.number, alasan="Pertanyaan sama")
    survivor = merged.content.decode()
    assert merged.headers["HX-Push-Url"] == f"/tiket/{into.number}/?tampilan=terbuka"
    page = get(client, ticket)
    assert f"Tiket ini digabungkan ke {unbroken(into.number)}." in page
    assert 'id="tulis"' not in page
    assert f"<span>Percakapan {unbroken(ticket.number)} dari Arung Mappatunru" in survivor
    assert "Kapan DAU bulan Agustus disalurkan?" in get(client, ticket, "percakapan/")
    post(client, into, "kaitan/lepas/", jenis="gabungan", nomor=ticket.number)
    assert fresh(ticket).merged_into is None


def test_a_merge_is_undone_from_the_survivor(client, ticket):
    into = make.ticket()
    at = {**HTMX, "HX-Current-URL": f"https://dering.example/tiket/{ticket.number}/"}
    merged = post(client, ticket, "gabung/", headers=at, ke=into.number)
    toast = json.loads(merged.headers["HX-Trigger"])["dering:toast"]
    assert toast["text"] == f"{ticket.number} digabungkan ke {into.number}."
    back = client.post(
        toast["undo"], headers={**HTMX, "HX-Current-URL": f"https://dering.example/tiket/{into.number}/"}
    )
    assert back.headers["HX-Push-Url"] == f"/tiket/{ticket.number}/"
    assert fresh(ticket).merged_into is None


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refused_merge_keeps_the_reason(client, ticket, headers):
    into = make.ticket()
    verbs.mark_spam(ticket=into, at=make.NOW, actor=make.staff("bima"))
    page = post(client, ticket, "gabung/", headers=headers, ke=into.number, alasan="Sama").content.decode()
    assert "Tiket tujuan ditandai spam." in page
    assert 'value="Sama"' in page
    assert "Tiket tujuan belum dipilih." in post(client, ticket, "gabung/", headers=headers).content.decode()


def test_a_message_becomes_a_ticket(client, ticket):
    message, _new = store_message(
        channel=ticket.channel, external_id="m2", contact=ticket.contact, body="Dan DAU?", at=make.NOW + make.MINUTE
    )
    receive_message(ticket=ticket, message=message, at=make.NOW + make.MINUTE)
    entry = ticket.entries.last()
    assert "Dan DAU?" in get(client, ticket, f"pisah/{entry.pk}/")
    page = post(client, ticket, f"pisah/{entry.pk}/", subjek="Penyaluran DAU", topik="DAU").content.decode()
    new = Ticket.objects.latest("pk")
    assert (new.subject, new.topic.code) == ("Penyaluran DAU", "DAU")
    assert new.number in page
    first = ticket.entries.first()
    refused = post(client, ticket, f"pisah/{first.pk}/", subjek="x")
    assert "Pesan pertama tetap pada tiketnya." in refused.content.decode()
    assert refused.headers["HX-Retarget"] == "#dialog-tiket"


def test_children_are_made_shown_with_progress_and_let_go(client, ticket):
    page = post(client, ticket, "anak/", subjek="Bagian DAU", topik="DAU", teks="Cek DAU.").content.decode()
    child = ticket.children.get()
    assert "0 dari 1 selesai" in page
    verbs.close(ticket=child, at=make.NOW + make.HOUR * 2, actor=None)
    assert "1 dari 1 selesai" in get(client, ticket)
    assert ticket.subject in get(client, child)
    assert "Tulis dahulu pertanyaannya." in post(client, ticket, "anak/", subjek="Kosong", teks=" ").content.decode()
    post(client, ticket, "kaitan/lepas/", jenis="anak", nomor=child.number)
    assert fresh(child).parent is None


def test_tickets_are_related_by_a_search(client, ticket):
    other, third = make.ticket(subject="Tautan"), make.ticket(subject="Induk")
    post(client, ticket, "kaitan/", jenis="tautan", nomor=other.number)
    post(client, ticket, "kaitan/", jenis="induk", nomor=third.number)
    page = get(client, ticket)
    assert f"Lepas {other.number}" in page
    assert f"Lepas {third.number}" in page
    assert "dirinya sendiri" in post(client, third, "kaitan/", jenis="induk", nomor=ticket.number).content.decode()
    assert "Pilih dari daftar." in post(client, ticket, "kaitan/", jenis="tautan", nomor="X-1").content.decode()
    post(client, ticket, "kaitan/lepas/", jenis="tautan", nomor=other.number)
    assert f"Lepas {other.number}" not in get(client, ticket)


def test_following_shows_who_follows(client, ticket):
    page = post(client, ticket, "aksi/ikuti/").content.decode()
    assert "Berhenti mengikuti" in page
    assert TicketFollower.objects.count() == 1
    post(client, ticket, "aksi/berhenti-ikuti/")
    assert not TicketFollower.objects.exists()


def test_after_the_working_days_a_follow_up_takes_over(client, ticket, monkeypatch):
    verbs.close(ticket=ticket, at=make.NOW, actor=make.staff("bima"))
    assert "Buka kembali" in get(client, ticket)
    later = make.NOW + 10 * make.DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    page = get(client, ticket)
    assert "Masa buka kembali berakhir 20 Agt 2024." in page
    assert "Buka kembali</button>" not in page
    answer = post(client, ticket, "anak/?lanjutan=1", teks="Pemohon bertanya lagi.", topik="DBH", subjek="Lanjutan")
    new = Ticket.objects.latest("pk")
    assert answer.headers["HX-Redirect"] == f"/tiket/{new.number}/"
    assert (new.parent, new.topic.code) == (None, "DBH")
    assert f"Lepas {ticket.number}" in get(client, new)


CELLS = '<td data-label="Dari">DBH</td><td data-label="Menjadi">DAU</td><td data-label="Alasan">Salah pilih</td>'


def test_the_history_tells_everything_and_supervisors_see_who_read(client, ticket):
    bima = make.staff("bima")
    sorting.set_topic(ticket=ticket, topic=make.topic("DAU"), at=make.NOW, actor=bima, reason="Salah pilih")
    sorting.assign(ticket=ticket, to=bima, at=make.NOW, actor=bima)
    verbs.mark_waiting_requester(ticket=ticket, at=make.NOW, actor=bima)
    page = get(client, ticket, "riwayat/")
    for words in ("Topik diubah", CELLS, "Bima Pradipta", "Menunggu pemohon"):
        assert words in page, words
    assert "Nilai sebelumnya" in page
    assert "Siapa yang membaca" not in page
    assert "Siapa yang membaca" in get(signed_in("sekar"), ticket, "riwayat/")


def test_paper_has_the_conversation_and_notes_only_when_asked(client, ticket):
    laras = make.staff("laras")
    conversation.post_reply(ticket=ticket, text="Disalurkan besok.", at=make.NOW, actor=laras)
    conversation.add_note(ticket=ticket, text="Rahasia dapur.", at=make.NOW, actor=laras)
    page = get(client, ticket, "cetak/")
    assert "Disalurkan besok." in page
    assert "Rahasia dapur." not in page
    assert "Rahasia dapur." in get(client, ticket, "cetak/?catatan=1")
    assert AccessLog.objects.filter(action="ticket.printed", record_id=ticket.pk).count() == 2


def test_addresses_are_shown_for_a_reason_that_is_logged(client, ticket):
    assert "arung@gowa.example" not in get(client, ticket)
    page = post(client, ticket, "kontak/buka/", alasan=" ").content.decode()
    assert "arung@gowa.example" not in page
    assert "Tuliskan untuk apa" in page
    page = post(client, ticket, "kontak/buka/", alasan="Menelepon balik").content.decode()
    assert "arung@gowa.example" in page
    line = AccessLog.objects.get(action="contact.revealed")
    assert (line.user.username, line.record_id, line.reason) == ("laras", ticket.contact_id, "Menelepon balik")
    assert "arung@gowa.example" not in get(client, ticket), "the next page hides them again"


def opened(contact) -> dict[str, str]:
    values = {
        "name": contact.name,
        "user_group": contact.user_group,
        "wilayah_kontak": str(contact.region or ""),
        "organization": contact.organization,
        "position": contact.position,
        "note": contact.note,
    }
    return values | {f"initial-{name}": value for name, value in values.items()}


def test_the_requesters_data_are_corrected_in_place(client, ticket):
    sent = opened(ticket.contact)
    assert 'id="kontak-name"' in get(client, ticket, "kontak/")
    page = post(client, ticket, "kontak/", **sent | {"organization": "BPKAD Kab. Gowa", "phone": "+62 000 1000 0099"})
    page = page.content.decode()
    contact = fresh(ticket).contact
    assert (contact.organization, contact.handles.count()) == ("BPKAD Kab. Gowa", 3)
    assert page.count("Kab. Gowa") == 1, "the region is said once"
    page = post(client, ticket, "kontak/", **sent | {"organization": "Dinas Lain"}).content.decode()
    assert "baru saja diubah orang lain menjadi “BPKAD Kab. Gowa”" in page
    assert 'value="Dinas Lain"' in page
    make.contact("melati")
    page = post(client, ticket, "kontak/", **opened(contact) | {"email": "melati@bandung.example"}).content.decode()
    assert "sudah dipakai kontak lain" in page


def test_other_open_tickets_are_hinted(client, ticket):
    make.ticket()
    closed = make.ticket(topic=make.topic())
    verbs.close(ticket=closed, at=make.NOW, actor=None)
    page = get(client, ticket)
    assert "1 tiket terbuka lain" in page
    assert "2 tiket lain" in page


def test_what_is_not_to_be_seen_is_not_there(client, ticket):
    merge_tickets(ticket=make.ticket(), into=ticket, at=make.NOW, actor=None)
    relations.link_tickets(ticket=ticket, other=make.ticket(subject="Tak terlihat"), at=make.NOW, actor=None)
    from escalation.verbs import escalate

    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    page = get(signed_in("damar"), ticket)
    assert "Tak terlihat" not in page
    assert "Percakapan <span" not in page


def test_a_ticket_without_subject_is_called_by_how_its_question_begins(client, ticket):
    how = {"at": make.wib("2024-08-15 10:00"), "actor": make.staff("laras")}
    child = relations.create_child(parent=ticket, text="Bagian DBH  CHT yang lain.", **how)
    below = relations.create_child(parent=child, text="Bagian terkecil.", subject="Terkecil", **how)
    line = '<a class="dr-cut" href="/tiket/{0.number}/" title="{0.number}">{1}</a>'
    assert line.format(child, "Bagian DBH  CHT yang lain.") in get(client, ticket, headers={})
    assert line.format(child, "Bagian DBH  CHT yang lain.") in get(client, below, headers={}), "as the parent"
    earlier = '<a class="dr-cut" href="/tiket/{0.number}/">{1}</a>'
    assert earlier.format(child, "Bagian DBH  CHT yang lain.") in get(client, ticket, headers={})
    assert "Bagian DBH  CHT yang lain." in get(client, ticket, "kaitan/")
