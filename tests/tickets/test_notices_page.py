"""The page of notices and the bell: what it says, to whom, what is seen when, and what it costs."""

import json
import re

import pytest
from django.test import Client

from tests import factories as make
from tickets import conversation, relations, sorting
from tickets.models import Notification, TicketEntry
from tickets.notices import reminders
from tickets.notices.verbs import notify_mention

pytestmark = pytest.mark.django_db
AT = make.NOW + make.HOUR


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: make.wib("2024-08-16 10:00"))


@pytest.fixture
def laras():
    return make.staff("laras")


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def assigned(name: str = "laras"):
    ticket = make.ticket()
    return sorting.assign(ticket=ticket, to=make.staff(name), at=AT, actor=make.staff("sekar"))


def bell(page) -> str:
    found = re.search(r'id="lonceng".*?</a>', page.content.decode(), re.S)
    return re.sub(r"<[^>]+>", " ", found[0]).split()[-2] if found and "<sup>" in found[0] else ""


def texts(page) -> list[str]:
    return re.findall(r"<p>([^<]+)</p>\s*<div class=\"dr-row dr-sm", page.content.decode())


def test_what_happened_is_said_in_words(laras):
    ticket = assigned()
    relations.follow(ticket=ticket, at=AT, actor=laras)
    bima = make.staff("bima")
    conversation.add_note(ticket=ticket, text="Untuk @laras", at=AT + make.MINUTE, actor=bima)
    notify_mention(entry=TicketEntry.objects.get(kind="NOTE"), users=[laras], at=AT + make.MINUTE, actor=bima)
    reminders.remind(at=make.wib("2024-08-16 09:31"))
    page = signed_in("laras").get("/pemberitahuan/")
    assert texts(page) == [
        "Jawaban pertama lewat tenggat 16 Agt 09.30 WIB (10.30 WITA)",
        "Bima Pradipta menyebut Anda dalam catatan",
        "Sekar Anjani menugaskan tiket ini kepada Anda",
    ]
    assert bell(page) == "3"


def test_everyone_sees_their_own(laras):
    assigned("laras")
    assert texts(signed_in("bima").get("/pemberitahuan/")) == []
    assert "Belum ada pemberitahuan" in signed_in("bima").get("/pemberitahuan/").content.decode()


def test_opening_the_ticket_is_seeing_it(laras):
    client, ticket = signed_in("laras"), assigned()
    assigned()
    assert bell(client.get("/tiket/")) == "2"
    assert bell(client.get(f"/tiket/{ticket.number}/")) == "1"
    assert len(texts(client.get("/pemberitahuan/?hanya=baru"))) == 1
    assert len(texts(client.get("/pemberitahuan/"))) == 2


def test_all_at_once(laras):
    client = signed_in("laras")
    assigned()
    client.post("/pemberitahuan/semua/")
    page = client.get("/pemberitahuan/?hanya=baru")
    assert "Semua sudah dibaca" in page.content.decode()
    assert bell(page) == ""


def test_the_bell_rings_once_for_what_has_come(laras):
    client = signed_in("laras")
    assert "HX-Trigger" not in client.get("/pemberitahuan/lonceng/?sejak=0").headers
    ticket = assigned()
    rung = client.get("/pemberitahuan/lonceng/?sejak=0")
    said = json.loads(rung.headers["HX-Trigger"])["dering:toast"]
    assert said["text"] == "Sekar Anjani menugaskan tiket ini kepada Anda: Penyaluran DAU Agustus"
    assert said["url"] == f"/tiket/{ticket.number}/"
    last = re.search(r"sejak=(\d+)", rung.content.decode())[1]
    assert "HX-Trigger" not in client.get(f"/pemberitahuan/lonceng/?sejak={last}").headers
    assert client.get("/pemberitahuan/lonceng/?sejak=x").status_code == 200


def test_kinds_are_chosen_on_the_page(laras):
    client = signed_in("laras")
    client.post("/pemberitahuan/pilihan/", {"jenis": ["mention", "unknown"]})
    page = client.get("/pemberitahuan/").content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == ["mention"]
    assigned()
    assert not Notification.objects.exists()


KINDS_OF_TICKETS = {"mention", "assigned", "followed", "due_soon", "overdue"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("laras", KINDS_OF_TICKETS),
        ("damar", KINDS_OF_TICKETS),
        ("ratna", KINDS_OF_TICKETS),
        ("wening", {"place_free"}),
    ],
)
def test_only_kinds_that_reach_somebody_are_offered_to_them(name, kinds):
    page = signed_in(name).get("/pemberitahuan/").content.decode()
    assert set(re.findall(r'name="jenis" value="(\w+)"', page)) == kinds


def test_saving_the_choice_leaves_kinds_alone_that_were_not_offered(laras):
    signed_in("laras").post("/pemberitahuan/pilihan/", {"jenis": ["mention"]})
    assert set(laras.muted_notifications.values_list("code", flat=True)) == KINDS_OF_TICKETS - {"mention"}


def test_pages_hold_every_notice_once(laras):
    for _ in range(120):
        assigned()
    client, address, numbers = signed_in("laras"), "/pemberitahuan/", []
    while address:
        page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        numbers += re.findall(r'class="dr-id">([^<]+)', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1] if following else None
    assert len(numbers) == len(set(numbers)) == 120


def test_layer_2_is_told_only_of_tickets_it_may_see():
    ticket, damar = make.ticket(), make.staff("damar")
    relations_at = {"ticket": ticket, "user": damar, "code": "followed", "at": AT, "key": "x"}
    Notification.objects.create(**relations_at)
    page = signed_in("damar").get("/pemberitahuan/")
    assert (texts(page), bell(page)) == ([], "")


def test_the_number_of_queries_does_not_grow(laras, django_assert_num_queries):
    client = signed_in("laras")
    assigned()
    client.get("/pemberitahuan/")
    with django_assert_num_queries(QUERIES):
        client.get("/pemberitahuan/")
    for _ in range(30):
        assigned()
    with django_assert_num_queries(QUERIES):
        client.get("/pemberitahuan/")


QUERIES = 5
