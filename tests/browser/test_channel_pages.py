"""What administrators see of channels, and what agents see of difficult mails, on desktop and phone."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from calls.extensions import set_extension
from kernel.secrets import seal
from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from messaging.models import Attachment, Connection, Message
from tests import factories as make
from tests.browser.test_report_page import findings, overflow
from tests.messaging.mails import CALL_CENTRE, raw
from tests.messaging.test_mail_parts import forwarded
from tickets.models import Ticket

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])


def shot(page, name):
    """A picture to look at, where DERING_SHOTS names a folder."""
    if folder := os.environ.get("DERING_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def admin(live, page):
    user = make.staff("nala")
    user.set_password("kata-sandi-uji")
    user.save()
    page.goto(f"{live.url}/masuk/")
    page.fill("[name=login], [name=username]", "nala")
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda address: "/masuk/" not in address)
    return page


def dressed(page, live, width, theme):
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live.url}])
    page.set_viewport_size({"width": width, "height": 900})


def sound(page):
    assert findings(page) == []
    assert overflow(page) <= 0


def calls_back(line: Connection, at) -> None:
    """One of each state: told, waiting to be told again, refused."""
    for number, (state, why) in enumerate(
        (("DELIVERED", ""), ("QUEUED", "HAI tidak dapat dihubungi."), ("FAILED", "HAI menolak jawaban (404)."))
    ):
        Message.objects.create(
            channel=line.channel, external_id=f"out:{number}", direction="OUT", contact=make.contact(), delivery=state,
            body="Status tiket: Terbuka", details={"status": "in_progress", "thread": f"HAI-2024-00012{number}"},
            received_at=at - timedelta(minutes=number), delivery_reason=why, attempts=number + 1, claimed_by="tickets",
            next_attempt_at=at + timedelta(minutes=4) if state == "QUEUED" else None,
        )  # fmt: skip


@SIZES
def test_call_backs_and_extensions(live, admin, width, theme):
    now = timezone.now()
    line = Connection.objects.create(
        channel=make.channel("HAI"), name="HAI", address="hai", settings={"callback_url": "https://hai.example/"},
        secrets=seal({"secret": "x"}),
    )  # fmt: skip
    calls_back(line, now)
    set_extension(user=make.staff("laras"), number="2101", at=now, actor=None)
    mails = Connection.objects.create(
        channel=make.channel(), name="Contact Center DJPK", address=CALL_CENTRE, held_until=now + timedelta(minutes=5),
        settings={"imap_host": "imap.djpk.example", "oauth_token_url": "https://masuk.example/token"},
    )  # fmt: skip
    dressed(admin, live, width, theme)
    for name, path in (
        ("panggilan", f"/kanal/{line.pk}/panggilan/"),
        ("ekstensi", "/telepon/ekstensi/"),
        ("sambungan", f"/kanal/{mails.pk}/"),
        ("ubah", f"/kanal/{mails.pk}/ubah/"),
    ):
        admin.goto(live.url + path)
        shot(admin, f"{name}-{width}")
        sound(admin)


@SIZES
def test_a_difficult_mail_on_its_ticket(live, admin, width, theme):
    Connection.objects.create(channel=make.channel(), address=CALL_CENTRE, settings={"authserv_id": "mx.djpk.example"})
    head = b"Authentication-Results: mx.djpk.example; spf=pass; dkim=fail; dmarc=fail\r\n"
    message = receive_mail(head + forwarded(), at=timezone.now()).message
    Attachment.objects.filter(message=message, position=0).update(scan="INFECTED", scan_said="Eicar-Test-Signature")
    Attachment.objects.filter(message=message, position=1).update(scan="WAITING")
    signed = raw(
        "From: arung@gowa.example", "Message-ID: <s@gowa.example>", "Subject: Uji",
        "Content-Type: multipart/signed; boundary=S", "", "--S", "Content-Type: text/plain", "", "Tambahan", "--S--",
    )  # fmt: skip
    claim_in_order(message=receive_mail(signed, at=timezone.now()).message, at=timezone.now())
    dressed(admin, live, width, theme)
    admin.goto(f"{live.url}/tiket/{Ticket.objects.get().number}/")
    admin.wait_for_selector("text=bertanda tangan digital")
    admin.wait_for_selector("text=ditahan: Eicar-Test-Signature")
    assert admin.locator("text=Unduh surat").count() == 2
    shot(admin, f"surat-{width}")
    sound(admin)


def test_columns_of_all_channels_stand_below_each_other(live, admin):
    for code, address in (("WHATSAPP", "+6200011500420"), ("EMAIL", CALL_CENTRE), ("PHONE", "avaya")):
        Connection.objects.create(channel=make.channel(code), name=f"Sambungan {code}", address=address)
    admin.goto(f"{live.url}/kanal/")
    places = admin.eval_on_selector_all(
        ".dr-lines",
        "all => all.map(one => [...one.rows[0].cells].map(cell => Math.round(cell.getBoundingClientRect().x)).join())",
    )
    assert len(places) == 3
    assert len(set(places)) == 1
    sound(admin)
