"""What verbs and other apps announce: a ticket or a page changed, somebody has news, somebody signed out.

Everything is sent after the transaction that it belongs to, as one message, and not at all when that is rolled back.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from tickets.live import bus


class Announcement:
    """What one transaction has to say; called once, after its commit.

    A ticket goes with the last entry that the transaction gave it, 0 without one: a page that shows this
    entry was made after the commit and shows the rest too.
    """

    def __init__(self) -> None:
        self.changed: dict[int, int] = {}
        self.users: set[int] = set()
        self.places: set[str] = set()
        self.left: set[int] = set()
        self.rings: set[int] = set()

    def __call__(self) -> None:
        said: dict[str, Any] = {}
        if self.changed:
            said["changed"] = list(self.changed.items())
        if self.users:
            said["users"] = sorted(self.users)
        if self.places:
            said["places"] = sorted(self.places)
        if self.rings:
            said["rings"] = sorted(self.rings)
        if self.left:
            said["left"] = sorted(self.left)
        bus.publish(said)


def ticket_changed(ticket_id: int, entry_id: int = 0) -> None:
    """A ticket changed, or got this entry."""

    def add(to: Announcement) -> None:
        to.changed[ticket_id] = max(to.changed.get(ticket_id, 0), entry_id)

    _say(add)


def place_changed(place: str) -> None:
    """What a page about something else than tickets shows has changed; the app that owns the page names it."""
    _say(lambda to: to.places.add(place))


def users_have_news(user_ids: Iterable[int]) -> None:
    """Something waits for these people (a mention, a reminder): their pages ask what it is."""
    ids = set(user_ids)
    if ids:
        _say(lambda to: to.users.update(ids))


def phones_ring(user_ids: Iterable[int]) -> None:
    """A call at these people's telephones begins, changes or ends: their pages ask what it is."""
    ids = set(user_ids)
    if ids:
        _say(lambda to: to.rings.update(ids))


def user_left(user_id: int) -> None:
    """One of this person's sessions ended: the sockets that belonged to it close."""
    _say(lambda to: to.left.add(user_id))


def _say(add: Callable[[Announcement], None]) -> None:
    """Into the transaction's announcement. One that waits already lives at least as long as anything said now:
    what could discard it is an open savepoint around both."""
    for _savepoints, hook, _robust in transaction.get_connection().run_on_commit:
        if isinstance(hook, Announcement):
            add(hook)
            return
    fresh = Announcement()
    add(fresh)
    transaction.on_commit(fresh, robust=True)
