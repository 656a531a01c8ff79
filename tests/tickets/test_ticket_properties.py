"""Properties edited in place: one value is written, a colleague's change is shown, a refusal keeps what was typed."""

import json

import pytest
from django.test import Client

from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import sorting, verbs
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture
def ticket() -> Ticket:
    return make.ticket(topic=make.topic("DBH"))


@pytest.fixture
def client(db) -> Client:
    return signed_in("laras")


def send(client: Client, ticket: Ticket, name: str, headers=HTMX, **fields: str):
    return client.post(f"/tiket/{ticket.number}/ubah/{name}/", fields, headers=headers)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


CHANGES = {
    "subjek": ("Penyaluran DBH", lambda t: t.subject == "Penyaluran DBH"),
    "agen": ("bima", lambda t: str(t.assignee) == "Bima Pradipta"),
    "topik": ("DAU", lambda t: t.topic.code == "DAU"),
    "prioritas": ("40", lambda t: t.priority == 40),
    "kelompok": ("KL", lambda t: t.user_group == "KL"),
    "wilayah": ("Kab. Jayapura", lambda t: (t.region.code, t.zone) == ("91.03", "WIT")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_property_is_written_alone_and_can_be_taken_back(client, ticket, name):
    make.staff("bima")
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    value, holds = CHANGES[name]
    answer = send(client, ticket, name, nilai=value)
    assert holds(fresh(ticket))
    assert ticket.events.count() == 2
    toast = json.loads(answer.headers["HX-Trigger"])["dering:toast"]
    page = client.post(toast["undo"], headers=HTMX).content.decode()
    assert "Diurungkan" in page
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_the_editor_opens_with_choices_and_what_is_set(client, ticket):
    page = client.get(f"/tiket/{ticket.number}/ubah/topik/", headers=HTMX).content.decode()
    assert 'name="semula" value="DBH"' in page
    assert 'value="DBH" aria-current="true"' in page
    assert "PK.4 DDIOKK" in page
    whole = client.get(f"/tiket/{ticket.number}/ubah/topik/").content.decode()
    assert 'id="sunting-topik"' in whole
    assert 'data-pane="props"' in whole


def test_without_script_the_form_posts_and_comes_back_to_the_ticket(client, ticket):
    answer = send(client, ticket, "prioritas", headers={}, nilai="30", semula="20")
    assert answer.headers["Location"] == f"/tiket/{ticket.number}/"
    assert fresh(ticket).priority == 30


def test_a_colleagues_change_is_shown_and_only_overwritten_knowingly(client, ticket):
    sorting.set_topic(ticket=ticket, topic=make.topic("DAU"), at=make.NOW, actor=make.staff("bima"))
    answer = send(client, ticket, "topik", nilai="PDRD", semula="DBH")
    page = answer.content.decode()
    assert "Topik baru saja diubah Bima Pradipta menjadi “DAU”." in page
    assert answer.headers["HX-Retarget"] == "#sunting-topik"
    assert 'name="semula" value="DAU"' in page
    assert fresh(ticket).topic.code == "DAU"
    send(client, ticket, "topik", nilai="PDRD", semula="DAU")
    assert fresh(ticket).topic.code == "PDRD"


def test_the_same_change_twice_is_no_conflict(client, ticket):
    sorting.set_priority(ticket=ticket, priority=40, at=make.NOW, actor=make.staff("bima"))
    assert "HX-Retarget" not in send(client, ticket, "prioritas", nilai="40", semula="20").headers


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_refusal_stands_at_the_field_with_what_was_typed(client, ticket, headers):
    page = send(client, ticket, "wilayah", headers=headers, nilai="Atlantis", semula="73.06").content.decode()
    assert "Daerah “Atlantis” tidak dikenal." in page
    assert 'value="Atlantis"' in page
    assert 'aria-describedby="galat-wilayah"' in page
    page = send(client, ticket, "subjek", headers=headers, nilai=" ", semula=ticket.subject).content.decode()
    assert "Perihal masih kosong." in page


@pytest.mark.parametrize("name", ["topik", "prioritas", "kelompok", "agen"])
def test_a_value_that_nobody_offered_is_refused(client, ticket, name):
    assert "tidak dikenal" in send(client, ticket, name, nilai="XX").content.decode()
    assert ticket.events.count() == 1


def test_tags_go_on_and_off_one_by_one(client, ticket):
    send(client, ticket, "tanda", tambah="THR, Guru")
    sorting.change_tags(ticket=ticket, add=["pppk"], at=make.NOW, actor=make.staff("bima"))
    page = send(client, ticket, "tanda", hapus="thr").content.decode()
    assert fresh(ticket).tags == ["guru", "pppk"]
    assert 'id="nilai-tanda"' in page, "the editor stays open for the next one"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_tag_that_is_too_long_is_refused_and_kept_in_the_field(client, ticket, headers):
    typed = "thr, " + "tambahan penghasilan guru aparatur daerah"
    page = send(client, ticket, "tanda", headers=headers, tambah=typed).content.decode()
    assert "Tanda “tambahan penghasilan…” terlalu panjang: 41 huruf, paling banyak 40. Persingkat." in page
    assert f'value="{typed}"' in page
    assert 'aria-describedby="galat-tanda"' in page
    assert fresh(ticket).tags == []
    send(client, ticket, "tanda", headers=headers, tambah=typed[:-1])
    assert fresh(ticket).tags == ["tambahan penghasilan guru aparatur daera", "thr"]
    for number in range(18):
        sorting.change_tags(ticket=ticket, add=[f"t{number}"], at=make.NOW, actor=None)
    assert "Paling banyak 20 tanda" in send(client, ticket, "tanda", tambah="lagi").content.decode()


def test_typing_finds_regions_by_name_and_alias_and_tags_by_use(client, ticket):
    page = client.get("/tiket/pilihan/daerah/?nilai=jayap", headers=HTMX).content.decode()
    assert page.index('value="91.03"') < page.index("Papua")
    assert "91.71" in page
    assert "Tidak ada yang cocok" in client.get("/tiket/pilihan/daerah/?nilai=xyz").content.decode()
    make.ticket(tags=["thr", "guru"])
    make.ticket(tags=["thr"])
    page = client.get("/tiket/pilihan/tanda/?tambah=").content.decode()
    assert page.index('value="thr"') < page.index('value="guru"')
    assert 'value="guru"' not in client.get("/tiket/pilihan/tanda/?tambah=th").content.decode()


def test_a_closed_ticket_offers_what_may_still_be_corrected(client, ticket):
    verbs.close(ticket=ticket, at=make.NOW, actor=make.staff("bima"))
    page = client.get(f"/tiket/{ticket.number}/", headers=HTMX).content.decode()
    assert 'id="ubah-topik"' in page
    assert 'id="ubah-agen"' not in page
    assert "sudah selesai. Buka kembali dahulu." in send(client, ticket, "agen", nilai="bima").content.decode()


def test_undo_of_a_strangers_move_is_refused_in_words(client, ticket, now):
    verbs.mark_waiting_requester(ticket=ticket, at=now, actor=make.staff("bima"))
    event = ticket.events.last()
    page = client.post(f"/tiket/{ticket.number}/urung/{event.pk}/", headers=HTMX).content.decode()
    assert "Hanya pelakunya yang dapat mengurungkan." in page
