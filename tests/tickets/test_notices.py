"""Who is told what about a ticket: assignments, mentions, followed tickets, and what people do with it."""

import pytest

from messaging.verbs import store_message
from people.models import User
from tests import factories as make
from tickets import conversation, merging, relations, sorting, undo, verbs
from tickets.intake import receive_message
from tickets.models import Notification, Ticket, TicketEntry
from tickets.notices import verbs as notices
from tickets.tasks import forget_notifications

pytestmark = pytest.mark.django_db
AT = make.NOW + make.HOUR


@pytest.fixture
def laras():
    return make.staff("laras")


@pytest.fixture
def bima():
    return make.staff("bima")


def told(user: User) -> list[tuple[str, str]]:
    """What someone was told: code, and what happened."""
    rows = Notification.objects.filter(user=user).order_by("pk")
    return [(row.code, row.data.get("what", "")) for row in rows]


def writes(ticket: Ticket, at=AT) -> None:
    number = f"n{next(make._serial)}"
    message, _new = store_message(
        channel=ticket.channel, external_id=number, contact=ticket.contact, body="Ada lagi.", at=at
    )
    receive_message(ticket=ticket, message=message, at=at)


def test_an_assignment_by_someone_else_is_told_and_ones_own_is_not(laras, bima):
    ticket = make.ticket()
    sorting.take(ticket=ticket, at=AT, actor=laras)
    assert told(laras) == []
    sorting.assign(ticket=ticket, to=bima, at=AT, actor=laras)
    assert told(bima) == [("assigned", "")]
    assert Notification.objects.get().data["by"] == "laras"
    sorting.assign(ticket=ticket, to=None, at=AT, actor=laras)
    assert (told(laras), told(bima)) == ([], [("assigned", "")])


def test_an_assignment_that_is_taken_back_was_not_told(laras, bima):
    ticket = make.ticket()
    sorting.assign(ticket=ticket, to=bima, at=AT, actor=laras)
    undo.undo(ticket=ticket, event=ticket.events.last(), at=AT, actor=laras)
    assert told(bima) == []


def test_followers_hear_what_happens_but_not_their_own_deeds(laras, bima):
    ticket = make.ticket(topic=make.topic())
    for user in (laras, bima):
        relations.follow(ticket=ticket, at=make.NOW, actor=user)
    writes(ticket)
    conversation.add_note(ticket=ticket, text="Ditunggu.", at=AT, actor=laras)
    sorting.set_tags(ticket=ticket, tags=["dau"], at=AT, actor=laras)
    verbs.close(ticket=ticket, at=AT, actor=bima)
    verbs.reopen(ticket=ticket, at=AT, actor=laras)
    merging.merge_tickets(ticket=ticket, into=make.ticket(), at=AT, actor=bima)
    heard = ["ticket.message_received", "ticket.noted", "ticket.closed", "ticket.reopened", "ticket.merged"]
    assert told(laras) == [("followed", what) for what in heard if what in (heard[0], heard[2], heard[4])]
    assert told(bima) == [("followed", what) for what in [*heard[:2], heard[3]]]


def test_who_follows_no_more_or_has_left_hears_nothing(laras, bima):
    ticket = make.ticket()
    for user in (laras, bima):
        relations.follow(ticket=ticket, at=make.NOW, actor=user)
    relations.unfollow(ticket=ticket, at=make.NOW, actor=laras)
    User.objects.filter(pk=bima.pk).update(is_active=False)
    writes(ticket)
    assert not Notification.objects.exists()


def test_a_mention_is_told_once_also_to_a_follower(laras, bima):
    ticket, sekar = make.ticket(), make.staff("sekar")
    relations.follow(ticket=ticket, at=make.NOW, actor=bima)
    relations.follow(ticket=ticket, at=make.NOW, actor=sekar)
    conversation.add_note(ticket=ticket, text="@bima tolong lihat.", at=AT, actor=laras)
    entry = TicketEntry.objects.get(kind="NOTE")
    Notification.objects.filter(code="mention").delete()  # whoever parses notes may have told already
    for _again in range(2):
        notices.notify_mention(entry=entry, users=[bima, laras], at=AT, actor=laras)
    assert told(bima) == [("mention", "")]
    assert told(laras) == []
    assert told(sekar) == [("followed", "ticket.noted")]
    assert Notification.objects.get(user=bima).entry == entry


def test_kinds_that_are_switched_off_are_not_told(laras, bima):
    notices.choose(user=bima, codes=["mention", "overdue"])
    sorting.assign(ticket=make.ticket(), to=bima, at=AT, actor=laras)
    assert told(bima) == []
    notices.choose(user=bima, codes=["assigned"])
    sorting.assign(ticket=make.ticket(), to=bima, at=AT, actor=laras)
    assert told(bima) == [("assigned", "")]
    assert sorted(bima.muted_notifications.values_list("code", flat=True)) == [
        "due_soon", "followed", "mention", "overdue", "place_free",
    ]  # fmt: skip


def test_seeing_one_a_ticket_or_all(laras, bima):
    first, second, third = make.ticket(), make.ticket(), make.ticket()
    for ticket in (first, second, third):
        sorting.assign(ticket=ticket, to=bima, at=AT, actor=laras)
    mine = Notification.objects.filter(user=bima)
    assert notices.mark_seen(user=laras, ids=list(mine.values_list("pk", flat=True)), at=AT) == 0
    assert notices.mark_seen(user=bima, ids=[mine.get(ticket=first).pk], at=AT) == 1
    assert notices.mark_ticket_seen(user=bima, ticket=second, at=AT) == 1
    assert list(mine.filter(seen_at=None).values_list("ticket", flat=True)) == [third.pk]
    assert notices.mark_all_seen(user=bima, at=AT + make.HOUR) == 1
    assert mine.filter(seen_at=AT).count() == 2


def test_old_notices_are_forgotten(laras, bima, monkeypatch):
    sorting.assign(ticket=make.ticket(), to=bima, at=AT, actor=laras)
    sorting.assign(ticket=make.ticket(), to=bima, at=AT + 2 * make.DAY, actor=laras)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + 91 * make.DAY)
    assert forget_notifications() == 1
    assert Notification.objects.get().at == AT + 2 * make.DAY
