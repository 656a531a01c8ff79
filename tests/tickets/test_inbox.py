"""The inbox as agents read it: views, rows, filters, order, who may see what, and how many queries it takes."""

import re

import pytest
from django.test import Client
from django.utils import translation

from escalation.verbs import escalate
from tests import factories as make
from tickets import conversation, sorting, verbs
from tickets.composer.macros import values_for
from tickets.inbox import ordering
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The pages read the clock at eleven, on the morning the questions came."""
    moment = make.wib("2024-08-15 11:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def names(page) -> list[str]:
    """The rows of a page, top down, by who asked."""
    return re.findall(r"data-open[^>]*>([^<]+)", page.content.decode())


def counts(page) -> dict[str, str]:
    fresh = '(?:<span class="dr-fresh"[^>]*></span>)?'
    found = re.findall(
        rf'aria-hidden="true"></i>([^<]+){fresh}<span class="dr-count"[^>]*>(\d+)', page.content.decode()
    )
    return dict(found)


def whatsapp(who: str, clock: str = "09:30", **more) -> Ticket:
    return make.ticket(
        contact=make.stranger(name=who), channel=make.channel("WHATSAPP"), at=make.wib(f"2024-08-15 {clock}"), **more
    )


def test_a_row_says_who_where_what_topic_and_how_much_time_is_left():
    make.ticket(topic=make.topic("DAU"), text="Kapan DAU\nbulan Agustus disalurkan?")
    page = signed_in("laras").get("/tiket/").content.decode()
    assert "Arung Mappatunru" in page
    assert "Kab. Gowa" in page
    assert "Kapan DAU bulan Agustus disalurkan?" in page
    assert '<span class="dr-chip"><span class="dr-cut">DAU</span></span>' in page
    assert re.search(r'data-state="ok"[^>]*>6 j 30 m<', page), "an e-mail of 9.30 has used 90 of 480 minutes"
    assert "Jawaban pertama paling lambat 16 Agt 09.30 WIB" in page


def test_views_hold_and_count_what_their_names_say():
    laras = make.staff("laras")
    whatsapp("Tanpa agen")
    sorting.take(ticket=whatsapp("Punya Laras", "10:58"), at=make.wib("2024-08-15 10:59"), actor=laras)
    escalate(whatsapp("Di Layer 2", topic=make.topic()), unit=make.unit("PK.2"), at=make.NOW, actor=laras)
    done = whatsapp("Sudah selesai", topic=make.topic())
    verbs.close(ticket=done, at=make.NOW, actor=laras)
    client = signed_in("laras")
    assert counts(client.get("/tiket/")) == {
        "Milik saya": "1",
        "Belum ditugaskan": "2",
        "Menunggu Layer 2": "1",
        "Jatuh tempo": "3",
        "Menyebut saya": "0",
        "Semua terbuka": "3",
        "WhatsApp": "3",
        "Telepon": "0",
        "Email": "0",
        "HAI Kemenkeu": "0",
        "Live Chat": "0",
    }
    assert names(client.get("/tiket/?tampilan=milik-saya")) == ["Punya Laras"]
    assert names(client.get("/tiket/?tampilan=layer-2")) == ["Di Layer 2"]
    assert names(client.get("/tiket/?tampilan=selesai")) == ["Sudah selesai"]
    assert names(client.get("/tiket/?kanal=EMAIL")) == []


def test_by_deadline_the_channels_mix_and_what_has_no_clock_comes_last():
    make.ticket(contact=make.stranger(name="Surel pagi"), at=make.wib("2024-08-14 08:00"))
    whatsapp("Terlambat", "09:30")
    whatsapp("Sebentar lagi", "10:55")
    make.ticket(contact=make.stranger(name="Surel tadi"), at=make.wib("2024-08-15 10:00"))
    answered = whatsapp("Sudah dijawab", "09:00")
    conversation.post_reply(ticket=answered, text="Sudah.", at=make.NOW, actor=make.staff("laras"))
    make.ticket(contact=make.stranger(name="Telepon"), channel=make.channel("PHONE"), at=make.wib("2024-08-15 10:00"))
    page = signed_in("laras").get("/tiket/")
    assert names(page) == ["Surel pagi", "Terlambat", "Sebentar lagi", "Surel tadi", "Telepon", "Sudah dijawab"]
    headings = re.findall(r'<h3 class="dr-group"[^>]*>([^<]+)', page.content.decode())
    assert headings == ["Lewat tenggat", "Dalam 1 jam", "Lebih dari 1 jam", "Tanpa tenggat"]


@pytest.mark.parametrize("sort", list(ordering.SORTS))
def test_pages_hold_every_ticket_once_in_one_order(sort):
    for number in range(4):
        whatsapp(f"W{number}", "09:30")
        make.ticket(contact=make.stranger(name=f"E{number}"), at=make.wib("2024-08-15 09:30"))
        answered = whatsapp(f"A{number}", "09:30")
        conversation.post_reply(ticket=answered, text="Ya.", at=make.NOW, actor=make.staff("laras"))
    whole = ordering.page_of(Ticket.objects.all(), sort=sort, cursor="").ids
    assert sorted(whole) == sorted(Ticket.objects.values_list("pk", flat=True))
    pieces, cursor = [], ""
    while cursor is not None:
        page = ordering.page_of(Ticket.objects.all(), sort=sort, cursor=cursor, size=5)
        pieces, cursor = pieces + page.ids, page.next
    assert pieces == whole


def test_a_cursor_nobody_issued_shows_the_first_page():
    whatsapp("Satu")
    assert names(signed_in("laras").get("/tiket/?dari=buatan")) == ["Satu"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("topik=DBH", ["Bandung"]),
        ("status=NEW", ["Bandung", "Gowa"]),
        ("zona=WITA", ["Gowa"]),
        ("kelompok=AKADEMISI", []),
        ("wilayah=Kab.+Gowa", ["Gowa"]),
        ("wilayah=32", ["Bandung"]),
        ("unit=PK.4", ["Layer 2"]),
        ("agen=laras", ["Layer 2"]),
    ],
)
def test_filters_narrow_the_list(query, found):
    laras = make.staff("laras")
    pemda = {"user_group": "PEMDA"}
    bandung = make.stranger(name="Bandung", region=make.region("32.73"), **pemda)
    gowa = make.stranger(name="Gowa", region=make.region("73.06"), **pemda)
    make.ticket(contact=bandung, topic=make.topic("DBH"))
    make.ticket(contact=gowa)
    taken = sorting.take(ticket=make.ticket(contact=make.stranger(name="Layer 2")), at=make.NOW, actor=laras)
    escalate(taken, unit=make.unit("PK.4"), at=make.NOW, actor=laras)
    assert names(signed_in("laras").get(f"/tiket/?urut=terlama&{query}")) == found


def test_an_unknown_place_is_named_and_the_list_stays():
    whatsapp("Satu")
    page = signed_in("laras").get("/tiket/?wilayah=Atlantis")
    assert "Daerah “Atlantis” tidak dikenal." in page.content.decode()
    assert names(page) == ["Satu"]


def test_who_may_open_the_inbox():
    ticket = make.ticket()
    asked = {name: signed_in(name).get("/tiket/") for name in ("laras", "sekar", "ratna", "nala", "damar")}
    assert {name: page.status_code for name, page in asked.items()} == dict.fromkeys(asked, 200)
    assert names(asked["damar"]) == []
    assert "Belum ditugaskan</" not in asked["ratna"].content.decode(), "readers have no queue"
    for name in ("wening", "galih"):
        assert signed_in(name).get("/tiket/").status_code == 403
        assert signed_in(name).get(f"/tiket/{ticket.number}/").status_code == 403
    assert Client().get("/tiket/").headers["Location"].startswith("/masuk/")


def test_layer_2_agents_see_only_what_was_escalated_to_their_unit():
    ticket = make.ticket(topic=make.topic())
    assert signed_in("damar").get(f"/tiket/{ticket.number}/").status_code == 404
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    assert signed_in("damar").get(f"/tiket/{ticket.number}/").status_code == 200
    assert names(signed_in("damar").get("/tiket/")) == ["Arung Mappatunru"]
    assert signed_in("tirta").get(f"/tiket/{ticket.number}/").status_code == 404


def test_agents_start_at_the_inbox_and_managers_at_the_report():
    assert signed_in("laras").get("/").headers["Location"] == "/tiket/"
    assert signed_in("sekar").get("/").headers["Location"] == "/tiket/"
    assert signed_in("ratna").get("/").headers["Location"] == "/laporan/"


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries):
    client = signed_in("laras")
    escalate(whatsapp("Pertama"), unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    client.get("/tiket/")
    with django_assert_num_queries(QUERIES):
        client.get("/tiket/")
    for number in range(30):
        answered = whatsapp(f"W{number}", topic=make.topic())
        conversation.post_reply(ticket=answered, text="Ya.", at=make.NOW, actor=make.staff("laras"))
        escalate(whatsapp(f"V{number}"), unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))
    with django_assert_num_queries(QUERIES):
        client.get("/tiket/")


QUERIES = 7


def test_channels_stand_in_the_readers_language():
    client = signed_in("laras")
    assert "Telepon" in client.get("/tiket/").content.decode()
    client.cookies["django_language"] = "en"
    page = client.get("/tiket/").content.decode()
    assert "Telepon" not in page
    assert re.search(r">\s*(Phone|Telephone)", page)


def test_a_ticket_names_channel_and_topic_in_the_readers_language():
    ticket = make.ticket(channel=make.channel("PHONE"), topic=make.topic("DBH"))
    sorting.set_topic(ticket=ticket, topic=make.topic("DAU"), at=make.NOW, actor=make.staff("laras"))
    client = signed_in("laras")
    client.cookies["django_language"] = "en"
    for address in ("/tiket/", f"/tiket/{ticket.number}/", f"/tiket/{ticket.number}/riwayat/"):
        page = client.get(address).content.decode()
        assert "Telepon" not in page
        assert "General Allocation Grant" in page


def test_what_goes_to_a_requester_names_the_topic_in_indonesian():
    ticket = make.ticket(topic=make.topic("DAU"))
    with translation.override("en"):
        values = values_for(ticket, at=make.NOW, actor=make.staff("laras"))
    assert values["tiket.topik"] == "DAU"
