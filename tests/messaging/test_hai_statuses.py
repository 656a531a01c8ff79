"""HAI and a ticket tell each other of its state, by words that administrators set from a day on; files go both ways."""

import base64
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kernel.errors import Refused
from messaging import outbox
from messaging.files import store_file
from messaging.hai.statuses import set_mapping, state_for, word_for
from messaging.models import Connection, HaiStatus, Message
from messaging.verbs import write_message
from tests import factories as make
from tests.messaging.test_hai import desk, event, line, post, take  # noqa: F401
from tickets import conversation, verbs
from tickets.models import Ticket

STATES = frozenset(Ticket.Status.values)


def words() -> list[str]:
    rows = Message.objects.filter(direction="OUT", details__has_key="status").order_by("pk")
    return [row.details["status"] for row in rows]


def send_all() -> None:
    for pk in Message.objects.filter(direction="OUT", delivery="QUEUED").order_by("pk").values_list("pk", flat=True):
        outbox.send(message_id=pk, at=timezone.now() + make.HOUR)


def test_every_change_of_state_is_told_once_in_their_words(line, desk):  # noqa: F811
    ticket = take(event())
    assert words() == ["received"]
    conversation.post_reply(ticket=ticket, text="Tanggal 20.", at=timezone.now(), actor=make.staff("laras"))
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    assert words() == ["received", "answered", "resolved"]
    send_all()
    told = [body for body, valid in desk.told if valid]
    assert [body.get("status") or body["text"] for body in told] == ["received", "Tanggal 20.", "answered", "resolved"]
    assert {body["ticket"] for body in told} == {"HAI-2024-000123"}
    assert sorted(told[0]) == ["id", "sent_at", "status", "ticket"]


def test_tickets_of_other_channels_tell_nobody(line):  # noqa: F811
    ticket = make.ticket()
    verbs.close(ticket=ticket, topic=make.topic(), at=make.NOW + make.HOUR, actor=make.staff("laras"))
    assert words() == []


def said(status: str, name: str = "evt-s", **more) -> Ticket:
    body = {
        key: value for key, value in event(name, status=status, **more).items() if key != "text" or more.get("text")
    }
    answered = post(body)
    assert answered.status_code == 202, answered.content
    from messaging.claiming import claim_in_order

    message = Message.objects.get(pk=answered.json()["message"])
    claim_in_order(message=message, at=timezone.now())
    message.refresh_from_db()
    assert message.claimed_by == "tickets"
    return Ticket.objects.get()


def test_their_word_closes_and_opens_a_ticket_and_is_not_sent_back(line):  # noqa: F811
    ticket = take(event())
    Ticket.objects.filter(pk=ticket.pk).update(topic=make.topic())
    assert said("closed").status == "CLOSED"
    assert said("Reopened", "evt-t").status == "OPEN"
    assert words() == ["received", "resolved", "in_progress"]
    codes = list(ticket.events.filter(code="ticket.central_status").values_list("to_value", flat=True))
    assert codes == ["closed", "Reopened"]
    assert ticket.entries.filter(kind="MESSAGE").count() == 1


def test_what_the_rules_do_not_allow_is_noted_with_the_reason(line):  # noqa: F811
    ticket = take(event())
    Ticket.objects.filter(pk=ticket.pk).update(topic=None)
    assert said("closed").status == "NEW"
    noted = ticket.events.get(code="ticket.central_status")
    assert (noted.to_value, noted.reason) == ("closed", "Pilih topik sebelum menyelesaikan tiket.")


def test_a_word_beside_a_text_counts_too(line):  # noqa: F811
    take(event())
    ticket = said("in_progress", text="Mohon kabar")
    assert ticket.entries.filter(kind="MESSAGE").count() == 2
    assert ticket.events.filter(code="ticket.central_status", to_value="in_progress").count() == 1


def test_a_word_nobody_mapped_is_refused(line):  # noqa: F811
    answered = post(event(status="entah"))
    assert (answered.status_code, answered.json()["error"]) == (422, "status: 'entah' is not known")


def test_mappings_hold_from_their_day_on(db):
    now, day = make.NOW, make.NOW.date()
    given = {"direction": "OUT", "ours": "CLOSED", "states": STATES, "at": now, "actor": make.staff("nala")}
    set_mapping(**given, theirs="selesai", valid_from=day + timedelta(days=2))
    assert (word_for("CLOSED", now), word_for("CLOSED", now + timedelta(days=2))) == ("resolved", "selesai")
    set_mapping(**{**given, "direction": "IN", "ours": ""}, theirs="batal", valid_from=day)
    assert (state_for("BATAL", now), state_for("closed", now), state_for("?", now)) == ("", "CLOSED", None)
    with pytest.raises(Refused, match=r"dated\.past"):
        set_mapping(**given, theirs="x", valid_from=day - timedelta(days=1))
    with pytest.raises(Refused, match="unknown"):
        set_mapping(**{**given, "ours": "LAIN"}, theirs="x", valid_from=day)


def test_files_of_an_answer_go_along(line, desk):  # noqa: F811
    ticket = take(event(attachments=[{"name": "surat.pdf", "content": base64.b64encode(b"%PDF-1.4").decode()}]))
    files = [(store_file(b"%PDF-1.4 jawaban", at=timezone.now()), "jawaban.pdf")]
    asked = Message.objects.get(external_id="evt-1")
    write_message(channel=ticket.channel, contact=ticket.contact, body="Terlampir", files=files, reply_to=asked,
                  at=timezone.now(), actor=make.staff("laras"), claimed_by="tickets")  # fmt: skip
    send_all()
    assert desk.told[-1][0]["attachments"] == [
        {"name": "jawaban.pdf", "content": base64.b64encode(b"%PDF-1.4 jawaban").decode()}
    ]


def test_files_of_twenty_megabytes_come_in(line):  # noqa: F811
    content = b"%PDF-1.4" + b"x" * 20_000_000
    take(event(attachments=[{"name": "besar.pdf", "content": base64.b64encode(content).decode()}]))
    assert Message.objects.get(external_id="evt-1").attachments.get().file.size == len(content)


def page(pk: int, query: str = "", name: str = "nala"):
    client = Client()
    client.force_login(make.staff(name))
    return client, client.get(f"/kanal/{pk}/panggilan/{query}")


def test_the_page_lists_calls_with_state_and_reason_and_calls_again(line, desk):  # noqa: F811
    ticket = take(event())
    desk.status = 404
    send_all()
    client, shown = page(line.pk)
    text = shown.content.decode()
    assert "received" in text
    assert ticket.number in text
    assert "HAI-2024-000123" in text
    assert "HAI menolak jawaban (404)." in text
    assert "Kirim lagi" in text
    assert "received" not in page(line.pk, "?keadaan=sampai")[1].content.decode().partition("<h2")[0]
    desk.status = 200
    failed = Message.objects.get(delivery="FAILED")
    assert client.post(f"/kanal/panggilan/{failed.pk}/").status_code == 302
    send_all()
    failed.refresh_from_db()
    assert failed.delivery == "DELIVERED"
    assert client.post(f"/kanal/panggilan/{failed.pk}/").status_code == 409


def test_only_administrators_see_and_set_it(line):  # noqa: F811
    assert page(line.pk, name="laras")[1].status_code == 403
    client, _shown = page(line.pk)
    given = {"arah": "OUT", "kita": "CLOSED", "mereka": "selesai", "mulai": timezone.localdate().isoformat()}
    assert client.post(f"/kanal/{line.pk}/status/", given).status_code == 302
    assert HaiStatus.objects.get(direction="OUT", ours="CLOSED", valid_to=None).theirs == "selesai"
    assert client.post(f"/kanal/{line.pk}/status/", {**given, "mulai": "x"}).status_code == 409
    other = Connection.objects.create(channel=make.channel(), address="a@b.example")
    assert client.get(f"/kanal/{other.pk}/panggilan/").status_code == 404
