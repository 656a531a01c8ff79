"""WhatsApp against a server that speaks the Cloud API: every item once, every answer once, the window kept."""

import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client, TestCase
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from djpk.simulator.graph import Graph, serve, signature
from kernel.errors import Refused
from kernel.secrets import seal
from messaging import outbox
from messaging.claiming import claim_in_order, waiting
from messaging.files import store_file
from messaging.models import Connection, EarlyReceipt, Message, MessageTemplate, Pace
from messaging.verbs import write_message
from messaging.whatsapp import templates as catalogue
from messaging.whatsapp.media import fetch_media, why_without_file
from messaging.whatsapp.media import waiting as without_file
from messaging.whatsapp.parsing import parse_call
from messaging.whatsapp.webhook import take_call
from messaging.whatsapp.window import window_of
from people.models import Contact
from tests import factories as make
from tickets.models import Ticket

UNSUPPORTED = "Jenis pesan ini tidak didukung WhatsApp (131051)."
SECRET, TOKEN, NUMBER, WRITER = "rahasia-aplikasi", "kata-sepakat", "1055", "620001000001"


@pytest.fixture
def graph(settings):
    known = Graph()
    server = serve(known)
    settings.WHATSAPP_GRAPH_URL = known.url
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def line(db, graph) -> Connection:
    return Connection.objects.create(
        channel=make.channel("WHATSAPP"), name="WhatsApp DJPK", address="+620001110000",
        settings={"phone_number_id": NUMBER},
        secrets=seal({"app_secret": SECRET, "verify_token": TOKEN, "access_token": "EAAB"}),
    )  # fmt: skip


def text(number: int, body: str = "Kapan DAU salur?", sender: str = WRITER, **more) -> dict:
    return {
        "from": sender,
        "id": f"wamid.{number}",
        "timestamp": "1723689000",
        "type": "text",
        "text": {"body": body},
        **more,
    }


def call(*messages: dict, statuses: tuple = (), name: str = "Arung") -> dict:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "620001110000", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": name}, "wa_id": WRITER}],
        "messages": list(messages), "statuses": list(statuses),
    }  # fmt: skip
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def post(body: dict | bytes, secret: str = SECRET):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = signature(secret, raw)
    return Client().post(
        "/hooks/whatsapp/", raw, content_type="application/json", headers={"X-Hub-Signature-256": signed}
    )


def test_what_two_deliveries_of_a_call_store_is_in_its_order_by_time(line):
    """The one that began first may store the later message: times are read when a message is stored."""
    times = [make.NOW + n * make.MINUTE for n in range(3)]
    clock = iter(times).__next__
    take_call(call(text(1)), [line], clock=clock)
    take_call(call(text(1), text(2)), [line], clock=clock)
    assert list(Message.objects.order_by("pk").values_list("received_at", flat=True)) == [times[0], times[2]]


def claim_all() -> None:
    for _channel, _contact, pk in waiting(timezone.now()):
        claim_in_order(message=Message.objects.get(pk=pk), at=timezone.now())


def test_meta_may_prove_the_address_and_nobody_else_may_post(line):
    asked = {"hub.mode": "subscribe", "hub.verify_token": TOKEN, "hub.challenge": "1158201444"}
    assert Client().get("/hooks/whatsapp/", asked).content == b"1158201444"
    assert Client().get("/hooks/whatsapp/", {**asked, "hub.verify_token": "salah"}).status_code == 403
    assert post(call(text(1)), secret="salah").status_code == 403
    assert post(b"{", SECRET).status_code == 400
    assert not Message.objects.exists()


def test_every_item_of_a_batch_is_stored_and_makes_one_ticket_of_its_sender(line):
    body = call(text(1, "Satu"), text(2, "Dua"), text(3, "Lain", sender="620001000002"))
    assert post(body).json() == {"messages": 3, "statuses": 0}
    assert post(body).json() == {"messages": 3, "statuses": 0}
    claim_all()
    said = {
        t.contact.handles.get().value: [e.message.body for e in t.entries.filter(kind="MESSAGE")]
        for t in Ticket.objects.all()
    }
    assert said == {"+620001000001": ["Satu", "Dua"], "+620001000002": ["Lain"]}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"type": "image", "image": {"id": "7", "mime_type": "image/png", "caption": "Surat"}}, "Surat"),
        ({"type": "location", "location": {"latitude": -5.2, "longitude": 119.4, "name": "Kantor"}}, "Kantor (-5.2, 119.4)"),
        ({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "dau", "title": "DAU"}}}, "DAU"),
        ({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "x", "title": "Ya"}}}, "Ya"),
        ({"type": "button", "button": {"text": "Lanjut", "payload": "l"}}, "Lanjut"),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Melati"}, "phones": [{"phone": "+62 000 2"}]}]}, "Melati +62 000 2"),
        ({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "👍"}}, "👍"),
        ({"type": "unsupported", "errors": [{"code": 131051, "title": "Message type unknown"}]}, UNSUPPORTED),
    ],
)  # fmt: skip
def test_each_kind_of_message_has_words(message, words):
    _line, parsed = parse_call(call({"from": WRITER, "id": "wamid.9", **message})).messages[0]
    assert parsed.body == words


def test_an_answer_leaves_in_the_window_and_quotes_what_it_answers(line, graph):
    post(call(text(1)))
    asked = Message.objects.get()
    reply = write_message(channel=asked.channel, contact=asked.contact, body="Tanggal 20.", reply_to=asked,
                          at=timezone.now(), actor=make.staff("laras"), claimed_by="tickets")  # fmt: skip
    Message.objects.filter(pk=reply.pk).update(details={"quote": True})
    assert outbox.send(message_id=reply.pk, at=timezone.now()) == "SENT"
    reply.refresh_from_db()
    [sent] = graph.sent
    assert (sent["id"], sent["to"], sent["text"]["body"]) == (reply.provider_id, WRITER, "Tanggal 20.")
    assert sent["context"] == {"message_id": "wamid.1"}


def answer(body: str = "Tanggal 20.", **fields) -> Message:
    asked = Message.objects.filter(direction="IN").latest("id")
    return write_message(channel=asked.channel, contact=asked.contact, body=body, at=timezone.now(),
                         actor=make.staff("laras"), claimed_by="tickets", **fields)  # fmt: skip


def test_after_a_day_only_a_template_leaves(line, graph):
    post(call(text(1)))
    asked = Message.objects.get()
    window = window_of(asked.contact, asked.channel, asked.received_at + timedelta(hours=22, minutes=30))
    assert (window.open, window.closing) == (True, True)
    late = answer()
    Message.objects.filter(direction="IN").update(received_at=timezone.now() - timedelta(hours=24))
    assert outbox.send(message_id=late.pk, at=timezone.now()) == "FAILED"
    late.refresh_from_db()
    assert late.delivery_reason == "Jendela 24 jam sudah tertutup. Kirim dengan templat."
    with pytest.raises(Refused, match="window_closed"):
        answer()
    fitting = answer(details={"template": {"name": "balasan_konsultasi", "values": ["DRG-24-00001"]}})
    assert outbox.send(message_id=fitting.pk, at=timezone.now()) == "SENT"
    assert graph.sent[0]["template"]["components"][0]["parameters"] == [{"type": "text", "text": "DRG-24-00001"}]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("429", "WhatsApp membatasi jumlah kiriman untuk sementara (130429)."),
        ("500", "WhatsApp sedang terganggu (131000)."),
        ("131026", "Nomor ini tidak terjangkau lewat WhatsApp (131026)."),
        ("131047", "Jendela 24 jam sudah tertutup. Kirim dengan templat."),
    ],
)
def test_agents_read_in_words_what_meta_refuses(line, graph, fault, said):
    post(call(text(1)))
    graph.faults.append(fault)
    message = answer()
    outbox.send(message_id=message.pk, at=timezone.now())
    message.refresh_from_db()
    assert message.delivery_reason == said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": 131026, "title": "Message undeliverable"}, "Nomor ini tidak terjangkau lewat WhatsApp (131026)."),
        ({"code": 139999, "title": "Something new"}, "139999 Something new"),
        ({"title": "Without a number"}, "Without a number"),
    ],
)
def test_a_receipt_that_says_failed_does_too(error, said):
    status = {"id": "wamid.1", "status": "failed", "timestamp": "1723689000", "errors": [error]}
    assert [one.reason for _line, one in parse_call(call(statuses=(status,))).statuses] == [said]


@pytest.mark.parametrize(
    ("fault", "after", "left"),
    [
        ("429", "QUEUED", 0),
        ("500", "QUEUED", 0),
        ("131047", "FAILED", 0),
        ("131026", "FAILED", 0),
        ("drop", "UNKNOWN", 1),
        ("slow", "SENT", 1),
    ],
)
def test_what_meta_says_decides(line, graph, fault, after, left):
    post(call(text(1)))
    graph.faults.append(fault)
    message = answer()
    assert outbox.send(message_id=message.pk, at=timezone.now()) == after
    assert len(graph.sent) == left


def test_too_many_to_one_person_make_that_person_wait_and_nobody_else(line, graph):
    post(call(text(1), text(2, sender="620001000002")))
    graph.faults.append("131056")
    first, second = answer_to("+620001000001"), answer_to("+620001000002")
    assert outbox.send(message_id=first.pk, at=timezone.now()) == "QUEUED"
    assert outbox.send(message_id=second.pk, at=timezone.now()) == "SENT"
    line.refresh_from_db()
    assert line.next_send_at is None or line.next_send_at <= timezone.now() + timedelta(seconds=1)
    spent = Pace.objects.get(contact=first.contact).next_at - timezone.now()
    assert timedelta(seconds=260) < spent <= timedelta(seconds=270)


def answer_to(phone: str) -> Message:
    contact = Contact.objects.get(handles__value=phone)
    return write_message(channel=make.channel("WHATSAPP"), contact=contact, body="Tanggal 20.", at=timezone.now(),
                         actor=make.staff("laras"), claimed_by="tickets")  # fmt: skip


def template_news(name: str, event: str, *, account: str = "9001", language: str = "id") -> dict:
    """Meta's shape of the field `message_template_status_update`."""
    value = {"event": event, "message_template_id": 594425479261596, "message_template_name": name,
             "message_template_language": language, "reason": "NONE"}  # fmt: skip
    change = {"field": "message_template_status_update", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": account, "time": 1723689000, "changes": [change]}]}


def test_a_template_that_is_paused_is_not_offered_any_more_and_one_approved_again_is(
    line, graph, run_tasks, django_capture_on_commit_callbacks
):
    Connection.objects.update(settings={**line.settings, "business_account_id": "9001"})
    graph.templates = [
        {"name": "balasan", "language": "id", "status": "APPROVED", "category": "UTILITY",
         "components": [{"type": "BODY", "text": "Halo {{1}}"}]}
    ]  # fmt: skip
    catalogue.synchronise(connection=Connection.objects.get(), at=timezone.now())

    def state() -> tuple[str, bool]:
        row = MessageTemplate.objects.get()
        return row.status, row.sendable

    assert state() == ("APPROVED", True)
    assert post(template_news("balasan", "FLAGGED")).status_code == 200
    assert post(template_news("balasan", "PAUSED", account="9002")).status_code == 200
    assert post(template_news("balasan", "PAUSED", language="en_US")).status_code == 200
    assert state() == ("APPROVED", True)
    assert post(template_news("balasan", "PAUSED")).status_code == 200
    assert state() == ("PAUSED", False)
    with django_capture_on_commit_callbacks(execute=True):
        post(template_news("balasan", "REINSTATED"))
    assert state() == ("APPROVED", False)
    assert "messaging.tasks.synchronise_templates" in run_tasks()
    assert state() == ("APPROVED", True)


def test_receipts_come_out_of_order_twice_and_too_early(line, graph):
    post(call(text(1)))
    message = answer()
    receipt = {"timestamp": "1723689000", "recipient_id": WRITER}
    outbox.send(message_id=message.pk, at=timezone.now())
    message.refresh_from_db()
    ids = {"id": message.provider_id, **receipt}
    for status in ("delivered", "read", "delivered", "sent"):
        post(call(statuses=({**ids, "status": status},)))
    message.refresh_from_db()
    assert message.delivery == "READ"
    early = answer("Satu lagi")
    graph_id = "wamid.early"
    post(call(statuses=({"id": graph_id, "status": "delivered", **receipt},)))
    assert EarlyReceipt.objects.count() == 1
    Message.objects.filter(pk=early.pk).update(provider_id=graph_id)
    from messaging.receipts import apply_early

    Message.objects.filter(pk=early.pk).update(delivery="SENT")
    early.refresh_from_db()
    apply_early(early)
    early.refresh_from_db()
    assert (early.delivery, EarlyReceipt.objects.count()) == ("DELIVERED", 0)


def test_files_come_and_go(line, graph):
    name = graph.add_media("image/png", b"\x89PNG\r\n\x1a\n1")
    post(call({"from": WRITER, "id": "wamid.5", "type": "image", "image": {"id": name, "mime_type": "image/png"}}))
    claim_all()
    now = timezone.now()
    assert [fetch_media(message=message, at=now) for message in without_file(now)] == [True]
    assert list(without_file(now)) == []
    assert Message.objects.get(external_id="wamid.5").attachments.get().name == "image.png"
    row = store_file(b"%PDF-1.4", at=now)
    out = answer("Lampiran", files=[(row, "surat.pdf")])
    outbox.send(message_id=out.pk, at=now)
    document = graph.sent[-1]["document"]
    assert (document["filename"], document["caption"]) == ("surat.pdf", "Lampiran")


def test_a_file_that_is_under_way_is_said_until_open_pages_show_it(line, graph, client, monkeypatch):
    told = []
    monkeypatch.setattr("tickets.receiving.bounced.ticket_changed", told.append)
    name = graph.add_media("image/png", b"\x89PNG\r\n\x1a\n1")
    post(call({"from": WRITER, "id": "wamid.5", "type": "image", "image": {"id": name, "mime_type": "image/png"}}))
    claim_all()
    client.force_login(make.staff("laras"))
    ticket = Ticket.objects.get()
    assert "Berkas sedang diambil dari WhatsApp." in client.get(f"/tiket/{ticket.number}/").content.decode()
    told.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        fetch_media(message=Message.objects.get(external_id="wamid.5"), at=timezone.now())
    assert told == [ticket.pk]
    assert "sedang diambil" not in client.get(f"/tiket/{ticket.number}/").content.decode()


def test_a_file_that_is_gone_is_said_after_the_last_try(line, graph):
    post(call({"from": WRITER, "id": "wamid.6", "type": "image", "image": {"id": "404", "mime_type": "image/png"}}))
    claim_all()
    at = timezone.now()
    for _try in range(12):
        message = Message.objects.get(external_id="wamid.6")
        fetch_media(message=message, at=at)
    message.refresh_from_db()
    assert message.details["media_lost"]
    assert why_without_file(message) == "Berkas tidak dapat diambil dari WhatsApp. Minta pemohon mengirimnya lagi."


@pytest.mark.django_db(transaction=True)
def test_five_deliveries_by_eight_threads_shuffled_leave_one_message_each_in_order(line):
    calls = [
        call(*(text(10 * block + n, f"{10 * block + n}", sender=f"62000200{block % 4}") for n in range(5)))
        for block in range(12)
    ]
    work = calls * 5
    random.Random(7).shuffle(work)

    def deliver(body):
        try:
            return post(body).status_code
        finally:
            connections.close_all()

    def claim(_n):
        try:
            claim_all()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(deliver, work)) == {200}
        list(pool.map(claim, range(8)))
    claim_all()
    assert Message.objects.filter(direction="IN").count() == 60
    assert Ticket.objects.count() == 4
    for ticket in Ticket.objects.all():
        rows = [entry.message for entry in ticket.entries.filter(kind="MESSAGE").select_related("message")]
        assert [row.pk for row in rows] == [row.pk for row in sorted(rows, key=lambda row: (row.received_at, row.pk))]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["entry", "changes", "field", "value", "messages", "statuses", "contacts", "id", "from", "type", "text", "errors", "context", "metadata", "status"])
        | st.text(max_size=4), inner | st.just("messages"), max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(json_values)
def test_no_body_makes_the_webhook_fail(line, body):
    shaped = {
        "entry": [{"changes": [{"field": "messages", "value": body if isinstance(body, dict) else {"messages": body}}]}]
    }
    for one in (body, shaped):
        parse_call(one)
        assert post(json.dumps(one).encode()).status_code == 200
    assert threading.active_count() < 50
