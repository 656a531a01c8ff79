"""What tickets point to comes from memory and is what the database holds."""

import pytest

from messaging.models import Channel
from people.models import User
from tests import factories
from tickets import sorting
from tickets.models import Ticket
from tickets.reference import attach

pytestmark = pytest.mark.django_db


def test_rows_get_what_they_point_to_without_a_query(django_assert_num_queries):
    _taken()
    factories.ticket(topic=None, region=None)
    rows = list(Ticket.objects.order_by("pk"))
    attach(rows)
    with django_assert_num_queries(0):
        shown = [(str(row.channel), str(row.topic), str(row.topic and row.topic.owner_unit)) for row in rows]
        named = [(str(row.assignee), str(row.region), str(row.region and row.region.province)) for row in rows]
    fresh = Ticket.objects.select_related("channel", "topic__owner_unit", "assignee", "region__province")
    assert shown == [(str(r.channel), str(r.topic), str(r.topic and r.topic.owner_unit)) for r in fresh.order_by("pk")]
    assert named == [
        (str(r.assignee), str(r.region), str(r.region and r.region.province)) for r in fresh.order_by("pk")
    ]


def test_a_renamed_channel_or_agent_shows_at_once():
    row = _taken()
    attach([row])
    Channel.objects.filter(pk=row.channel_id).update(label="Surel")
    User.objects.filter(pk=row.assignee_id).update(display_name="Laras Wening")
    attach([row])
    assert (str(row.channel), str(row.assignee)) == ("Surel", "Laras Wening")


def _taken() -> Ticket:
    row = factories.ticket(topic=factories.topic("DAU"))
    return sorting.take(ticket=row, at=factories.NOW, actor=factories.staff("laras"))
