"""Held mails, warnings of what the headers say, and HTML that runs nothing and loads nothing unasked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Refused
from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from messaging.files import store_file
from messaging.models import Attachment, Connection, Message
from people.models import AccessLog
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE, mail
from tests.tickets.test_inbox import signed_in
from tickets.models import Ticket
from tickets.receiving.quarantine import discard_message, held_messages, release_message

pytestmark = pytest.mark.django_db
NOW = make.NOW


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + make.HOUR)


def take(raw: bytes) -> Message:
    message = receive_mail(raw, at=NOW).message
    claim_in_order(message=message, at=NOW)
    message.refresh_from_db()
    return message


def test_spam_waits_and_is_released_as_a_ticket():
    held = take(mail("Kapan DAU salur?", X_Spam_Flag="YES"))
    assert not Ticket.objects.exists()
    client = signed_in("laras")
    assert "Kapan DAU salur?" in client.get("/tiket/karantina/").content.decode()
    answered = client.post(f"/tiket/karantina/{held.pk}/lepas/")
    ticket = Ticket.objects.get()
    assert answered.headers["Location"] == f"/tiket/{ticket.number}/"
    assert list(held_messages()) == []
    with pytest.raises(Refused):
        release_message(message=held, at=NOW, actor=make.staff("laras"))
    assert Ticket.objects.count() == 1


def test_files_of_what_is_held_are_named_with_their_size_and_not_given_out(django_assert_num_queries):
    for number in range(3):
        held = take(mail("Klik", X_Spam_Flag="YES", Message_ID=f"<{number}@spam.example>"))
        Attachment.objects.create(message=held, file=store_file(b"x" * 2048, at=NOW), name=f"formulir-{number}.zip")
    client = signed_in("laras")
    client.get("/tiket/karantina/")
    with CaptureQueriesContext(connection) as three:
        page = client.get("/tiket/karantina/").content.decode()
    assert all(f"formulir-{number}.zip" in page for number in range(3))
    assert "2,0\xa0KB" in page
    assert "/berkas/" not in page
    Message.objects.exclude(pk=held.pk).update(claimed_by="discarded")
    with django_assert_num_queries(len(three)):
        client.get("/tiket/karantina/")


def test_of_a_long_mail_that_is_held_the_rest_unfolds():
    take(mail("Yth. " + "kata " * 200 + "akhir", X_Spam_Flag="YES"))
    page = signed_in("laras").get("/tiket/karantina/").content.decode()
    assert page.index("<summary>Tampilkan selengkapnya") < page.index("akhir")


def test_who_wrote_what_was_released_is_answered_like_anybody():
    held = take(mail("Kapan DAU salur?", X_Spam_Flag="YES"))
    ticket = release_message(message=held, at=NOW, actor=make.staff("laras"))
    [answer] = Message.objects.filter(direction="OUT")
    assert ticket.number in answer.body
    machine = take(mail("Promo", X_Spam_Flag="YES", Message_ID="<2@gowa.example>", List_Id="<promo.gowa.example>"))
    release_message(message=machine, at=NOW, actor=make.staff("laras"))
    assert Message.objects.filter(direction="OUT").count() == 1


def test_what_is_discarded_is_kept_and_makes_no_ticket():
    held = take(mail("Menang undian", X_Spam_Flag="YES"))
    discard_message(message=held, at=NOW, actor=make.staff("laras"))
    held.refresh_from_db()
    assert (held.claimed_by, held.raw is not None) == ("discarded", True)
    assert not Ticket.objects.exists()
    assert (
        "tidak lagi di karantina"
        in signed_in("laras").post(f"/tiket/karantina/{held.pk}/lepas/", follow=True).content.decode()
    )


def test_only_what_is_held_can_be_released():
    message = take(mail())
    with pytest.raises(Refused):
        release_message(message=message, at=NOW, actor=make.staff("laras"))
    assert Ticket.objects.count() == 1


def our_server() -> None:
    """A mailbox whose mail server writes its findings under this name."""
    Connection.objects.create(channel=make.channel(), address=CALL_CENTRE, settings={"authserv_id": "mx.djpk.example"})


def test_a_sender_who_is_not_proven_is_warned_of():
    our_server()
    take(mail(Authentication_Results="mx.djpk.example; spf=fail; dkim=fail; dmarc=fail"))
    ticket = Ticket.objects.get()
    shown = signed_in("laras").get(f"/tiket/{ticket.number}/").content.decode()
    assert "Pengirim tidak terbukti (SPF, DKIM, DMARC gagal)" in shown
    assert "SPF fail · DKIM fail · DMARC fail" in shown


def test_what_somebody_elses_server_says_is_not_shown():
    our_server()
    take(mail(Authentication_Results="mx.penipu.example; spf=pass; dkim=pass; dmarc=pass"))
    assert "DKIM" not in signed_in("laras").get(f"/tiket/{Ticket.objects.get().number}/").content.decode()


def test_a_mail_can_be_saved_as_it_came_and_only_from_its_ticket():
    raw = mail("Kapan DAU salur?")
    message = take(raw)
    ticket, other, client = Ticket.objects.get(), make.ticket(), signed_in("laras")
    answered = client.get(f"/tiket/{ticket.number}/pesan/{message.pk}/surat/")
    assert b"".join(answered.streaming_content) == raw
    assert answered.headers["Content-Disposition"] == f'attachment; filename="{ticket.number}-{message.pk}.eml"'
    assert "sandbox" in answered.headers["Content-Security-Policy"]
    assert client.get(f"/tiket/{other.number}/pesan/{message.pk}/surat/").status_code == 404
    assert AccessLog.objects.filter(action="ticket.mail_saved").count() == 1


def test_a_proven_sender_is_not():
    our_server()
    take(mail(Authentication_Results="mx.djpk.example; spf=pass; dkim=pass; dmarc=pass"))
    shown = signed_in("laras").get(f"/tiket/{Ticket.objects.get().number}/").content.decode()
    assert "Pengirim tidak terbukti" not in shown
    assert "SPF pass · DKIM pass · DMARC pass" in shown
    assert "Tampilan asli" not in shown  # plain text


def html_mail() -> tuple[Ticket, Message]:
    ticket = make.ticket()
    message = ticket.entries.first().message
    Attachment.objects.create(
        message=message, file=store_file(b"\x89PNG\r\n\x1a\n1", at=NOW), name="logo.png", content_id="logo@x"
    )
    message.html = '<p>Halo</p><img data-cid="logo@x"><img alt="a > b" data-remote="//jejak.example/p.gif?a=1&amp;b=2">'
    message.save(update_fields=["html"])
    return ticket, message


def test_pictures_of_the_mail_are_shown_and_those_from_outside_only_when_asked():
    ticket, message = html_mail()
    client = signed_in("laras")
    assert "Tampilan asli" in client.get(f"/tiket/{ticket.number}/").content.decode()
    answered = client.get(f"/tiket/{ticket.number}/pesan/{message.pk}/asli/")
    shown, policy = answered.content.decode(), answered.headers["Content-Security-Policy"]
    attachment = message.attachments.get()
    assert f'src="/tiket/{ticket.number}/berkas/{attachment.pk}/?lihat"' in shown
    assert 'src="https://jejak' not in shown
    assert "1 gambar dari luar diblokir" in shown
    assert "default-src 'none'" in policy
    assert "img-src 'self';" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert answered.headers["X-Frame-Options"] == "SAMEORIGIN"
    asked = client.get(f"/tiket/{ticket.number}/pesan/{message.pk}/asli/?gambar=1")
    assert 'src="https://jejak.example/p.gif?a=1&amp;b=2"' in asked.content.decode()
    assert asked.headers["Referrer-Policy"] == "no-referrer"
    assert "diblokir" not in asked.content.decode()


def test_a_mail_without_html_and_another_tickets_message_are_not_found():
    _ticket, message = html_mail()
    other = make.ticket()
    client = signed_in("laras")
    assert client.get(f"/tiket/{other.number}/pesan/{message.pk}/asli/").status_code == 404
    assert client.get(f"/tiket/{other.number}/pesan/{other.entries.first().message.pk}/asli/").status_code == 404
