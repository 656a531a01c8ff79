"""The search page and the palette's answers: what they show, escaped, to whom, and in how many queries."""

import re

import pytest
from django.db import connection
from django.test import Client

from people.models import AccessLog
from tests import factories as make
from tickets import conversation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def shown(client: Client, typed: str, htmx: bool = False, path: str = "/tiket/cari/") -> str:
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.get(path, {"q": typed}, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(page: str) -> list[str]:
    return re.findall(r'<li[^>]* data-ticket="([^"]+)"', page)


def test_the_words_are_marked_where_they_were_found():
    ticket = make.ticket(subject="Penyaluran DAU", text="Kapan DAU bulan Agustus disalurkan ke daerah kami?")
    page = shown(signed_in("laras"), "salur gowa")
    assert numbers(page) == [ticket.number]
    assert "<mark>Penyaluran</mark> DAU" in page
    assert "Kapan DAU bulan Agustus <mark>disalurkan</mark> ke daerah kami" in page
    assert "Kab. <mark>Gowa</mark>" in page


def test_what_was_written_is_never_markup():
    evil = "<script>alert(1)</script> <img src=x onerror=alert(2)> \ue000b\ue001 salur <b>tebal</b>"
    contact = make.stranger(name="<i>Salur</i> & Co", organization='"><script>alert(3)</script> salur')
    ticket = make.ticket(contact=contact, subject=f"{evil} subjek", text=evil)
    conversation.add_note(ticket=ticket, text=f"catatan {evil}", at=make.NOW, actor=make.staff("laras"))
    client = signed_in("laras")
    for page in (shown(client, "salur"), shown(client, "salur", path="/tiket/cari/cepat/"), shown(client, evil)):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<i>Salur" not in page
    assert "&lt;i&gt;<mark>Salur</mark>&lt;/i&gt; &amp; Co" in shown(client, "salur")


def test_a_note_is_shown_as_one():
    ticket = make.ticket()
    conversation.add_note(ticket=ticket, text="Perlu tanya perbendaharaan", at=make.NOW, actor=make.staff("laras"))
    page = shown(signed_in("laras"), "perbendaharaan")
    assert 'aria-label="Catatan internal"' in page
    assert "Perlu tanya <mark>perbendaharaan</mark>" in page


def test_nothing_found_says_what_to_change():
    make.ticket(contact=make.contact("melati"))
    client = signed_in("laras")
    page = shown(client, "lombk kanal:email")
    assert "Tidak ada tiket untuk “lombk kanal:email”" in page
    assert "?q=kanal%3Aemail%20Lombok" in page
    assert ">Hapus saringan<" in page
    assert "?q=lombk" in page
    page = shown(client, "kanal:fax")
    assert "“fax” bukan nilai untuk “kanal”." in page
    assert "Tidak ada tiket untuk" not in page
    page = shown(client, "")
    assert "Cari di semua tiket" in page


def test_people_are_found_by_misspelt_names_too():
    contact = make.contact("melati")
    make.ticket(contact=contact)
    page = shown(signed_in("laras"), "melti kusumh")
    assert "Melati Kusumah" in page
    assert f"pemohon%3A%23{contact.pk}" in page
    assert numbers(shown(signed_in("laras"), f"pemohon:#{contact.pk}")) != []


def test_a_ticket_opened_from_the_results_keeps_them_beside_it():
    ticket = make.ticket()
    other = make.ticket(subject="Ujian", text="Ujian")
    client = signed_in("laras")
    address = re.search(r'href="(/tiket/DRG[^"]+)"', shown(client, "salur"))[1].replace("&amp;", "&")
    page = client.get(address).content.decode()
    assert numbers(page) == [ticket.number]
    assert 'id="judul-tiket"' in page
    assert f'id="tiket-{other.pk}"' not in page
    assert 'value="salur"' in page


def test_htmx_gets_the_results_alone_and_how_many():
    make.ticket()
    page = shown(signed_in("laras"), "salur", htmx=True)
    assert "<html" not in page
    assert "1 tiket ditampilkan" in page


def test_the_palette_offers_tickets_people_places_and_the_whole_search():
    ticket = make.ticket(contact=make.contact("arung"))
    client = signed_in("laras")
    page = shown(client, "gowa", path="/tiket/cari/cepat/")
    assert f'data-href="/tiket/{ticket.number}/"' in page
    assert "wilayah%3A%22Kab.%20Gowa%22" in page
    assert "Semua tiket untuk “gowa”" in page
    assert "Arung" in shown(client, "@arung", path="/tiket/cari/cepat/")
    assert "palet-t" not in shown(client, "@arung", path="/tiket/cari/cepat/")
    assert "palet-p" not in shown(client, "#arung", path="/tiket/cari/cepat/")


@pytest.mark.parametrize("path", ["/tiket/cari/", "/tiket/cari/cepat/"])
def test_each_role_finds_what_it_may_see(path):
    make.ticket(contact=make.contact("arung"))
    for who in ("laras", "sekar", "ratna", "nala"):
        page = shown(signed_in(who), "arung", path=path)
        assert "DRG-24-00001" in page, who
        assert "<mark>Arung</mark> Mappatunru" in page, who
    page = shown(signed_in("damar"), "arung", path=path)
    assert "DRG-24-00001" not in page
    assert "Mappatunru" not in page
    for who in ("wening", "galih"):
        assert signed_in(who).get(path, {"q": "arung"}).status_code == 403, who
    assert Client().get(path, {"q": "arung"}).status_code == 302
    assert Client().get(path, {"q": "arung"}, headers={"HX-Request": "true"}).status_code == 401


def test_a_search_leaves_a_line_in_the_access_log():
    shown(signed_in("laras"), "arung kanal:wa ")
    line = AccessLog.objects.get(action="ticket.searched")
    assert (line.user.username, line.record, line.reason) == ("laras", "tickets.ticket", "kanal:wa arung ")


def test_results_are_paged():
    for n in range(30):
        make.ticket(contact=make.stranger(name=f"Pemohon {n}"), at=make.NOW + n * make.MINUTE / 10)
    client = signed_in("laras")
    first = shown(client, "salur")
    rest = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = client.get(rest).content.decode()
    assert len(numbers(first)) == 25
    assert len(set(numbers(first)) | set(numbers(second))) == 30
    assert 'rel="next"' not in second


@pytest.mark.parametrize(("path", "most"), [("/tiket/cari/", 19), ("/tiket/cari/cepat/", 19)])
def test_the_number_of_queries_does_not_grow_with_what_is_found(path, most, django_assert_max_num_queries):
    client = signed_in("laras")
    make.ticket(contact=make.stranger(name="Arung"), topic=make.topic())
    shown(client, "arung salur", path=path)  # what a process reads once
    for count in (2, 20):
        for _ in range(count):
            make.ticket(contact=make.stranger(name="Arung"), topic=make.topic())
        with django_assert_max_num_queries(most):
            shown(client, "arung salur", path=path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "most"), [("/tiket/cari/", 21), ("/tiket/cari/cepat/", 21)])
def test_nor_does_it_outside_a_transaction_with_the_settings_of_each_statement(
    path, most, django_assert_max_num_queries
):
    """As the server runs it: within a transaction, as other tests are, no statement sets how it is planned."""
    client = signed_in("laras")
    make.ticket(contact=make.stranger(name="Arung"), topic=make.topic())
    shown(client, "arung salur", path=path)  # what a process reads once
    for count in (2, 20):
        for _ in range(count):
            make.ticket(contact=make.stranger(name="Arung"), topic=make.topic())
        settings: list[str] = []

        def note(execute, sql, params, many, context, settings=settings):
            settings += [sql] if "plan_cache_mode" in sql else []
            return execute(sql, params, many, context)

        with django_assert_max_num_queries(most), connection.execute_wrapper(note):
            shown(client, "arung salur", path=path)
        assert settings == ["SET plan_cache_mode = force_generic_plan", "RESET plan_cache_mode"]


def test_the_views_beside_it_are_counted_once_the_page_is_there():
    client = signed_in("laras")
    make.ticket(subject="Penyaluran DAU")
    page, counted = shown(client, "salur"), client.get("/tiket/cari/tampilan/").content.decode()
    column = r'<div id="isi-tampilan"([^>]*)>(.*?)<h2'
    asks, before = re.search(column, page, re.S).groups()
    asks_again, after = re.search(column, counted, re.S).groups()
    assert 'hx-get="/tiket/cari/tampilan/" hx-trigger="load"' in asks
    assert asks_again == ""
    line = r'tampilan=(\w[\w-]*)"[^>]*><i class="ti [\w-]+" aria-hidden="true"></i>([^<]+)'
    assert re.findall(line, before) == re.findall(line, after)
    assert "dr-count" not in before
    assert re.search(r'Belum ditugaskan<span class="dr-count"[^>]*>1<', after)
