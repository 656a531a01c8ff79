"""The channels' page: connecting, credentials that are never shown, trying, pausing, health, templates."""

import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from django.utils import timezone

from djpk.simulator.graph import Graph, serve
from kernel.secrets import seal, unseal
from messaging.lines.health import health_of
from messaging.models import Connection, Message, MessageTemplate
from people.models import AccessLog
from tests import factories as make
from tests.calls.conftest import post as called
from tests.messaging.conftest import mailbox, post  # noqa: F401
from tests.messaging.test_outbox import answer

pytestmark = pytest.mark.django_db
SECRET = "sangat-rahasia"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make.staff("nala"))
    return client


def text(response) -> str:
    return response.content.decode()


def test_a_mailbox_is_connected_by_form_and_its_password_never_shown(admin):
    fields = {"address": "callcenter@djpk.example", "name": "Contact Center", "setting-imap_host": "imap.djpk.example",
              "setting-imap_port": "993", "setting-imap_security": "tls", "setting-smtp_security": "starttls",
              "secret-imap_password": SECRET}  # fmt: skip
    answered = admin.post("/kanal/baru/?kanal=EMAIL", fields)
    row = Connection.objects.get()
    assert answered.headers["Location"] == f"/kanal/{row.pk}/"
    assert unseal(row.secrets) == {"imap_password": SECRET}
    assert SECRET not in row.secrets
    for page in (f"/kanal/{row.pk}/", f"/kanal/{row.pk}/ubah/", "/kanal/"):
        assert SECRET not in text(admin.get(page))
    assert "tersimpan terenkripsi" in text(admin.get(f"/kanal/{row.pk}/"))
    assert SECRET not in "".join(AccessLog.objects.values_list("reason", flat=True))
    fields |= {"secret-imap_password": "", "setting-imap_host": "imap2.djpk.example"}
    admin.post(f"/kanal/{row.pk}/ubah/", fields)
    row.refresh_from_db()
    assert (row.settings["imap_host"], unseal(row.secrets)) == ("imap2.djpk.example", {"imap_password": SECRET})


def test_the_live_chat_is_connected_with_the_sites_that_show_it(admin):
    fields = {"address": "obrolan", "name": "Live Chat", "setting-sites": "https://djpk.example"}
    answered = admin.post("/kanal/baru/?kanal=LIVE_CHAT", fields)
    row = Connection.objects.get()
    assert (row.channel.code, row.settings["sites"]) == ("LIVE_CHAT", "https://djpk.example")
    assert "Live Chat" in text(admin.get("/kanal/"))
    assert "https://djpk.example" in text(admin.post(f"{answered.headers['Location']}uji/"))


def test_live_chat_without_sites_is_for_our_own_pages(admin):
    line = Connection.objects.create(channel=make.channel("LIVE_CHAT"), name="Live Chat", address="obrolan")
    assert "hanya situs ini sendiri" in text(admin.post(f"/kanal/{line.pk}/uji/"))


def test_the_exchange_is_connected_and_its_last_event_proves_the_key(admin):
    answered = admin.post("/kanal/baru/?kanal=PHONE", {"address": "avaya", "name": "Sentral", "secret-secret": SECRET})
    row = Connection.objects.get()
    place = answered.headers["Location"]
    assert unseal(row.secrets) == {"secret": SECRET}
    assert SECRET not in text(admin.get(place))
    assert "Belum ada peristiwa" in text(admin.post(f"{place}uji/"))
    event = {"call_id": "1", "event": "ring", "at": timezone.now().isoformat(), "number": "+6200010000001"}
    for key, status in (("kunci-lain", 403), (SECRET, 200)):
        assert called(event, secret=key).status_code == status
        row.refresh_from_db()
        assert bool(row.last_in_at) is (status == 200)
    assert "Peristiwa terakhir yang tanda tangannya cocok" in text(admin.post(f"{place}uji/"))


def test_one_place_of_the_rail_is_the_current_one(admin):
    for address in ("/tiket/karantina/", "/tiket/", "/kanal/"):
        page = text(admin.get(address))
        rail = page[page.index('<nav class="dr-rail"') :].split("</nav>")[0]
        assert rail.count('aria-current="page"') == 1
        assert f'href="{address}"' in rail.split('aria-current="page"')[0].rsplit("<a ", 1)[1]


@pytest.mark.parametrize("broken", [{"setting-imap_port": "99999"}, {"address": ""}, {"setting-per_second": "-1"}])
def test_what_cannot_be_is_said_on_the_form(admin, broken):
    fields = {"address": "a@djpk.example", "name": "A", "setting-imap_security": "tls", "setting-smtp_security": "tls"}
    answered = admin.post("/kanal/baru/?kanal=EMAIL", fields | broken)
    assert answered.status_code == 422
    assert "dr-field-error" in text(answered)
    assert not Connection.objects.exists()


def test_trying_says_what_each_server_answered(admin, mailbox, post):  # noqa: F811
    shown = text(admin.post(f"/kanal/{mailbox.pk}/uji/"))
    assert "Surat masuk (IMAP)</b>: Belum diisi." in shown
    assert "Surat keluar (SMTP)</b>: Berhasil masuk." in shown
    Connection.objects.update(settings={"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none"})
    assert "Server menolak sambungan" in text(admin.post(f"/kanal/{mailbox.pk}/uji/"))
    assert post.taken == []


@pytest.mark.parametrize(("status", "tone"), [(501, "ok"), (405, "ok"), (503, "danger")])
def test_a_desk_that_answers_at_all_is_reached(admin, status, tone):
    class Desk(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *given):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line = Connection.objects.create(
            channel=make.channel("HAI"), name="HAI", address="hai",
            settings={"callback_url": f"http://127.0.0.1:{server.server_port}/"},
        )  # fmt: skip
        shown = text(admin.post(f"/kanal/{line.pk}/uji/"))
        server.shutdown()
    assert re.search(rf'data-tone="{tone}" role="status">.*?Alamat panggilan balik</b>: .*?{status}', shown)


def test_pausing_and_going_on(admin, mailbox):  # noqa: F811
    admin.post(f"/kanal/{mailbox.pk}/jeda/", {"jeda": "1"})
    assert "Dijeda" in text(admin.get("/kanal/"))
    admin.post(f"/kanal/{mailbox.pk}/jeda/", {"jeda": "0"})
    assert Connection.objects.get().paused_at is None


def test_an_exchange_that_is_paused_says_so_and_is_tried_as_ever(admin):
    admin.post("/kanal/baru/?kanal=PHONE", {"address": "avaya", "name": "Sentral", "secret-secret": SECRET})
    line = Connection.objects.get()
    place, event = f"/kanal/{line.pk}/", {"call_id": "1", "event": "ring", "at": timezone.now().isoformat()}
    admin.post(f"{place}jeda/", {"jeda": "1"})
    assert called(event, secret=SECRET).status_code == 200
    line.refresh_from_db()
    health = health_of([line], timezone.now())[line.pk]
    assert (health.state, health.last_in_at) == ("paused", line.last_in_at)
    assert "Panggilan tetap dicatat, juga yang tak terjawab, tetapi tidak muncul di layar agen." in text(
        admin.get(place)
    )
    assert "panggilan tetap dicatat" in text(admin.get("/kanal/"))
    assert "Peristiwa terakhir yang tanda tangannya cocok" in text(admin.post(f"{place}uji/"))
    admin.post(f"{place}jeda/", {"jeda": "0"})
    assert "Panggilan tetap dicatat" not in text(admin.get(place))


def test_health_counts_what_left_what_was_lost_and_what_waits(mailbox):  # noqa: F811
    now = timezone.now()
    for state in ("SENT", "SENT", "FAILED", "UNKNOWN"):
        Message.objects.filter(pk=answer(at=now).pk).update(delivery=state, connection=mailbox)
    old = answer(at=now - timedelta(hours=7))
    Message.objects.filter(pk=old.pk).update(delivery="FAILED", connection=mailbox)
    answer(at=now - timedelta(minutes=20))
    health = health_of([mailbox], now)[mailbox.pk]
    assert (health.sent, health.lost, health.error_rate, health.queued) == (4, 2, 50.0, 1)
    assert (health.queued_since, health.state) == (now - timedelta(minutes=20), "trouble")
    written = (now - timedelta(seconds=40)).isoformat()
    Message.objects.create(channel=mailbox.channel, connection=mailbox, external_id="m", direction="IN",
                           received_at=now, details={"date": written})  # fmt: skip
    health = health_of([mailbox], now)[mailbox.pk]
    assert (health.last_in_at, health.lag, health.unclaimed) == (now, timedelta(seconds=40), 1)


@pytest.mark.parametrize(
    ("lag", "said"), [(40, "40 detik di jalan"), (61, "1 m di jalan"), (9262, "2 j 34 m di jalan")]
)
def test_how_long_a_mail_was_under_way_is_said_in_words(admin, mailbox, lag, said):  # noqa: F811
    now = timezone.now()
    written = (now - timedelta(seconds=lag)).isoformat()
    Message.objects.create(channel=mailbox.channel, connection=mailbox, external_id="m", direction="IN",
                           received_at=now, details={"date": written})  # fmt: skip
    assert said in text(admin.get(f"/kanal/{mailbox.pk}/"))


def test_an_error_after_which_mail_came_through_is_over(mailbox):  # noqa: F811
    now = timezone.now()
    mailbox.last_error, mailbox.last_error_at = "Putus", now - timedelta(minutes=5)
    health = health_of([mailbox], now)[mailbox.pk]
    assert (health.state, health.error) == ("trouble", "Putus")
    mailbox.last_out_at = now
    health = health_of([mailbox], now)[mailbox.pk]
    assert (health.state, health.error) == ("ok", "")


def test_the_list_says_what_is_wrong_with_a_line(admin, mailbox):  # noqa: F811
    Connection.objects.update(last_error="IMAP: Server tidak menjawab.", last_error_at=timezone.now())
    assert "IMAP: Server tidak menjawab." in text(admin.get("/kanal/"))
    Connection.objects.update(paused_at=timezone.now())
    assert "IMAP: Server tidak menjawab." not in text(admin.get("/kanal/"))


def test_the_list_takes_the_same_queries_however_many_connections(admin):
    def connect(count: int) -> None:
        for number in range(count):
            Connection.objects.create(channel=make.channel(), address=f"{number}-{count}@djpk.example", name="A")

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            admin.get("/kanal/")
        return len(caught)

    connect(1)
    queries()
    few = queries()
    connect(12)
    assert queries() == few


def test_templates_are_synchronised_and_their_values_named(admin, settings):
    graph = Graph(numbers={"1055": {"verified_name": "DJPK"}})
    server = serve(graph)
    settings.WHATSAPP_GRAPH_URL = graph.url
    row = Connection.objects.create(
        channel=make.channel("WHATSAPP"), name="WA", address="+620001110000", settings={"phone_number_id": "1055"},
        secrets=seal({"access_token": "E"}),
    )  # fmt: skip
    try:
        assert "Isi dahulu nomor akun bisnis" in text(admin.post(f"/kanal/{row.pk}/templat/"))
        Connection.objects.update(settings={"phone_number_id": "1055", "business_account_id": "77"})
        assert "Graph API</b>: DJPK" in text(admin.post(f"/kanal/{row.pk}/uji/"))
        assert "3 templat disinkronkan." in text(admin.post(f"/kanal/{row.pk}/templat/", follow=True))
    finally:
        server.shutdown()
        server.server_close()
    assert "Disetujui" in text(admin.get(f"/kanal/{row.pk}/"))
    assert "APPROVED" not in text(admin.get(f"/kanal/{row.pk}/"))
    known = MessageTemplate.objects.get(name="balasan_konsultasi")
    admin.post(f"/kanal/templat/{known.pk}/", {"isi-1": "pemohon.sapaan", "isi-2": "bukan.apa-apa"})
    known.refresh_from_db()
    assert known.fills == {"1": "pemohon.sapaan"}


def test_the_api_takes_credentials_and_gives_none_back(admin):
    body = {
        "channel": "HAI",
        "address": "hai",
        "settings": {"callback_url": "https://hai.example/"},
        "secrets": {"secret": SECRET},
    }
    made = admin.post("/api/v1/connections/", body, content_type="application/json")
    assert (made.status_code, made.json()["secrets"]) == (201, ["secret"])
    assert SECRET not in text(made)
    again = admin.post("/api/v1/connections/", body, content_type="application/json")
    assert again.json()["code"] == "connection.exists"
    bad = admin.post(
        "/api/v1/connections/", body | {"address": "b", "settings": {"x": "y"}}, content_type="application/json"
    )
    assert bad.json()["code"] == "connection.unknown_setting"
