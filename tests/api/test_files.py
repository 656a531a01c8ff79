"""Files under /api/v1/: into one's own draft within limits, sent along, and given out so that nothing renders them."""

import base64

import pytest

from messaging.files import store_file
from messaging.verbs import store_message
from people.models import AccessLog
from tests import factories as make
from tests.api.conftest import check_problem
from tickets.intake import receive_message
from tickets.models import Draft, DraftFile

pytestmark = pytest.mark.django_db
PAGE = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n" + b"0" * 40


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket():
    return make.ticket(topic=make.topic())


def attach(caller, ticket, content=PDF, name="sk.pdf", kind="reply", headers=None):
    body = {"name": name, "content": base64.b64encode(content).decode()}
    return caller.post(f"tickets/{ticket.number}/drafts/{kind}/files/", body, headers=headers)


def test_a_file_goes_into_the_draft_and_with_the_reply(call, ticket):
    caller = call("laras")
    answer = attach(caller, ticket, name="C:\\tmp\\sk\u202efdp.pdf")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["name"], answer.json()["size"]) == ("skfdp.pdf", len(PDF))
    assert answer.json()["media_type"] == "application/pdf"
    files = f"tickets/{ticket.number}/drafts/reply/files/"
    assert [row["id"] for row in caller.get(files).json()] == [answer.json()["id"]]
    assert call("bima").get(files).json() == [], "a draft is its writer's own"
    sent = caller.post(f"tickets/{ticket.number}/replies/", {"text": "Terlampir."}).json()
    assert [row["name"] for row in sent["message"]["attachments"]] == ["skfdp.pdf"]
    assert caller.get(files).json() == []


def test_a_file_is_taken_out_again_by_its_owner_only(call, ticket):
    caller = call("laras")
    row = attach(caller, ticket).json()["id"]
    address = f"tickets/{ticket.number}/drafts/reply/files/{row}/"
    check_problem(call("bima").delete(address), 404, "not_found")
    check_problem(caller.delete(address.replace("reply", "note")), 404, "not_found")
    assert caller.delete(address).status_code == 204
    assert not Draft.objects.exists()
    check_problem(caller.delete(address), 404, "not_found")


def test_limits_are_those_of_the_page(call, ticket, settings):
    caller = call("laras")
    settings.COMPOSER_FILES, settings.COMPOSER_FILE_MB = 1, 1
    check_problem(attach(caller, ticket, b"MZ" + b"0" * 40, "gaji.pdf"), 422, "file.bad_type")
    check_problem(attach(caller, ticket, PDF + b"0" * 1024 * 1024), 422, "file.too_large")
    check_problem(attach(caller, ticket, PDF + b"0" * 8 * 1024 * 1024), 413, "too_large")
    assert attach(caller, ticket).status_code == 201
    check_problem(attach(caller, ticket, PDF + b"1"), 422, "file.too_many")


def test_the_largest_file_of_the_page_fits_through_the_api(call, ticket, settings):
    settings.COMPOSER_FILE_MB = 25
    assert attach(call("laras"), ticket, PDF + b"0" * (25 * 1024 * 1024 - len(PDF))).status_code == 201


@pytest.mark.parametrize("content", ["%%%%", "U0s", "====", "U0s=\n", "", 5, None, ["U0s="]])
def test_what_is_no_base64_is_named(call, ticket, content):
    answer = call("laras").post(f"tickets/{ticket.number}/drafts/reply/files/", {"name": "sk.txt", "content": content})
    assert check_problem(answer, 400, "invalid")["errors"][0]["field"] == "content"
    assert not DraftFile.objects.exists()


def test_repeated_with_a_key_a_file_is_there_once(call, ticket):
    caller = call("laras")
    first, second = (attach(caller, ticket, headers={"Idempotency-Key": "f1"}) for _time in range(2))
    assert first.json() == second.json()
    assert DraftFile.objects.count() == 1


def test_attachments_of_messages_and_notes_are_listed_and_given_out_unrendered(call, ticket):
    caller = call("laras")
    stored = store_file(PAGE, at=make.NOW)
    given = {"channel": ticket.channel, "external_id": "m2", "contact": ticket.contact, "at": make.NOW}
    message, _new = store_message(body="Lihat.", files=[(stored, "halaman.html")], **given)
    receive_message(ticket=ticket, message=message, at=make.NOW)
    attach(caller, ticket, kind="note")
    assert caller.post(f"tickets/{ticket.number}/notes/", {"text": "SK."}).status_code == 201
    lines = caller.get(f"tickets/{ticket.number}/attachments/").json()
    assert [(line["kind"], line["name"]) for line in lines] == [("MESSAGE", "halaman.html"), ("NOTE", "sk.pdf")]
    for line, content in zip(lines, (PAGE, PDF), strict=True):
        answer = caller.get(line["url"], headers={"Accept": "text/html"})
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"] == f'attachment; filename="{line["name"]}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["Cache-Control"] == "no-store"
    assert AccessLog.objects.filter(action="ticket.file_read").count() == 2


def test_files_of_another_ticket_are_not_found(call, ticket):
    caller, other = call("laras"), make.ticket()
    attach(caller, ticket, kind="note")
    caller.post(f"tickets/{ticket.number}/notes/", {"text": "SK."})
    url = caller.get(f"tickets/{ticket.number}/attachments/").json()[0]["url"]
    check_problem(caller.get(url.replace(ticket.number, other.number)), 404, "not_found")
    check_problem(call("laras", ["reference:read"]).get(url), 403, "scope_missing")


def test_a_reply_that_was_taken_back_has_no_attachments_left_in_the_list(call, ticket):
    caller = call("laras")
    attach(caller, ticket)
    said = caller.post(f"tickets/{ticket.number}/replies/", {"text": "Terlampir."}).json()
    assert len(caller.get(f"tickets/{ticket.number}/attachments/").json()) == 1
    assert caller.post(f"tickets/{ticket.number}/entries/{said['id']}/withdrawal/").status_code == 200
    assert caller.get(f"tickets/{ticket.number}/attachments/").json() == []
    assert len(caller.get(f"tickets/{ticket.number}/drafts/reply/files/").json()) == 1
