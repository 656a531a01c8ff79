"""Events and the access log are written once: the database refuses to change or delete them."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, transaction

from kernel.models import EventBase
from people.log import log_access
from people.models import AccessLog
from tests import factories as make


def test_every_event_table_is_protected():
    tables = [model for model in apps.get_models() if issubclass(model, EventBase)]
    assert len(tables) >= 9
    unprotected = [
        model.__name__
        for model in [*tables, AccessLog]
        if "append_only" not in [trigger.name for trigger in getattr(model._meta, "triggers", [])]
    ]
    assert unprotected == []


def test_the_database_refuses(db):
    ticket = make.ticket()
    log_access(user=None, action="ticket.read", record=ticket, at=make.NOW)
    for rows in (ticket.events.all(), AccessLog.objects.all()):
        for change in (lambda rows=rows: rows.update(at=make.NOW + make.DAY), rows.delete):
            with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
                change()
        assert rows.count() == 1
