"""The entries of a ticket as they are read from the database, for `conversation.py`."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from kernel.compiled import Compiled, one_of
from messaging.models import Attachment, Message
from people.reference import STAFF
from tickets.models import NoteFile, Ticket, TicketEntry

PAGE = 40  # entries shown at first, and with each step back
Files = dict[int, list[Any]]


def _shown(rows: QuerySet[TicketEntry], ticket: Any) -> QuerySet[TicketEntry]:
    rows = rows.filter(ticket_id=ticket).exclude(message__delivery=Message.Delivery.WITHDRAWN)
    in_html = ExpressionWrapper(~Q(message__html=""), BooleanField())  # told without reading it
    return rows.annotate(in_html=in_html).select_related("event", "message").defer("message__html")


_NEWEST = Compiled(lambda rows, ticket: _shown(rows, ticket).order_by("-at", "-pk")[: PAGE + 1], "ticket")
_ATTACHED = Compiled(lambda rows, ids: rows.filter(one_of("message_id", ids)).select_related("file"), "ids")
_ON_NOTES = Compiled(lambda rows, ids: rows.filter(one_of("entry_id", ids)).select_related("file"), "ids")


def entries_of(
    ticket: Ticket, *, before: int | None = None, since: int | None = None, after: int | None = None
) -> tuple[list[TicketEntry], bool]:
    """The newest entries in order with message, event and staff, and whether there are earlier ones.

    `before`, `since`, `after`: see `conversation_of`. Replies that were withdrawn are left out.
    """
    rows, count = _shown(TicketEntry.objects.all(), ticket.pk), PAGE
    if after is not None:
        return _with_staff(list(rows.filter(pk__gt=after))), False
    if before is None and since is None:
        found = _NEWEST(TicketEntry.objects.all(), ticket=ticket.pk)
        return _with_staff(found[:count][::-1]), len(found) > count
    if before is not None and (mark := ticket.entries.filter(pk=before).first()):
        rows = rows.filter(Q(at__lt=mark.at) | Q(at=mark.at, pk__lt=mark.pk))
    if since is not None and (mark := ticket.entries.filter(pk=since).first()):
        count = max(PAGE, rows.filter(Q(at__gt=mark.at) | Q(at=mark.at, pk__gte=mark.pk)).count())
    found = list(rows.order_by("-at", "-pk")[: count + 1])
    return _with_staff(found[:count][::-1]), len(found) > count


def files_of_messages(rows: Iterable[TicketEntry]) -> Files:
    """Attachments by message; no query where there is no message."""
    ids = [row.message_id for row in rows if row.message_id]
    return _by("message_id", _ATTACHED(Attachment.objects.all(), ids=ids) if ids else [])


def files_of_notes(rows: Iterable[TicketEntry]) -> Files:
    """Files by entry; no query where there is no note."""
    ids = [row.pk for row in rows if row.kind == TicketEntry.Kind.NOTE]
    return _by("entry_id", _ON_NOTES(NoteFile.objects.all(), ids=ids) if ids else [])


def _by(key: str, files: Iterable[Any]) -> Files:
    found: Files = defaultdict(list)
    for file in files:
        found[getattr(file, key)].append(file)
    return found


def _with_staff(rows: list[TicketEntry]) -> list[TicketEntry]:
    """Authors and actors without a query: staff are kept in memory."""
    staff = STAFF()
    for row in rows:
        for one, name in ((row, "author"), (row.message, "author"), (row.event, "actor")):
            key = getattr(one, f"{name}_id", None)
            if one is not None and key in staff:
                one._state.fields_cache[name] = staff[key]
    return rows
