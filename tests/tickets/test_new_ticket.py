"""A ticket written down by an agent: requester known or new, everything kept when it is refused."""

import pytest
from django.test import Client

from people.models import Contact
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
GIVEN = {
    "kanal": "PHONE",
    "nama": "Melati Kusumah",
    "telepon": "+62 000 1000 0002",
    "kelompok": "PEMDA",
    "wilayah": "Kota Bandung",
    "perihal": "Jadwal salur",
    "teks": "Kapan DBH salur?",
    "topik": "DBH",
    "prioritas": "30",
    "tanda": "thr, guru",
    "ambil": "on",
}


@pytest.fixture
def client(db) -> Client:
    return signed_in("laras")


def test_a_call_of_somebody_new_is_written_down_and_taken(client):
    answer = client.post("/tiket/baru/", GIVEN)
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/tiket/{ticket.number}/"
    assert (ticket.contact.name, ticket.region.code, ticket.zone) == ("Melati Kusumah", "32.73", "WIB")
    assert (ticket.topic.code, ticket.priority, ticket.tags) == ("DBH", 30, ["guru", "thr"])
    assert (ticket.assignee.username, ticket.status) == ("laras", "OPEN")


def test_a_known_requester_is_found_masked_and_their_open_tickets_are_hinted(client):
    ticket = make.ticket(contact=make.contact("melati"), subject="Sudah ada")
    page = client.get("/tiket/pilihan/kontak/?cari=melati").content.decode()
    assert f"?kontak={ticket.contact_id}" in page
    assert "melati@bandung.example" not in page
    page = client.get(f"/tiket/baru/?kontak={ticket.contact_id}").content.decode()
    assert f"{ticket.number} Sudah ada" in page
    assert "melati@bandung.example" not in page
    client.post(
        "/tiket/baru/",
        {"kontak": ticket.contact_id, "kelompok": "PEMDA", "kanal": "PHONE", "prioritas": "20", "teks": "Lagi."},
    )
    assert Ticket.objects.filter(contact=ticket.contact).count() == 2
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tanda": "guru, " + "x" * 41}, "terlalu panjang: 41 huruf, paling banyak 40."),
        ({"nama": "", "telepon": ""}, "Nama kontak belum diisi."),
        ({"wilayah": "Atlantis"}, "Daerah “Atlantis” tidak dikenal."),
        ({"teks": ""}, "baru-teks_error"),
        ({"kontak": "999999"}, "Pemohon ini tidak ditemukan."),
    ],
)
def test_a_refusal_keeps_what_was_typed(client, fields, words):
    page = client.post("/tiket/baru/", GIVEN | fields).content.decode()
    assert words in page
    assert 'value="Jadwal salur"' in page
    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()


def test_only_those_who_work_on_tickets_may(client):
    assert signed_in("ratna").get("/tiket/baru/").status_code == 403
    assert 'data-key="c"' in client.get("/tiket/").content.decode()
    assert 'data-key="c"' not in signed_in("ratna").get("/tiket/").content.decode()
