"""Topics as they are now, and the rows that tickets point to, without a query each time (`kernel.kept`)."""

from collections.abc import Iterable
from typing import Any

from kernel.kept import Kept
from messaging.reference import CHANNELS
from people.reference import REGIONS, STAFF
from tickets.models import Ticket, Topic

TOPICS = Kept(
    lambda: {row.pk: row for row in Topic.objects.select_related("owner_unit")}, "tickets.Topic", "people.Unit"
)
_POINTED_TO: dict[str, Kept[Any]] = {"channel": CHANNELS, "topic": TOPICS, "region": REGIONS, "assignee": STAFF}


def attach(tickets: Iterable[Ticket]) -> None:
    """Give tickets their channel, topic, region and assignee: what five joins would read again for each row.

    A row that is not known yet (it came this very moment) is left to a query of its own.
    """
    known = {name: kept() for name, kept in _POINTED_TO.items()}
    for ticket in tickets:
        cache = ticket._state.fields_cache
        for name, rows in known.items():
            key = getattr(ticket, f"{name}_id")
            if key is None:
                cache[name] = None
            elif key in rows:
                cache[name] = rows[key]
