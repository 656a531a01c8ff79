"""Mailboxes that are held open: read the moment something comes, made again when the line breaks, let go when paused."""

import imaplib
import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from kernel.secrets import seal
from messaging.connection_verbs import pause
from messaging.email import holding
from messaging.email.holding import FIRST_WAIT, LEASE, LONGEST_WAIT, Holder, back_off, hold, let_go, take, unheld
from messaging.email.idling import can_idle, wait_for_news
from messaging.email.mailbox import open_mailbox
from messaging.models import Connection, Message
from messaging.tasks import read_mailboxes
from tests import factories as make
from tests.messaging.imap_server import Box, imap
from tests.messaging.mails import CALL_CENTRE, mail

NOW = make.NOW


@pytest.fixture
def box():
    with imap(Box()) as opened:
        yield opened


def line(box: Box, address: str = CALL_CENTRE, code: str = "EMAIL") -> Connection:
    return Connection.objects.create(
        channel=make.channel(code), name="Contact Center", address=address,
        settings={"imap_host": "127.0.0.1", "imap_port": box.port, "imap_security": "none"},
        secrets=seal({"imap_password": box.password}),
    )  # fmt: skip


def test_the_server_tells_of_news_and_of_what_came_before_it_was_asked(box, db):
    with open_mailbox(line(box)) as opened:
        assert can_idle(opened)
        asker = threading.Thread(target=lambda: (box.await_said("IDLE"), box.put(mail())))
        asker.start()
        assert wait_for_news(opened, stopped=lambda: False) is True
        asker.join()
        assert wait_for_news(opened, stopped=lambda: True) is False
        assert wait_for_news(opened, stopped=lambda: False, longest=0.01) is False
        assert [str(uid) for uid in opened.uids("UID 1:*")] == ["1"]  # the line is good for more
    assert box.times("DONE") == 3


def test_a_line_that_is_cut_while_waiting_is_no_news(box, db):
    opened = open_mailbox(line(box))
    threading.Thread(target=lambda: (box.await_said("IDLE"), box.cut_lines())).start()
    with pytest.raises((OSError, imaplib.IMAP4.abort)):
        wait_for_news(opened, stopped=lambda: False)
    opened.client.shutdown()


class Held:
    """`hold` in a thread of its own; `waits` are the seconds it wanted to wait, of which none pass."""

    def __init__(self, row: Connection, most: int = 50) -> None:
        self.stop, self.waits, self.most = threading.Event(), [], most
        self.thread = threading.Thread(target=self._run, args=(row,))
        self.thread.start()

    def _run(self, row: Connection) -> None:
        hold(row, self.stop, wait=self._wait)

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) >= self.most:
            self.stop.set()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


def stored() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("external_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_what_was_there_and_what_comes_is_read_and_a_cut_line_made_again(box):
    box.put(mail(Message_ID="<1@x.example>"))
    held = Held(line(box))
    box.await_said("IDLE", 1)
    assert stored() == ["1@x.example"]
    box.put(mail(Message_ID="<2@x.example>"))
    box.await_said("IDLE", 2)
    assert stored() == ["1@x.example", "2@x.example"]
    box.cut_lines()
    box.await_said("LOGIN", 2)
    box.put(mail(Message_ID="<3@x.example>"))
    box.await_said("UID-FETCH", 3)
    box.await_said("IDLE", 3)
    held.end()
    assert stored() == ["1@x.example", "2@x.example", "3@x.example"]
    assert len(held.waits) == 1
    assert Connection.objects.get().last_error == ""  # it holds again


@pytest.mark.django_db(transaction=True)
def test_a_server_that_cannot_idle_is_asked_again_and_again(box):
    box.idles = False
    box.put(mail(Message_ID="<1@x.example>"))
    held = Held(line(box), most=3)
    held.thread.join(30)
    held.end()
    assert (held.waits, box.times("IDLE"), box.times("LOGIN")) == ([holding.POLL] * 3, 0, 1)
    assert stored() == ["1@x.example"]


@pytest.mark.django_db(transaction=True)
def test_a_mailbox_that_cannot_be_opened_is_tried_ever_later_and_says_why(box):
    row = line(box)
    box.password = "lain"
    held = Held(row, most=4)
    held.thread.join(30)
    held.end()
    assert [round(wait / FIRST_WAIT / 2**n) for n, wait in enumerate(held.waits)] == [1, 1, 1, 1]
    row.refresh_from_db()
    assert row.last_error.startswith("IMAP: Nama pengguna atau kata sandi ditolak. ([AUTHENTICATIONFAILED]")
    assert row.last_error_at is not None


def test_the_page_of_the_line_says_how_it_is_read(box, db):
    row = line(box)
    client = Client()
    client.force_login(make.staff("nala"))
    assert "tiap 20 detik" in client.get(f"/kanal/{row.pk}/").content.decode()
    take("satu", timezone.now())
    assert "begitu surat datang (IDLE)" in client.get(f"/kanal/{row.pk}/").content.decode()


def test_no_wait_is_longer_than_five_minutes():
    assert [back_off(n) <= LONGEST_WAIT * 1.2 for n in (1, 5, 9, 50, 10_000)] == [True] * 5
    assert FIRST_WAIT * 0.8 <= back_off(1) <= FIRST_WAIT * 1.2


def test_a_mailbox_is_held_by_one_and_read_at_intervals_by_nobody_meanwhile(box, db):
    row = line(box)
    assert [one.pk for one in take("satu", NOW)] == [row.pk]
    assert take("dua", NOW) == []
    assert unheld(NOW) == []
    assert unheld(NOW + LEASE + timedelta(seconds=1)) == [row.pk]
    assert [one.pk for one in take("dua", NOW + LEASE + timedelta(seconds=1))] == [row.pk]
    assert take("satu", NOW + LEASE + timedelta(seconds=1)) == []
    assert (let_go("satu"), let_go("dua"), unheld(NOW)) == (0, 1, [row.pk])


def test_the_reading_at_intervals_passes_by_what_is_held(box, db):
    held, free = line(box), line(box, "lapor.djpk@kemenkeu.go.id", "LAPOR")
    Connection.objects.filter(pk=held.pk).update(held_by="x", held_until=timezone.now() + LEASE)
    assert read_mailboxes() == 1
    pause(connection=free, paused=True, at=NOW, actor=None)
    assert read_mailboxes() == 0


@pytest.mark.django_db(transaction=True)
def test_several_mailboxes_at_once_until_they_are_paused_or_changed(box):
    with imap(Box()) as other:
        first, second = line(box), line(other, "lapor.djpk@kemenkeu.go.id", "LAPOR")
        holder = Holder()
        assert holder.look(timezone.now()) == {first.pk, second.pk}
        box.await_said("IDLE")
        other.await_said("IDLE")
        other.put(mail(Message_ID="<l@x.example>", To="lapor.djpk@kemenkeu.go.id"))
        other.await_said("IDLE", 2)
        assert list(Message.objects.values_list("external_id", "channel__code")) == [("l@x.example", "LAPOR")]
        pause(connection=first, paused=True, at=timezone.now(), actor=None)
        threads = {pk: held.thread for pk, held in holder.held.items()}
        assert holder.look(timezone.now()) == {second.pk}
        threads[first.pk].join(30)
        Connection.objects.filter(pk=second.pk).update(settings={**second.settings, "imap_folder": "INBOX"})
        assert holder.look(timezone.now()) == {second.pk}
        threads[second.pk].join(30)
        other.await_said("LOGIN", 2)
        holder._end()
    assert unheld(timezone.now()) == [second.pk]


@pytest.mark.django_db(transaction=True)
def test_the_command_holds_them_until_it_is_told_to_end(box):
    row = line(box)
    holder = Holder()
    thread = threading.Thread(target=holder.run)
    thread.start()
    box.await_said("IDLE")
    row.refresh_from_db()
    assert row.held_by == holder.name
    holder.stop.set()
    thread.join(30)
    row.refresh_from_db()
    assert (row.held_by, row.held_until) == ("", None)
    connections.close_all()
