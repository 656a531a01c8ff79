"""Pauses and deadlines of the tickets that are open already; their history is not touched.

When a ticket waited for its requester is read from its events.
"""

from itertools import groupby, islice

import pgtrigger
from django.db import migrations

from tickets.deadlines import deadline, moves_of, next_due, pauses_of
from worktime.loading import SERVICE, pure_calendar

BATCH = 1000
COLUMNS = ("first_answer_due_at", "due_at")


def fill(apps, schema_editor):
    Ticket = apps.get_model("tickets", "Ticket")
    open_tickets = Ticket.objects.exclude(status="CLOSED").order_by("pk")
    if not open_tickets.exists():
        return
    WorkCalendar, Holiday = apps.get_model("worktime", "WorkCalendar"), apps.get_model("worktime", "Holiday")
    calendar = pure_calendar(WorkCalendar.objects.get(code=SERVICE), Holiday)
    channels = apps.get_model("messaging", "Channel").objects.filter(first_answer_minutes__gt=0)
    targets = dict(channels.values_list("pk", "first_answer_minutes"))
    reading = open_tickets.iterator(chunk_size=BATCH)
    with pgtrigger.ignore("tickets.Ticket:update_update"):
        while batch := list(islice(reading, BATCH)):
            fill_batch(apps, batch, calendar, targets)


def fill_batch(apps, batch, calendar, targets):
    TicketPause = apps.get_model("tickets", "TicketPause")
    pauses = {pk: pauses_of(moves_of(events)) for pk, events in told(apps, [row.pk for row in batch]).items()}
    rows = []
    for ticket in batch:
        held = pauses.get(ticket.pk, [])
        if ticket.status == "WAITING_REQUESTER" and not (held and held[-1][1] is None):
            held.append((max([ticket.created_at, *(to_at for _from, to_at in held)]), None))
        elif ticket.status != "WAITING_REQUESTER" and held and held[-1][1] is None:
            del held[-1]  # imported over: nobody knows when it ended
        rows += [TicketPause(ticket=ticket, from_at=from_at, to_at=to_at) for from_at, to_at in held]
        minutes, ended = targets.get(ticket.channel_id), ticket.first_answered_at
        before = [pause for pause in held if ended is None or pause[0] < ended]
        ticket.first_answer_due_at = deadline(calendar, ticket.created_at, minutes, before) if minutes else None
        ticket.due_at = next_due(ticket.status, ended, ticket.first_answer_due_at, None)
    TicketPause.objects.bulk_create(rows)
    apps.get_model("tickets", "Ticket").objects.bulk_update(batch, COLUMNS)


def told(apps, ids):
    """What happened to each of these tickets, in order."""
    events = apps.get_model("tickets", "TicketEvent").objects.filter(ticket_id__in=ids)
    rows = events.order_by("ticket_id", "at", "id").values_list("ticket_id", "at", "code", "to_value")
    return {key: [row[1:] for row in group] for key, group in groupby(rows, key=lambda row: row[0])}


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0010_deadlines"),
        ("messaging", "0003_workspace"),
        ("worktime", "0004_append_only"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
