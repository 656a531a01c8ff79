"""Around the simulator: where it is off, whom it never meets, its mail server and what its token guards."""

import json
import os
import smtplib
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from djpk.simulator import smtp
from djpk.simulator.desks import Exchange
from djpk.simulator.lines import connect_lines
from djpk.simulator.mailing import pipe
from djpk.simulator.requesters import find, stranger
from djpk.simulator.server import Outside
from djpk.simulator.world import World
from messaging.models import Connection
from tests import factories as make
from tickets.models import Ticket


def test_where_it_is_off_there_is_no_page_and_no_place_in_the_rail(client, db):
    client.force_login(make.staff("sekar"))
    assert client.get("/simulator/").status_code == 404
    assert "/simulator/" not in client.get("/tiket/").content.decode()


def test_a_call_stays_at_the_telephone_that_has_it_whatever_the_page_names():
    class Silent:
        def cti(self, event, kind):
            return 200

    world, caller = World(), "+6200090000001"
    exchange = Exchange(world, Silent())
    steps = ("ring", "2104"), ("answer", "2101"), ("hold", "2101"), ("resume", "2101"), ("transfer", "2102")
    for event, extension in (*steps, ("answer", "2101"), ("end", "2101")):
        exchange.happen(caller, event, extension)
    told = [line.data["extension"] for line in world.lines("PHONE", caller)]
    world.stop()
    assert told == ["2104"] * 4 + ["2102"] * 3


def test_it_does_not_connect_beside_a_real_connection(db):
    Connection.objects.create(channel=make.channel("WHATSAPP"), name="WhatsApp", address="+6281115042007")
    assert not connect_lines(url="http://127.0.0.1:9", smtp_port=9, at=timezone.now())
    assert Connection.objects.count() == 1


def test_connecting_again_changes_only_what_is_new(db):
    at = timezone.now()
    assert connect_lines(url="http://127.0.0.1:9", smtp_port=9, at=at)
    Connection.objects.filter(channel__code="EMAIL").update(name="Contact Center DJPK")
    before = list(Connection.objects.order_by("pk").values())
    assert connect_lines(url="http://127.0.0.1:9", smtp_port=9, at=at)
    assert list(Connection.objects.order_by("pk").values()) == before
    assert connect_lines(url="http://127.0.0.1:9", smtp_port=10, at=at)
    mail = Connection.objects.get(channel__code="EMAIL")
    assert (mail.settings["smtp_port"], mail.name) == (10, "Contact Center DJPK")


def test_its_controls_need_the_token():
    outside = Outside("http://127.0.0.1:9").start()
    try:
        address = f"{outside.url}/kendali/look"
        call = urllib.request.Request(address, b"{}", {"Authorization": "Bearer lain"})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(call, timeout=10)  # noqa: S310
        assert (refused.value.code, json.loads(refused.value.read())) == (403, {"error": "token"})
    finally:
        outside.stop()


def test_its_mail_server_speaks_smtp():
    taken = []

    def deliver(sender: str, to: str, raw: bytes) -> str:
        taken.append((sender, to, raw))
        return "554 No" if to == "b@b.example" else "250 OK"

    server = smtp.serve(deliver)
    try:
        with smtplib.SMTP("127.0.0.1", server.server_address[1], timeout=10) as client:
            client.sendmail("a@a.example", ["c@c.example"], b"Subject: x\r\n\r\n.dot\r\n..two\r\n")
            with pytest.raises(smtplib.SMTPDataError):
                client.sendmail("a@a.example", ["b@b.example"], b"Subject: y\r\n\r\n")
            assert client.docmd("VRFY", "a")[0] == 502
            assert client.docmd("DATA")[0] == 503
    finally:
        server.shutdown()
        server.server_close()
    assert taken[0] == ("a@a.example", "c@c.example", b"Subject: x\r\n\r\n.dot\r\n..two\r\n")


def test_strangers_are_invented_and_found_again():
    one = stranger()
    assert find(one.key) == one
    assert (one.phone[:6], one.email[-8:]) == ("+62000", ".example")
    assert find("baru-12x4") == find("")


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_through_the_real_pipe(monkeypatch):
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    monkeypatch.setenv("DATABASE_URL", here.geturl())
    raw = b"From: Tirta <tirta@bpkad-gowa.example>\r\nSubject: DAU\r\nMessage-ID: <1@bpkad-gowa.example>\r\n\r\nKapan?\r\n"
    assert pipe(raw, "callcenter@djpk.example").startswith('250 {"message"')
    assert Ticket.objects.get().subject == "DAU"


def test_roles_without_it_are_refused(db, settings):
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    client = Client()
    client.force_login(make.staff("laras"))
    assert client.get("/simulator/").status_code == 403
