"""Whatever is sent to the addresses for machines, and whatever comes as mail: no 500, no long work, nothing lost."""

import json
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from calls.models import CallSignal
from djpk.simulator.graph import signature as meta_signature
from kernel.hooks import DEEPEST, read_json
from kernel.secrets import seal
from kernel.signing import signature
from messaging.claiming import claim_in_order
from messaging.email.parsing import parse_mail
from messaging.email.receiving import receive_mail
from messaging.files import read_file
from messaging.incoming import name_of
from messaging.models import Connection, Message
from tests import factories as make
from tests.messaging.mails import bounce, mail
from tests.messaging.test_mail_parts import forwarded, winmail, with_part

SECRET = "rahasia"
LONGEST = 2.0  # seconds of work a call may take
AT_RANDOM = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextmanager
def briefly():
    """The work done, not the time passed: others may keep the machine busy."""
    began = time.process_time()
    yield
    assert time.process_time() - began < LONGEST


@pytest.fixture
def lines(db):
    for code, told, kept in (
        ("WHATSAPP", {"phone_number_id": "1055"}, {"app_secret": SECRET}),
        ("HAI", {}, {"secret": SECRET}),
        ("PHONE", {}, {"secret": SECRET}),
    ):
        Connection.objects.create(
            channel=make.channel(code), name=code, address=code, settings=told, secrets=seal(kept)
        )


def send(where: str, raw: bytes) -> int:
    """The status of a call that is signed as it should be."""
    moment = str(int(timezone.now().timestamp()))
    headers = {
        "whatsapp": {"X-Hub-Signature-256": meta_signature(SECRET, raw)},
        "hai": {"X-HAI-Timestamp": moment, "X-HAI-Signature": signature(SECRET, moment, raw)},
        "cti": {"X-CTI-Timestamp": moment, "X-CTI-Signature": signature(SECRET, moment, raw)},
    }[where]
    with briefly():
        return Client().post(f"/hooks/{where}/", raw, content_type="application/json", headers=headers).status_code


HOOKS = ["whatsapp", "hai", "cti"]
NASTY = [
    b"", b"{", b"\xff\xfe", b"[" * 200_000, b'{"a":' * 50_000, b"NaN", b'{"a": Infinity}', b'{"a": 1e999}', b"9" * 6000,
    b'"\\ud800"', b'{"\\u0000": "\\u0000"}', b"null", b"[]", b"0", b'"x"', b"[" * 80 + b"]" * 80, b" " * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize("where", HOOKS)
def test_what_is_no_json_or_no_call_is_told_so(lines, where):
    wanted = {"whatsapp": {200, 400}, "hai": {400, 422}, "cti": {400, 422}}[where]
    assert {send(where, raw) for raw in NASTY} <= wanted
    assert not Message.objects.exists()


@pytest.mark.parametrize("where", HOOKS)
def test_what_is_too_large_is_not_read(lines, where):
    assert send(where, b"x" * (40 * 1024 * 1024)) == 413


def test_brackets_within_brackets_have_an_end():
    fits, deep = (b"[" * n + b"]" * n for n in (DEEPEST, DEEPEST + 1))
    assert read_json(fits)
    with pytest.raises(ValueError, match="deep"):
        read_json(deep)


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12), st.sampled_from(["\x00", " ", "\ud800", "1723689000", "99999999999999999999", "-1", "sent", "read", "x" * 400]),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)  # fmt: skip
KINDS = st.sampled_from(["text", "image", "location", "contacts", "interactive", "button", "reaction", "document", "order", "system", "?"])  # fmt: skip
MESSAGE = st.fixed_dictionaries(
    {"id": ODD, "from": ODD, "type": KINDS | ODD},
    optional=dict.fromkeys(("timestamp", "context", "text", "image", "location", "contacts", "interactive", "button", "reaction", "document", "errors"), ODD),
)  # fmt: skip
STATUS = st.fixed_dictionaries(
    {"id": ODD, "status": ODD}, optional=dict.fromkeys(("timestamp", "errors", "recipient_id"), ODD)
)
VALUE = st.fixed_dictionaries(
    {"messages": st.lists(MESSAGE, max_size=3) | ODD, "statuses": st.lists(STATUS, max_size=3) | ODD},
    optional={"contacts": ODD, "metadata": ODD},
)  # fmt: skip


def _known(message: object) -> str:
    """The id by which WhatsApp's message can be kept; empty for one without."""
    if not isinstance(message, dict) or not message.get("from"):
        return ""
    return str(message.get("id") or "").replace("\x00", "").strip()


@AT_RANDOM
@given(VALUE)
@example({"messages": [{"id": " ", "from": "1", "type": "text"}], "statuses": [{"id": "a", "status": []}]})
@example({"messages": [{"id": "a", "from": "62", "type": "location", "location": {"latitude": 1e308}}], "statuses": []})
def test_every_message_of_a_whatsapp_call_that_has_an_id_is_kept(lines, value):
    raw = json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()
    assert send("whatsapp", raw) == 200
    given_ids = {name_of(_known(one)) for one in value["messages"]} if isinstance(value["messages"], list) else set()
    assert set(
        Message.objects.filter(external_id__in=given_ids - {""}).values_list("external_id", flat=True)
    ) == given_ids - {""}


def test_two_long_ids_that_begin_alike_are_two_messages(lines):
    messages = [{"id": "w" * 300 + end, "from": "620001000001", "type": "text", "text": {"body": end}} for end in "ab"]
    value = {"messages": messages, "statuses": []}
    assert (
        send("whatsapp", json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()) == 200
    )
    assert sorted(Message.objects.values_list("body", flat=True)) == ["a", "b"]


EVENT = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("id", "ticket", "subject", "text", "requester", "attachments", "status"), ODD),
)  # fmt: skip
REQUESTER = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "email", "phone"), ODD))


@AT_RANDOM
@given(EVENT, REQUESTER)
@example({"id": "e-1", "ticket": "H-1", "text": "Halo"}, {"email": "bukan alamat", "phone": "+6200010000001"})
@example({"id": "e-2", "ticket": "H-1", "text": "Halo"}, {"email": "bukan alamat"})
def test_an_event_of_hai_is_taken_or_told_what_is_wrong(lines, event, requester):
    before = Message.objects.count()
    for body in (event, {**event, "requester": requester}):
        status = send("hai", json.dumps(body).encode())
        assert status in (202, 422)
        if status == 202:
            message = Message.objects.latest("id")
            claim_in_order(message=message, at=timezone.now())
            message.refresh_from_db()
            assert message.claimed_by == "tickets"
    assert Message.objects.count() >= before


CALL = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("call_id", "event_id", "number", "extension", "direction", "recording_url"), ODD)
    | {"event": st.sampled_from(["ring", "answer", "hold", "resume", "transfer", "end"]) | ODD}
    | {"at": st.timedeltas(timedelta(days=-3000), timedelta(days=3000)).map(lambda gap: (timezone.now() + gap).isoformat()) | ODD},
)  # fmt: skip


@AT_RANDOM
@given(st.lists(CALL, max_size=3))
def test_events_of_the_exchange_are_taken_together_or_told_what_is_wrong(lines, events):
    before = CallSignal.objects.count()
    for body in (*events, {"events": events}):
        status = send("cti", json.dumps(body).encode())
        assert status in (200, 422)
        if status == 422:
            assert CallSignal.objects.count() == before
        before = CallSignal.objects.count()


PARTS = ["text/plain", "text/html; charset=?", "multipart/mixed; boundary=M", "multipart/mixed", "message/rfc822",
         "application/ms-tnef", "application/pkcs7-mime", "text/calendar", "message/delivery-status", "multipart/signed; boundary=M"]  # fmt: skip
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Reply-To", "Content-Type",
           "Content-Transfer-Encoding", "Authentication-Results", "Auto-Submitted", "Content-Disposition"]  # fmt: skip
VALUES = st.sampled_from([*PARTS, "base64", "quoted-printable", "uuencode", "=?utf-8?B?!!?=", "<a@b.example>", "a@b.example", "=?x?q?=ff?=",
                          "attachment; filename*=utf-8''%ff", "Arung <arung@gowa.example>", "Thu, 99 Foo 2024", "auto-replied"]) | st.text(max_size=30)  # fmt: skip
LINE = st.tuples(st.sampled_from(HEADERS), VALUES).map(lambda pair: f"{pair[0]}: {pair[1]}".encode("utf-8", "replace"))
BODY = st.lists(
    st.sampled_from([b"--M", b"--M--", b"", b"halo", b"begin 644 x", b"=FF=", b"////", b"\xff\x00"]) | LINE, max_size=8
)
WHOLE = [mail(), bounce("a@b.example"), forwarded(), with_part("application/ms-tnef", winmail())]


@st.composite
def mails(draw) -> bytes:
    """Headers and parts thrown together, or a good mail with a piece of it exchanged."""
    if draw(st.booleans()):
        return b"\r\n".join([*draw(st.lists(LINE, max_size=8)), b"", *draw(BODY)])
    source, noise = draw(st.sampled_from(WHOLE)), draw(st.binary(max_size=200))
    at = draw(st.integers(0, len(source)))
    return source[:at] + noise + source[at + draw(st.integers(0, 60)) :]


@settings(max_examples=300, deadline=None)
@given(mails())
def test_whatever_comes_as_mail_is_read_without_long_work(raw):
    with briefly():
        parsed = parse_mail(raw)
    assert (parsed.raw, bool(parsed.external_id)) == (raw, True)


@pytest.mark.parametrize(
    "kind", ["(", "<", "[", '"', ",", ";", "=?utf-8?q?", "a@b,", "<a@b>", ">", "\\", "(()", "=?utf-8?B?/w==?= "]
)
def test_headers_and_html_of_one_thing_over_and_over_take_no_long_work(kind):
    text = kind * (200_000 // len(kind))
    with briefly():
        parse_mail(
            f"From: {text[:60_000]}\r\nSubject: {text}\r\nReferences: {text}\r\nAuthentication-Results: {text}\r\n\r\n".encode()
        )
    with briefly():
        parse_mail(f"From: a@b.example\r\nContent-Type: text/html\r\n\r\n{text}<img {text}".encode())
    with briefly():
        parse_mail(
            f"From: MAILER-DAEMON@b.example\r\nSubject: Undelivered\r\nContent-Type: {text[:60_000]}\r\n\r\n{text}".encode()
        )


def test_many_parts_within_parts_take_no_long_work():
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(400))
    wide = (
        b"Content-Type: multipart/mixed; boundary=M\r\n\r\n" + b"--M\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 20_000
    )
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 400
    for raw in (deep, wide, nested):
        began = time.process_time()
        parse_mail(b"From: a@b.example\r\n" + raw)
        assert time.process_time() - began < 5


@AT_RANDOM
@given(mails())
def test_whatever_comes_as_mail_is_kept_whole_and_taken(lines, raw):
    before = Message.objects.filter(direction="IN").count()
    received = receive_mail(raw, at=make.NOW)
    claim_in_order(message=received.message, at=make.NOW)
    received.message.refresh_from_db()
    assert received.message.claimed_by
    assert Message.objects.filter(direction="IN").count() == before + received.new
    if received.new and raw:
        assert read_file(received.message.raw) == raw
