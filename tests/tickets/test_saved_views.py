"""Saved views: one's own and shared ones, who may change them, and what happens when something in them is gone."""

import json
import re

import pytest
from django.db import connection
from django.test import Client

from kernel.errors import Refused
from tests import factories as make
from tickets.inbox import saved_views
from tickets.models import SavedView

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DBH = {"tampilan": ["terbuka"], "topik": ["DBH"]}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def view(name: str, owner: str = "laras", **more) -> SavedView:
    given = {"query": DBH, "sort": "terlama", "at": make.NOW, "actor": make.staff(owner), **more}
    return saved_views.create_view(name=name, **given)


def names(user: str) -> list[str]:
    found = [row.name for row in saved_views.visible_views(make.staff(user))]
    assert [row.name for row in saved_views.views_of(make.staff(user))] == found, "the same from memory"
    return found


def test_a_list_is_saved_from_its_address_and_opened_again():
    make.ticket(topic=make.topic("DBH"))
    make.ticket(topic=make.topic("DAU"))
    client = signed_in("laras")
    answer = client.post(
        "/tiket/simpanan/baru/?tampilan=terbuka&topik=DBH&urut=terlama&dari=x", {"nama": " DBH  saja "}
    )
    row = SavedView.objects.get()
    assert (row.name, row.query, row.sort, row.shared) == ("DBH saja", DBH, "terlama", False)
    assert answer["Location"] == f"/tiket/?simpanan={row.pk}"
    page = client.get(answer["Location"]).content.decode()
    assert '<h2 id="judul-daftar">DBH saja</h2>' in page
    assert len(re.findall('<li class="dr-ticket"', page)) == 1
    assert re.search(
        r'aria-current="page"><i class="ti ti-bookmark"[^>]*></i>[^/]*>DBH saja</span><span class="dr-count">1', page
    )
    assert f'/?simpanan={row.pk}"' in page, "rows remember the list they stand in by its shortest address"
    assert "Saringan tampilan ini diubah" not in page


def test_changes_are_offered_for_saving():
    row, client = view("DBH"), signed_in("laras")
    changed = f"tampilan=terbuka&topik=DBH&kanal=EMAIL&urut=terbaru&simpanan={row.pk}"
    assert "Saringan tampilan ini diubah" in client.get(f"/tiket/?{changed}").content.decode()
    client.post(f"/tiket/simpanan/{row.pk}/?{changed}", {"nama": "DBH surel"})
    row.refresh_from_db()
    assert (row.name, row.sort, row.query["kanal"]) == ("DBH surel", "terbaru", ["EMAIL"])
    client.post(f"/tiket/simpanan/{row.pk}/", {"nama": "DBH"})
    row.refresh_from_db()
    assert (row.name, row.query["kanal"]) == ("DBH", ["EMAIL"]), "renaming leaves the list alone"


def test_others_see_shared_views_only_after_their_own():
    view("Rahasia")
    view("Bersama", shared=True)
    view("Punya Bima", "bima")
    assert names("laras") == ["Rahasia", "Bersama"]
    assert names("bima") == ["Punya Bima", "Bersama"]
    assert names("damar") == ["Bersama"]


CHANGES = {"laras": True, "bima": False, "sekar": True, "ratna": False, "nala": True, "damar": False}


@pytest.mark.parametrize(("who", "may"), CHANGES.items())
def test_a_shared_view_is_changed_by_its_owner_and_by_supervisors(who, may):
    row, private = view("Bersama", shared=True), view("Rahasia")
    for path, data in ((f"{row.pk}/", {"nama": "Lain", "bagikan": "ya"}), (f"{row.pk}/", {"aksi": "hapus"})):
        answer = signed_in(who).post(f"/tiket/simpanan/{path}", data, headers=HTMX)
        assert (answer.status_code == 204) is may, answer.content.decode()
    assert SavedView.objects.filter(pk=row.pk).exists() is not may
    expected = 204 if who == "laras" else 404
    assert signed_in(who).post(f"/tiket/simpanan/{private.pk}/", {"nama": "X"}, headers=HTMX).status_code == expected


@pytest.mark.parametrize(("who", "may"), {"laras": True, "ratna": True, "damar": False}.items())
def test_only_those_who_see_all_tickets_share(who, may):
    answer = signed_in(who).post("/tiket/simpanan/baru/", {"nama": "Baru", "bagikan": "ya"}, headers=HTMX)
    assert SavedView.objects.filter(shared=True).exists() is may
    assert ("tidak dapat membagikan" in answer.content.decode()) is not may
    assert signed_in("wening").get("/tiket/simpanan/baru/").status_code == 403


def test_a_deleted_view_comes_back_where_it_stood():
    first, second = view("Satu"), view("Dua")
    client = signed_in("laras")
    answer = client.post(f"/tiket/simpanan/{first.pk}/", {"aksi": "hapus"}, headers=HTMX)
    toast = json.loads(answer["HX-Trigger"])["dering:buka"]["toast"]
    assert toast["text"] == "Tampilan “Satu” dihapus."
    assert names("laras") == ["Dua"]
    assert "tidak ada lagi" in client.get(f"/tiket/?simpanan={first.pk}").content.decode()
    assert signed_in("bima").post(toast["undo"]).status_code == 204
    assert names("laras") == ["Dua"], "nobody else brings it back"
    client.post(toast["undo"])
    client.post(toast["undo"])
    assert names("laras") == ["Satu", "Dua"]
    assert (SavedView.objects.get(name="Satu").query, SavedView.objects.get(name="Satu").pk) == (DBH, first.pk)
    assert client.post("/tiket/simpanan/pulihkan/?isi=buatan").status_code == 404
    assert second.pk


def test_views_are_moved_up_and_down():
    rows = [view(name) for name in ("Satu", "Dua", "Tiga")]
    client = signed_in("laras")
    client.post(f"/tiket/simpanan/{rows[2].pk}/", {"aksi": "naik"})
    assert names("laras") == ["Satu", "Tiga", "Dua"]
    client.post(f"/tiket/simpanan/{rows[0].pk}/", {"aksi": "turun"})
    assert names("laras") == ["Tiga", "Satu", "Dua"]
    saved_views.reorder_views(keys=[rows[1].pk], at=make.NOW, actor=make.staff("laras"))
    assert names("laras") == ["Dua", "Tiga", "Satu"]
    with pytest.raises(Refused, match=r"view\.not_yours"):
        saved_views.reorder_views(keys=[rows[1].pk], at=make.NOW, actor=make.staff("bima"))


def test_names_are_needed_and_taken_once():
    view("DBH")
    client = signed_in("laras")
    for name, reason in (("  ", "Beri nama"), ("DBH", "sudah ada")):
        answer = client.post("/tiket/simpanan/baru/", {"nama": name}, headers=HTMX)
        assert reason in answer.content.decode()
        assert f'value="{name}"' in answer.content.decode(), "what was typed stays"
    view("DBH", "bima")


def test_a_view_that_names_something_gone_works_and_says_so():
    row = make.ticket(topic=make.topic("DBH"))
    bima = make.staff("bima")
    saved = view("Lama", query={"tampilan": ["terbuka"], "topik": ["DBH"], "agen": ["bima", "tanpa"], "kanal": [7]})
    type(bima).objects.filter(pk=bima.pk).update(is_active=False)
    type(row.topic).objects.filter(code="DBH").update(active=False)
    page = signed_in("laras").get(f"/tiket/?simpanan={saved.pk}").content.decode()
    assert "Agen: Bima Pradipta sudah tidak dipakai lagi" in page
    assert "Topik: DBH sudah tidak dipakai lagi" in page
    assert row.number in page
    SavedView.objects.filter(pk=saved.pk).update(query=["rusak"])
    assert signed_in("laras").get(f"/tiket/?simpanan={saved.pk}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_another_process_does_to_views_is_seen_at_once():
    row = view("Satu")
    client = signed_in("laras")
    assert ">Satu</span>" in client.get("/tiket/").content.decode()
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("UPDATE tickets_savedview SET name = 'Dua'")
    assert ">Dua</span>" in client.get("/tiket/").content.decode()
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("DELETE FROM tickets_savedview")
    assert f"simpanan={row.pk}" not in client.get("/tiket/").content.decode()


def test_many_views_cost_no_more_queries(django_assert_num_queries):
    client = signed_in("laras")
    view("Satu", query={"agen": ["bima"], "wilayah": ["73.06"], "unit": ["PK.2"]})
    client.get("/tiket/")
    with django_assert_num_queries(QUERIES):
        client.get("/tiket/")
    for number in range(10):
        view(f"V{number}", query={"agen": ["laras"], "wilayah": ["32"], "topik": ["DAU"], "tanda": ["salur"]})
    client.get("/tiket/")  # they are read again after a change
    with django_assert_num_queries(QUERIES):
        client.get("/tiket/")


QUERIES = 5
