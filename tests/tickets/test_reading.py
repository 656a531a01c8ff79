"""Read and unread, for each agent by themselves."""

import re

import pytest
from django.test import Client

from messaging.verbs import store_message
from tests import factories as make
from tickets import verbs
from tickets.inbox import reading
from tickets.intake import receive_message
from tickets.models import Notification, Ticket, TicketRead

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


def unread(client: Client, query: str = "") -> set[str]:
    page = client.get(f"/tiket/{query}").content.decode()
    return set(re.findall(r'data-ticket="([^"]+)" data-unread', page))


def writes_again(ticket: Ticket, at) -> None:
    message, _new = store_message(
        channel=ticket.channel, external_id=f"lagi-{at}", contact=ticket.contact, subject="", body="Lagi?", at=at
    )
    receive_message(ticket=ticket, message=message, at=at)


def test_opening_a_ticket_reads_it_for_oneself_only():
    first, second = make.ticket(), make.ticket()
    laras, bima = signed_in("laras"), signed_in("bima")
    assert unread(laras) == {first.number, second.number}
    laras.get(f"/tiket/{first.number}/", headers={"HX-Request": "true"})
    assert unread(laras) == {second.number}
    assert unread(bima) == {first.number, second.number}
    assert unread(laras, "?belum_dibaca=ya") == {second.number}
    writes_again(first, make.wib("2024-08-15 11:30"))
    assert unread(laras) == {first.number, second.number}


def test_what_was_said_about_a_ticket_is_seen_with_it():
    ticket, laras = make.ticket(), make.staff("laras")
    for user in (laras, make.staff("bima")):
        Notification.objects.create(user=user, ticket=ticket, code="mention", at=make.NOW, key="m-1")
    client = signed_in("laras")
    assert re.search(r"Menyebut saya<span class=\"dr-count\">1", client.get("/tiket/").content.decode())
    assert ticket.number in client.get("/tiket/?tampilan=menyebut-saya").content.decode()
    client.get(f"/tiket/{ticket.number}/")
    assert re.search(r"Menyebut saya<span class=\"dr-count\">0", client.get("/tiket/").content.decode())
    assert ticket.number in client.get("/tiket/?tampilan=menyebut-saya").content.decode(), "mentions stay in the view"
    assert Notification.objects.filter(seen_at=None).count() == 1, "what Bima is told is not seen by Laras"


def test_a_ticket_is_marked_unread_and_read():
    ticket, client = make.ticket(), signed_in("laras")
    client.get(f"/tiket/{ticket.number}/")
    answer = client.post(f"/tiket/{ticket.number}/baca/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "tiket-berubah" in answer["HX-Trigger"]
    assert unread(client) == {ticket.number}
    answer = client.post(f"/tiket/{ticket.number}/baca/?tampilan=terbuka", {"dibaca": "ya"})
    assert answer["Location"] == "/tiket/?tampilan=terbuka"
    assert unread(client) == set()
    assert signed_in("damar").post(f"/tiket/{ticket.number}/baca/").status_code == 404
    assert signed_in("wening").post(f"/tiket/{ticket.number}/baca/").status_code == 403


def test_a_page_that_renews_itself_goes_on_reading_and_leaves_what_was_marked_unread():
    ticket, client = make.ticket(), signed_in("laras")
    client.get(f"/tiket/{ticket.number}/")
    writes_again(ticket, make.wib("2024-08-15 10:59"))
    client.get(f"/tiket/{ticket.number}/kini/")
    assert unread(client) == set()
    client.post(f"/tiket/{ticket.number}/baca/")
    client.get(f"/tiket/{ticket.number}/kini/")
    assert unread(client) == {ticket.number}


def test_closed_tickets_are_never_unread():
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    verbs.close(ticket=ticket, at=make.NOW, actor=laras)
    assert unread(signed_in("laras"), "?tampilan=selesai") == set()
    reading.mark_read(ticket=ticket, at=make.NOW, actor=laras)
    reading.mark_read(ticket=ticket, at=make.NOW + make.MINUTE, actor=laras)
    assert TicketRead.objects.get().read_at == make.NOW + make.MINUTE
