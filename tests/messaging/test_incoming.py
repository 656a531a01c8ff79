"""Text that PostgreSQL cannot keep: it is made fit, wherever it stands, and no message is lost for it."""

import json

import pytest

from messaging.email.receiving import receive_mail
from messaging.incoming import Incoming, Part, Sender, receive
from messaging.models import Message
from tests import factories as make
from tests.messaging.mails import mail

NUL, HALF = "a\x00b", "a\ud800b"


@pytest.mark.parametrize("odd", [NUL, HALF])
def test_odd_text_is_kept_in_every_place(db, odd):
    incoming = Incoming(
        external_id=f"id-{odd}",
        sender=Sender(email="arung@gowa.example", name=odd),
        body=odd,
        subject=odd,
        html=odd,
        parts=[Part(odd, b"isi", odd)],
        references=[odd],
        details={odd: [odd, {"dalam": odd}], "angka": 3},
    )
    first, new = receive(incoming, channel=make.channel(), at=make.NOW)
    again, twice = receive(incoming, channel=make.channel(), at=make.NOW)
    assert (new, twice, again) == (True, False, first)
    stored = Message.objects.get()
    assert "\x00" not in json.dumps(stored.details)
    assert stored.details["angka"] == 3
    assert stored.attachments.get().name.startswith("a")


def test_a_mail_with_nul_in_its_headers_comes_in_once(db):
    raw = mail().replace(b"<1@gowa.example>", b"<1\x00@gowa.example>").replace(b"Penyaluran", b"Penya\x00luran")
    assert receive_mail(raw, at=make.NOW).new
    assert not receive_mail(raw, at=make.NOW).new
