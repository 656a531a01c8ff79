"""Tickets under /api/v1/: found, read, opened, corrected, answered and closed by another system."""

import pytest

from consultations.models import Visit, VisitTopic
from escalation.verbs import escalate
from messaging.verbs import store_message
from people.models import AccessLog, Contact
from tests import factories as make
from tests.api.conftest import check_problem
from tickets import conversation, sorting
from tickets.intake import receive_message
from tickets.merging import merge_tickets
from tickets.models import Ticket, TicketEvent
from tickets.splitting import split_message, undo_split

NEW = {
    "channel": "EMAIL",
    "contact": {"name": "Melati Kusumah", "email": "melati@bandung.example", "user_group": "PEMDA", "region": "32.73"},
    "subject": "Penyaluran DAU",
    "text": "Kapan DAU Agustus disalurkan?",
    "topic": "DAU",
    "tags": ["Salur", "dau"],
}


def numbers(response):
    assert response.status_code == 200, response.json()
    return [row["number"] for row in response.json()["results"]]


def test_a_ticket_is_opened_and_read_back(call):
    caller = call("laras")
    response = caller.post("tickets/", {**NEW, "priority": "HIGH"})
    body = response.json()
    assert response.status_code == 201, body
    assert response["Location"] == body["url"]
    row = Ticket.objects.get(number=body["number"])
    assert (row.channel.code, row.topic.code, row.priority, row.tags) == ("EMAIL", "DAU", 30, ["dau", "salur"])
    assert (row.zone, row.user_group, row.contact.region.code) == ("WIB", "PEMDA", "32.73")
    assert row.events.get().actor == caller.user
    again = caller.client.get(response["Location"]).json()
    assert again == body
    assert body["status"] == "NEW"
    assert body["priority"] == "HIGH"
    assert body["contact"]["name"] == "Melati Kusumah"
    assert body["region"] == {"code": "32.73", "name": "Kota Bandung"}


def test_the_same_person_is_one_contact_and_may_be_named_by_id(call):
    caller = call("laras")
    first = caller.post("tickets/", NEW).json()
    second = caller.post("tickets/", {**NEW, "contact": {"id": first["contact"]["id"]}}).json()
    third = caller.post("tickets/", NEW).json()
    assert first["contact"]["id"] == second["contact"]["id"] == third["contact"]["id"]
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"status": "CLOSED"}, "status", "not_writable"),
        ({"number": "X-1"}, "number", "not_writable"),
        ({"created_at": "2024-08-01T00:00:00Z"}, "created_at", "not_writable"),
        ({"channel": "FAKS"}, "channel", "unknown"),
        ({"channel": 3}, "channel", "invalid"),
        ({"channel": "EMAIL\x00"}, None, None),
        ({"topic": "XYZ"}, "topic", "unknown"),
        ({"priority": 30}, "priority", "invalid_choice"),
        ({"text": ""}, "text", "blank"),
        ({"text": "x" * 50_001}, "text", "max_length"),
        ({"text": 5}, "text", "invalid"),
        ({"subject": "x" * 256}, "subject", "max_length"),
        ({"tags": "dau"}, "tags", "not_a_list"),
        ({"tags": [["dau"]]}, "tags.0", "invalid"),
        ({"tags": ["dau", "x" * 41]}, "tags.1", "max_length"),
        ({"contact": {"name": ""}}, "contact.name", "blank"),
        ({"contact": {"name": "A", "admin": True}}, "contact.admin", "not_writable"),
        ({"contact": {"name": "A", "id": 1}}, "contact", "contact_ambiguous"),
        ({"contact": {"id": 10**15}}, "contact.id", "unknown"),
        ({"contact": None}, "contact", "null"),
        ({"contact": []}, "contact", "invalid"),
    ],
)
def test_what_cannot_be_taken_is_named_and_nothing_is_made(call, change, field, code):
    response = call("laras").post("tickets/", {**NEW, **change})
    body = check_problem(response, 400, "invalid" if field else "bad_json")
    assert [(error["field"], error["code"]) for error in body["errors"]] == ([(field, code)] if field else [])
    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        "", "{", "[]", "null", '"x"', '{"text": NaN}', '{"a": 1, "a": 2}', '{"text": "\\ud800"}', '{"text": "\\u0000"}',
        '{"n": ' + "9" * 30 + "}", '{"n": ' + "9" * 6000 + "}", '{"n": 1e999}', "[" * 100_000, b"\xff\xfe{", b'{"text": "\xff"}',
    ],
)  # fmt: skip
def test_bodies_that_are_no_json_object(call, raw):
    response = call("laras").client.post("/api/v1/tickets/", raw, content_type="application/json")
    assert response.status_code == 400, response.content[:200]
    assert response["Content-Type"] == "application/problem+json"


def test_other_content_types_and_huge_bodies(call, settings):
    client = call("laras").client
    check_problem(client.post("/api/v1/tickets/", "a=1", content_type="text/plain"), 415, "unsupported_media_type")
    check_problem(client.post("/api/v1/tickets/", {"a": "1"}), 415, "unsupported_media_type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    check_problem(
        client.post("/api/v1/tickets/", {"text": "x" * 2000}, content_type="application/json"), 413, "too_large"
    )


def test_a_refusal_of_the_verb_speaks_the_callers_language(call):
    caller = call("laras")
    bad_mail = {**NEW, "contact": {"name": "A", "email": "bukan-alamat"}}
    body = check_problem(caller.post("tickets/", bad_mail), 422, "handle.bad_email")
    assert "tidak lengkap" in body["detail"]
    check_problem(caller.post("tickets/", {**NEW, "channel": "LAPOR"}), 422, "channel.makes_no_tickets")
    assert not Ticket.objects.exists()


def test_filters_find_what_they_name(call):
    laras = make.staff("laras")
    plain = make.ticket()
    chat = make.ticket(
        channel=make.channel("WHATSAPP"), contact=make.contact("yosef"), topic=make.topic("DBH"), at=make.NOW + make.DAY
    )
    student = make.ticket(contact=make.contact("rangga"), at=make.NOW + 2 * make.DAY)
    sorting.assign(ticket=chat, to=laras, at=make.NOW + 3 * make.DAY, actor=laras)
    caller = call("laras")

    def found(**query):
        return numbers(caller.get("tickets/", ordering="created_at", **query))

    assert found() == [plain.number, chat.number, student.number]
    assert found(channel="WHATSAPP") == [chat.number]
    assert found(channel="WHATSAPP,EMAIL") == [plain.number, chat.number, student.number]
    assert found(topic="DBH") == [chat.number]
    assert found(status="OPEN") == [chat.number]
    assert found(zone="WIT") == [chat.number]
    assert found(service_hours="UNKNOWN") == [student.number]
    assert found(region="73.06") == [plain.number]
    assert found(province="73,91") == [plain.number, chat.number]
    assert found(user_group="AKADEMISI") == [student.number]
    assert found(assignee="laras") == [chat.number]
    assert found(contact=student.contact_id) == [student.number]
    assert found(created_from="2024-08-16", created_to="2024-08-17") == [chat.number]
    assert found(created_from="2024-08-16T02:30:00Z", created_to="2024-08-17T09:30:00+07:00") == [chat.number]
    assert found(changed_from="2024-08-17T12:00:00Z") == [chat.number]
    assert found(is_spam="false", source="LIVE") == [plain.number, chat.number, student.number]
    assert found(unit="PK.2") == []


def test_a_ticket_whose_split_was_undone_is_listed_only_when_asked_for(call):
    ticket, other = make.ticket(), make.ticket()
    message, _new = store_message(
        channel=ticket.channel, external_id="m2", contact=ticket.contact, body="Dan DBH?", at=make.NOW + make.HOUR
    )
    laras = make.staff("laras")
    receive_message(ticket=ticket, message=message, at=make.NOW + make.HOUR)
    new = split_message(entry=ticket.entries.last(), at=make.NOW + 2 * make.HOUR, actor=laras)
    undo_split(event=ticket.events.get(code="ticket.split"), at=make.NOW + 2 * make.HOUR, actor=laras)
    merge_tickets(ticket=other, into=ticket, at=make.NOW + 2 * make.HOUR, actor=laras)
    caller = call("laras")
    assert numbers(caller.get("tickets/")) == [other.number, ticket.number], "one merged by somebody stays in the list"
    assert numbers(caller.get("tickets/", split_undone="true")) == [new.number]
    assert numbers(caller.get("tickets/", split_undone="false")) == [other.number, ticket.number]
    assert caller.get(f"tickets/{new.number}/").json()["merged_into"] == ticket.number


def test_paging_by_equal_moments_loses_nothing(call):
    made = [make.ticket().number for _ in range(5)]
    caller = call("laras")
    page = caller.get("tickets/", page_size=2).json()
    seen = [row["number"] for row in page["results"]]
    while page["next"]:
        page = caller.client.get(page["next"]).json()
        seen += [row["number"] for row in page["results"]]
    assert seen == made[::-1]
    assert numbers(caller.client.get(page["previous"])) == made[::-1][2:4]


def test_a_correction_runs_the_verbs_and_leaves_their_events(call):
    ticket = make.ticket()
    laras = call("laras")
    body = laras.client.patch(
        f"/api/v1/tickets/{ticket.number}/",
        {
            "topic": "DBH",
            "assignee": "laras",
            "priority": "URGENT",
            "region": "91.03",
            "user_group": "LAINNYA",
            "tags": ["a"],
        },
        content_type="application/json",
    ).json()
    assert (body["topic"], body["assignee"]["username"], body["priority"]) == ("DBH", "laras", "URGENT")
    assert (body["zone"], body["status"], body["user_group"], body["tags"]) == ("WIT", "OPEN", "LAINNYA", ["a"])
    codes = set(TicketEvent.objects.filter(ticket=ticket, actor=laras.user).values_list("code", flat=True))
    assert codes == {
        f"ticket.{what}" for what in ("topic_set", "assigned", "priority_set", "region_set", "group_set", "tags_set")
    }
    refused = laras.client.patch(
        f"/api/v1/tickets/{ticket.number}/", {"status": "CLOSED"}, content_type="application/json"
    )
    assert check_problem(refused, 400, "invalid")["errors"][0]["code"] == "not_writable"


def test_a_refused_part_undoes_the_whole_correction(call):
    ticket = make.ticket()
    make.staff("damar")
    response = call("laras").client.patch(
        f"/api/v1/tickets/{ticket.number}/", {"topic": "DBH", "assignee": "damar"}, content_type="application/json"
    )
    check_problem(response, 422, "ticket.not_an_agent")
    ticket.refresh_from_db()
    assert ticket.topic is None


def test_replies_and_notes_become_entries(call):
    ticket = make.ticket()
    caller = call("laras")
    reply = caller.post(f"tickets/{ticket.number}/replies/", {"text": "Sedang kami cek.", "waits_for_requester": True})
    assert reply.status_code == 201, reply.json()
    assert reply.json()["message"]["body"] == "Sedang kami cek."
    assert reply.json()["message"]["direction"] == "OUT"
    note = caller.post(f"tickets/{ticket.number}/notes/", {"text": "Tunggu SK."}).json()
    assert (note["kind"], note["note"], note["author"]["username"]) == ("NOTE", "Tunggu SK.", "laras")
    entries = caller.get(f"tickets/{ticket.number}/entries/").json()["results"]
    assert [entry["kind"] for entry in entries] == ["MESSAGE", "MESSAGE", "NOTE"]
    assert [
        entry["kind"] for entry in caller.get(f"tickets/{ticket.number}/entries/", kind="NOTE").json()["results"]
    ] == ["NOTE"]
    ticket.refresh_from_db()
    assert ticket.status == "WAITING_REQUESTER"


def test_closing_and_reopening(call):
    ticket = make.ticket()
    caller = call("laras")
    address = f"tickets/{ticket.number}/closure/"
    check_problem(caller.delete(address), 409, "ticket.not_closed")
    check_problem(caller.post(address), 422, "ticket.needs_topic")
    closed = caller.post(address, {"topic": "DAU", "reason": "Terjawab"}).json()
    assert (closed["status"], closed["topic"]) == ("CLOSED", "DAU")
    assert closed["closed_at"]
    check_problem(caller.post(address), 409, "ticket.closed")
    assert caller.delete(address).json()["status"] == "OPEN"
    codes = list(ticket.events.values_list("code", flat=True))
    assert codes == ["ticket.opened", "ticket.closed", "ticket.reopened"]


def test_spam_and_back(call):
    ticket = make.ticket()
    caller = call("laras")
    assert caller.post(f"tickets/{ticket.number}/spam/", {"reason": "iklan"}).json()["is_spam"] is True
    assert numbers(caller.get("tickets/", is_spam="true")) == [ticket.number]
    assert caller.delete(f"tickets/{ticket.number}/spam/").json()["status"] == "NEW"


def test_lists_cost_the_same_whatever_they_hold(call, django_assert_num_queries):
    laras = make.staff("laras")
    caller = call("laras")
    caller.get("tickets/")
    for key in ("arung", "melati", "yosef"):
        ticket = make.ticket(contact=make.contact(key), topic=make.topic("DAU"))
        sorting.assign(ticket=ticket, to=laras, at=make.NOW, actor=laras)
        for n in range(3):
            conversation.post_reply(ticket=ticket, text=f"Jawaban {n}", at=make.NOW, actor=laras)
    with django_assert_num_queries(4):  # token with its user, roles, the page, the access log
        assert len(numbers(caller.get("tickets/"))) == 3
    with django_assert_num_queries(6):  # and: the ticket, its entries, their attachments
        assert len(caller.get(f"tickets/{ticket.number}/entries/").json()["results"]) == 5
    with django_assert_num_queries(5):  # and the handles
        assert caller.get("contacts/").status_code == 200
    with django_assert_num_queries(3):
        assert caller.get("topics/").status_code == 200
    for code in ("PK.2", "PK.4", "PK.6"):
        escalate(ticket, unit=make.unit(code), at=make.NOW + make.HOUR, actor=laras)
    with django_assert_num_queries(4):
        assert len(caller.get("escalations/").json()["results"]) == 3
    with django_assert_num_queries(5):
        assert len(caller.get(f"tickets/{ticket.number}/escalations/").json()["results"]) == 3
    for number in range(3):
        visit = Visit.objects.create(
            number=f"K-{number}", guest_count=2, held_on=make.NOW.date(), visitor="Kab. Gowa", user_group="PEMDA"
        )
        VisitTopic.objects.create(visit=visit, topic=make.topic("DAU"))
    with django_assert_num_queries(4):  # token, roles, the page, its topics
        assert len(caller.get("visits/").json()["results"]) == 3


def test_every_reading_of_a_person_is_written_down(call):
    ticket = make.ticket()
    caller = call("laras")
    caller.get("tickets/", topic="DAU")
    caller.get(f"tickets/{ticket.number}/")
    caller.get(f"tickets/{ticket.number}/entries/")
    caller.get(f"contacts/{ticket.contact_id}/")
    log = AccessLog.objects.filter(user=caller.user).order_by("id")
    assert [(line.action, line.record_id) for line in log] == [
        ("ticket.listed", None),
        ("ticket.read", ticket.pk),
        ("ticket.read", ticket.pk),
        ("contact.read", ticket.contact_id),
    ]
    assert log[0].reason == "topic=DAU"


def test_addresses_are_masked_unless_the_scope_and_the_role_allow_them(call):
    person = make.contact("arung")
    path = f"contacts/{person.pk}/"

    def values(caller):
        return {handle["value"] for handle in caller.get(path).json()["handles"]}

    masked = {"a•••@gowa.example", "+62••••001"}
    assert values(call("laras", ["contacts:read"])) == masked
    assert values(call("ratna")) == masked
    full = values(call("laras", ["contacts:read", "contacts:personal"]))
    assert "arung@gowa.example" in full
    assert not full & masked


def test_a_contact_is_found_by_its_address(call):
    person = make.contact("arung")
    make.contact("melati")
    caller = call("laras")
    assert [row["id"] for row in caller.get("contacts/", email="ARUNG@gowa.example").json()["results"]] == [person.pk]
    assert check_problem(caller.get("contacts/", email="x"), 400, "invalid")["errors"][0]["code"] == "handle.bad_email"
    check_problem(caller.get("tickets/", is_spam="ya"), 400, "invalid")


def test_a_reply_may_answer_one_message_and_says_which(call):
    ticket = make.ticket(channel=make.channel("LIVE_CHAT"))
    first = ticket.entries.filter(kind="MESSAGE").get()
    caller = call("laras")
    path = f"tickets/{ticket.number}/replies/"
    answer = caller.post(path, {"text": "Tanggal 20.", "quoted_entry": first.pk})
    assert (answer.status_code, answer.json()["quoted_entry"]) == (201, first.pk)
    assert caller.post(path, {"text": "Lagi.", "quoted_entry": 10**9}).json()["code"] == "quote.unknown"
    listed = caller.get(f"tickets/{ticket.number}/entries/").json()["results"]
    assert [row["quoted_entry"] for row in listed] == [None, first.pk]
