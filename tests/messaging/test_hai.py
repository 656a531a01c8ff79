"""HAI Kemenkeu: signed events in, once each, one conversation per central number; answers back until taken."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from kernel.secrets import seal
from messaging import outbox
from messaging.claiming import claim_in_order
from messaging.hai.signing import signature
from messaging.models import Connection, Message
from messaging.verbs import write_message
from tests import factories as make
from tickets.models import Ticket

SECRET = "rahasia-pusat"


@pytest.fixture
def desk():
    """The central desk: what it was told, and what it answers."""

    class Desk(BaseHTTPRequestHandler):
        told: list[tuple[dict, bool]] = []
        status = 200

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            wanted = signature(SECRET, self.headers["X-HAI-Timestamp"], body)
            Desk.told.append((json.loads(body), self.headers["X-HAI-Signature"] == wanted))
            self.send_response(Desk.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    Desk.url = f"http://127.0.0.1:{server.server_address[1]}/"
    yield Desk
    server.shutdown()
    server.server_close()


@pytest.fixture
def line(db, desk) -> Connection:
    return Connection.objects.create(
        channel=make.channel("HAI"), name="HAI", address="hai", settings={"callback_url": desk.url},
        secrets=seal({"secret": SECRET}),
    )  # fmt: skip


def event(name="evt-1", **fields) -> dict:
    requester = {"name": "Arung Mappatunru", "email": "arung@gowa.example"}
    return {
        "id": name,
        "ticket": "HAI-2024-000123",
        "subject": "DAU",
        "text": "Kapan salur?",
        "requester": requester,
        **fields,
    }


def post(body, secret=SECRET, moment=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = moment or str(int(timezone.now().timestamp()))
    headers = {"X-HAI-Timestamp": moment, "X-HAI-Signature": signature(secret, moment, raw)}
    return Client().post("/hooks/hai/", raw, content_type="application/json", headers=headers)


def take(body) -> Ticket:
    message = Message.objects.get(pk=post(body).json()["message"])
    claim_in_order(message=message, at=timezone.now())
    return Ticket.objects.get(entries__message=message)


def test_only_a_fresh_signature_of_ours_is_believed(line):
    assert post(event(), secret="salah").status_code == 403
    assert post(event(), moment=str(int(timezone.now().timestamp()) - 600)).status_code == 403
    assert post(event()).status_code == 202


def test_an_event_comes_in_once_and_goes_on_the_conversation_of_its_number(line):
    first = take(event())
    assert post(event()).json()["new"] is False
    Ticket.objects.update(is_spam=False)
    other = take(
        event("evt-9", ticket="HAI-2024-000999", requester={"name": "Melati", "email": "melati@bandung.example"})
    )
    again = take(event("evt-2", text="Bagaimana?", requester={"name": "Atasan", "email": "atasan@gowa.example"}))
    assert again == first
    assert other != first


def test_another_number_of_the_same_requester_is_another_ticket(line):
    first, second = take(event()), take(event("evt-2", ticket="HAI-2024-000124", text="Hal lain"))
    assert first != second
    told = Message.objects.filter(direction="OUT", details__has_key="status").order_by("pk")
    assert [(row.details["thread"], row.details["status"]) for row in told] == [
        ("HAI-2024-000123", "received"),
        ("HAI-2024-000124", "received"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "json"),
        ([], 422, "the body is not an object"),
        (event(text=""), 422, "text: is empty"),
        (event(requester={}), 422, "requester: email or phone is needed"),
        (event(attachments=[{"name": "a", "content": "?"}]), 422, "attachments: number 1"),
        (event(id=7), 422, "id: a text is needed"),
    ],
)
def test_what_is_wrong_is_named(line, body, status, said):
    answer = post(body)
    assert answer.status_code == status
    assert answer.json()["error"].startswith(said)


def test_files_come_along(line):
    take(event(attachments=[{"name": "surat.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()}]))
    row = Message.objects.get(external_id="evt-1").attachments.select_related("file").get()
    assert (row.name, row.file.media_type) == ("surat.pdf", "application/pdf")


def test_an_empty_file_stops_nothing_and_is_named(line):
    good = {"name": "surat.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()}
    take(event(attachments=[{"name": "kosong.pdf", "content": ""}, good, {"content": ""}]))
    row = Message.objects.get(external_id="evt-1")
    assert [one.name for one in row.attachments.all()] == ["surat.pdf"]
    assert (row.flags, row.details["empty_files"]) == (["empty_file"], ["kosong.pdf", "lampiran-3"])


def reply(ticket: Ticket) -> Message:
    asked = Message.objects.get(external_id="evt-1")
    Message.objects.filter(details__has_key="status").update(delivery="DELIVERED")  # that it came in was told before
    return write_message(channel=ticket.channel, contact=ticket.contact, body="Tanggal 20.", reply_to=asked,
                         at=timezone.now(), actor=make.staff("laras"), claimed_by="tickets")  # fmt: skip


def test_an_answer_goes_back_signed_under_the_central_number(line, desk):
    message = reply(take(event()))
    assert outbox.send(message_id=message.pk, at=timezone.now()) == "DELIVERED"
    [(told, valid)] = desk.told
    assert (told["ticket"], told["text"], valid) == ("HAI-2024-000123", "Tanggal 20.", True)


@pytest.mark.parametrize(("status", "after"), [(500, "QUEUED"), (429, "QUEUED"), (409, "DELIVERED"), (404, "FAILED")])
def test_what_the_desk_answers_decides(line, desk, status, after):
    desk.status = status
    message = reply(take(event()))
    assert outbox.send(message_id=message.pk, at=timezone.now()) == after


def test_a_sender_that_died_sends_again_because_the_desk_drops_the_second(line, desk):
    message = reply(take(event()))
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(delivery="SENDING", leased_until=now - make.HOUR)
    outbox.sweep(at=now)
    assert outbox.send(message_id=message.pk, at=now) == "DELIVERED"
