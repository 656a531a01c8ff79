"""WhatsApp's 24 hours on the ticket: the chip, what is refused, the template that is offered, who wants no messages."""

from datetime import timedelta

import pytest
from django.test import Client

from djpk.simulator.graph import Graph, serve, template
from kernel.errors import Refused
from kernel.secrets import seal
from messaging import outbox
from messaging.claiming import claim_in_order
from messaging.incoming import Incoming, Sender, receive
from messaging.models import Connection, Message, MessageTemplate, OptOut
from messaging.permission import opt_out, opted_out
from messaging.whatsapp import templates as catalogue
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets.composer.drafts import save_draft
from tickets.composer.macros import save_macro
from tickets.composer.sending import send_reply
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = make.NOW
LATE = NOW + timedelta(hours=25)


@pytest.fixture
def clock(monkeypatch):
    """Say what time it is."""
    moments = [NOW + make.HOUR]
    monkeypatch.setattr("django.utils.timezone.now", lambda: moments[-1])
    return moments.append


@pytest.fixture
def graph(settings):
    known = Graph()
    server = serve(known)
    settings.WHATSAPP_GRAPH_URL = known.url
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture
def line(graph) -> Connection:
    row = Connection.objects.create(
        channel=make.channel("WHATSAPP"), name="WhatsApp DJPK", address="+620001110000",
        settings={"phone_number_id": "1055", "business_account_id": "77"}, secrets=seal({"access_token": "EAAB"}),
    )  # fmt: skip
    catalogue.synchronise(connection=row, at=NOW)
    return row


def says(body: str, number: int = 1, at=NOW) -> Message:
    """Pak Arung writes by WhatsApp."""
    incoming = Incoming(f"wamid.{number}", Sender(phone="+620001000001", name="Arung"), body=body)
    line = Connection.objects.first()
    message, _new = receive(incoming, channel=make.channel("WHATSAPP"), connection=line, at=at)
    claim_in_order(message=message, at=at)
    message.refresh_from_db()
    return message


@pytest.fixture
def ticket(line) -> Ticket:
    says("Kapan DAU salur?")
    return Ticket.objects.get()


def page(ticket: Ticket) -> str:
    return signed_in("laras").get(f"/tiket/{ticket.number}/").content.decode()


def post(ticket: Ticket, path: str, **fields: str) -> str:
    return signed_in("laras").post(f"/tiket/{ticket.number}/{path}/", fields, headers=HTMX).content.decode()


def test_the_chip_counts_down_from_the_requesters_last_message(ticket, clock):
    assert f'data-window-left="{int((NOW + timedelta(hours=24)).timestamp())}"' in page(ticket)
    clock(NOW + timedelta(hours=22, minutes=30))
    assert 'id="sisa-jendela" data-tone="warn"' in page(ticket)
    clock(LATE)
    shown = page(ticket)
    assert "WA tertutup" in shown
    assert 'data-window="closed"' in shown
    says("Halo?", 2, at=LATE)
    assert 'data-window="open"' in page(ticket)


def test_other_channels_have_no_window(clock):
    assert "sisa-jendela" not in page(make.ticket())


def test_free_text_is_refused_after_it_and_nothing_typed_is_lost(ticket, clock):
    clock(LATE)
    shown = post(ticket, "pesan", mode="reply", teks="Sudah salur kemarin.")
    assert "Jendela 24 jam sudah tertutup. Kirim dengan templat." in shown
    assert "Sudah salur kemarin.</textarea>" in shown
    assert not Message.objects.filter(direction="OUT").exists()


def test_a_macro_gets_round_it_no_more_than_an_agent(ticket, clock):
    laras = make.staff("laras")
    macro = save_macro(macro=None, shared=False, at=NOW, actor=laras, title="Tandai", text="", note="",
                       actions=[{"do": "add_tag", "value": "dau"}])  # fmt: skip
    with pytest.raises(Refused) as refusal:
        send_reply(ticket=ticket, text="Salur.", macro=macro, at=LATE, actor=laras)
    assert refusal.value.code == "whatsapp.window_closed"
    ticket.refresh_from_db()
    assert ticket.tags == []  # all of it or nothing


def test_the_template_is_offered_filled_in_and_sent(ticket, clock, graph):
    clock(LATE)
    dialog = signed_in("laras").get(f"/tiket/{ticket.number}/templat/", headers=HTMX).content.decode()
    assert f"Yth. Arung, konsultasi Anda nomor {ticket.number} sudah kami jawab." in dialog
    assert "permintaan_data" not in dialog  # not approved yet
    chosen = MessageTemplate.objects.get(name="balasan_konsultasi")
    fields = {"templat": str(chosen.pk), "isi-untuk": str(chosen.pk), "isi-1": "Pak Arung", "isi-2": ticket.number}
    post(ticket, "templat", **fields)
    sent = Message.objects.get(direction="OUT")
    assert sent.body.startswith("Yth. Pak Arung, konsultasi")
    assert outbox.send(message_id=sent.pk, at=LATE + make.HOUR) == "SENT"
    given = graph.sent[0]["template"]
    assert (given["name"], given["language"]) == ("balasan_konsultasi", {"code": "id"})
    assert [one["text"] for one in given["components"][0]["parameters"]] == ["Pak Arung", ticket.number]


def test_a_missing_value_is_asked_for_and_the_draft_fills_one(ticket, clock):
    clock(LATE)
    chosen = MessageTemplate.objects.get(name="jawaban_singkat")
    fields = {"templat": str(chosen.pk), "isi-untuk": str(chosen.pk), "isi-1": "Pak Arung", "isi-2": ticket.number}
    assert "Isi dahulu: 3." in post(ticket, "templat", **fields)
    save_draft(ticket=ticket, kind="REPLY", text="Salur\n tanggal 5.", at=LATE, actor=make.staff("laras"))
    shown = signed_in("laras").get(f"/tiket/{ticket.number}/templat/", {"templat": chosen.pk}, headers=HTMX)
    assert "jawaban atas konsultasi" in shown.content.decode()
    assert "Salur tanggal 5." in shown.content.decode()


def test_the_catalogue_follows_the_graph_api_over_pages(line, graph):
    assert MessageTemplate.objects.filter(sendable=True).count() == 2
    graph.templates = [template(f"t{n}", "Halo {{1}}") for n in range(130)]
    graph.templates.append(template("gambar", "Halo", components=[
        {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Halo"}]))  # fmt: skip
    assert catalogue.synchronise(connection=line, at=LATE) == 131
    assert MessageTemplate.objects.filter(status="GONE", sendable=False).count() == 3
    assert not MessageTemplate.objects.get(name="gambar").sendable


def test_named_variables_are_sent_by_name(line, graph):
    graph.templates = [template("nama", "Halo {{pemohon_nama}}", parameter_format="NAMED")]
    catalogue.synchronise(connection=line, at=LATE)
    filled = catalogue.fill(MessageTemplate.objects.get(name="nama"), {"pemohon_nama": "Arung"})
    assert filled.text == "Halo Arung"
    assert filled.details["template"]["names"] == ["pemohon_nama"]


@pytest.mark.parametrize("word", ["STOP", "Berhenti.", " berhenti berlangganan "])
def test_a_word_stops_our_messages_until_another_takes_them_up(ticket, clock, word):
    said = says(word, 2, at=NOW + make.MINUTE)
    contact = ticket.contact
    assert OptOut.objects.get().message == said
    assert Ticket.objects.count() == 1
    told = Message.objects.get(direction="OUT")
    assert "Ketik MULAI" in told.body
    shown = page(ticket)
    assert "Berhenti menerima pesan" in shown
    assert "meminta berhenti menerima pesan lewat WhatsApp" in post(ticket, "pesan", mode="reply", teks="Ya.")
    says("Sebentar, satu lagi", 3, at=NOW + 2 * make.MINUTE)  # an agent reads it; it is no way back in
    assert opted_out(contact, ticket.channel).exists()
    says("MULAI", 4, at=NOW + 3 * make.MINUTE)
    assert not opted_out(contact, ticket.channel).exists()
    assert contact.events.filter(code__startswith="contact.opted").count() == 2
    assert "Ya." in post(ticket, "pesan", mode="reply", teks="Ya.")


def test_the_word_within_a_sentence_stops_nothing(ticket):
    says("Kapan program ini berhenti?", 2, at=NOW + make.MINUTE)
    assert not OptOut.objects.exists()


def test_an_agent_takes_messages_up_again_only_with_a_reason(ticket, clock):
    opt_out(channel=ticket.channel, contact=ticket.contact, at=NOW, actor=None)
    assert "Tuliskan kapan dan bagaimana" in post(ticket, "izin-pesan", alasan=" ")
    post(ticket, "izin-pesan", alasan="Lewat telepon 15 Agustus")
    row = OptOut.objects.get()
    assert (row.ended_by, row.reason) == (make.staff("laras"), "Lewat telepon 15 Agustus")


def test_what_was_queued_before_the_word_does_not_leave_after_it(ticket, clock, graph):
    reply = send_reply(ticket=ticket, text="Salur.", at=NOW, actor=make.staff("laras")).message
    opt_out(channel=ticket.channel, contact=ticket.contact, at=NOW, actor=None)
    assert outbox.send(message_id=reply.pk, at=NOW + make.HOUR) == "FAILED"
    assert graph.sent == []


def test_strangers_find_no_dialog(ticket):
    assert Client().get(f"/tiket/{ticket.number}/templat/").status_code == 302
