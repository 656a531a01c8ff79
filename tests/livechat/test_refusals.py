"""Who gets in and what is taken: consent, tokens, sizes, haste, hours."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from livechat.models import ChatSession
from messaging.models import Connection, Message
from tests import factories as make
from tests.livechat.conftest import OPEN, SHUT, Visitor, answered, asked
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "' OR 1=1 --", "é" * 43])
def test_a_token_nobody_has_opens_nothing(visitor, token):
    stranger = Visitor(token=token)
    for name in ("kabar", "akhir", "nilai", "transkrip"):
        assert stranger.call(name).status_code == 401
    assert stranger.send("Halo.").status_code == 401


def test_tokens_are_long_and_not_kept(visitor):
    assert len(visitor.token) == 43
    row = ChatSession.objects.get()
    assert visitor.token not in (row.token_hash, row.name)
    assert row.page == "https://pemda.example/a", "without what stands after the question mark"


def test_files_are_sniffed_limited_and_only_the_sessions_own(visitor, work, settings):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    line = visitor.say("", files=[SimpleUploadedFile("../../bukti.png", png)])
    assert line["text"] == "bukti.png"
    (file,) = line["files"]
    assert (file["name"], file["image"]) == ("bukti.png", True)
    stranger = Client()
    given = stranger.get(f"/obrolan/berkas/{file['key']}/")
    assert b"".join(given.streaming_content) == png
    assert given["Content-Disposition"].startswith("attachment")
    assert stranger.get(f"/obrolan/berkas/{file['key'][:-1]}x/").status_code == 404
    refused = [("virus.png", b"MZ\x90"), ("a.txt", b"<html><script>"), ("kosong.pdf", b"")]
    for name, content in refused:
        assert visitor.send("x", files=[SimpleUploadedFile(name, content)]).status_code in (400, 409)
    settings.CHAT_FILES = 1
    two = [SimpleUploadedFile("a.png", png), SimpleUploadedFile("b.png", png + b"1")]
    assert visitor.send("x", files=two).json()["code"] == "chat.too_many_files"
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"id": "kecil"},
        {"id": "a/b/c/d/e/f"},
        {"id": "pesan-0001", "text": "  "},
        {"id": "pesan-0001", "text": "x" * 4001},
    ],
)
def test_messages_that_are_none_are_refused(visitor, given):
    answer = visitor.client.post("/obrolan/pesan/", given, headers={"Authorization": f"Bearer {visitor.token}"})
    assert answer.status_code in (400, 409)
    assert answer.json()["message"]
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"after": "1"}', b'{"after": -1}', b'{"after": true}', b'{"read": 1e400}', b"\xff"]
)
def test_calls_that_are_none_are_refused(visitor, body):
    headers = {"Authorization": f"Bearer {visitor.token}"}
    assert visitor.client.post("/obrolan/kabar/", body, "application/json", headers=headers).status_code == 400


def test_pages_elsewhere_may_not_call(visitor):
    assert visitor.call("kabar", headers={"Origin": "https://djpk.example"}).status_code == 403
    assert visitor.call("kabar", headers={"Origin": "http://testserver"}).status_code == 200, "our own frame"


def test_whoever_hurries_is_told_to_wait(visitor, settings):
    settings.CHAT_LIMITS = {**settings.CHAT_LIMITS, "message": (2, 60), "start": (2, 600)}
    assert [visitor.send("Halo.").status_code for _time in range(3)] == [200, 200, 429]
    other = Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True})
    assert [other.status_code, Visitor().call("mulai", {}).status_code] == [200, 429]
    elsewhere = Visitor().call(
        "mulai", {"name": "A", "email": "a@b.example", "consent": True}, REMOTE_ADDR="198.51.100.9"
    )
    assert elsewhere.status_code == 200


@pytest.mark.parametrize(
    ("given", "code"),
    [({"consent": False}, "chat.consent"), ({"name": " "}, "chat.name"), ({"email": "arung"}, "handle.bad_email")],
)
def test_no_session_without_consent_name_and_address(widget, given, code):
    answer = Visitor().call("mulai", {"name": "Arung", "email": "arung@gowa.example", "consent": True, **given})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert ChatSession.objects.count() == 0


def test_outside_service_hours_a_question_becomes_a_mail_ticket(widget, mailbox, clock, work):
    make.contact()
    clock.move_to(SHUT)
    assert (
        Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True}).json()["code"] == "chat.closed"
    )
    form = {
        "id": "formulir-01",
        "name": "Arung",
        "email": "arung@gowa.example",
        "text": "Kapan DAU?",
        "consent": True,
        "page": "",
    }
    with work():
        assert [Visitor().call("luring", form).status_code for _time in range(2)] == [200, 200]
    ticket = Ticket.objects.get()
    assert (ticket.channel.code, ticket.service_hours) == ("EMAIL", "OUTSIDE")
    acknowledgement = Message.objects.get(direction="OUT")
    assert "Jumat, 16 Agustus 2024" in acknowledgement.body


def test_a_paused_connection_takes_nobody_and_keeps_answers(visitor, work):
    ticket = asked(visitor, work)
    Connection.objects.update(paused_at=OPEN)
    assert (
        Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True}).json()["code"] == "chat.closed"
    )
    answer = answered(ticket, work, "Nanti.")
    assert answer.delivery == "QUEUED"
