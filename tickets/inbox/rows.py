"""What a row of the list says: who and where, the last message, topic, clock and owner."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.formats import short_date
from kernel.months import JAKARTA
from messaging.models import Message
from tickets import slots
from tickets.clocks import HOUR, Chip, FirstAnswer, span
from tickets.inbox.views_column import CHANNEL_ICONS, OTHER_ICON
from tickets.models import Ticket, TicketEntry

_SHOWN = 160  # characters of the last message


@dataclass(frozen=True, slots=True)
class Row:
    ticket: Ticket
    icon: str
    where: str
    text: str
    unread: bool
    age: str
    chip: Chip | None
    marks: list[slots.Mark]


@dataclass(slots=True)
class Group:
    """Rows under one heading; `late` colours it."""

    label: str
    late: bool = False
    rows: list[Row] = field(default_factory=list)


def rows_of(tickets: QuerySet[Ticket], ids: list[int], clock: FirstAnswer, now: datetime) -> list[Row]:
    """The rows of these tickets in the order of `ids`; one query, and one for each app that marks rows."""
    if not ids:
        return []
    last = TicketEntry.objects.filter(ticket=OuterRef("pk"), kind=TicketEntry.Kind.MESSAGE).order_by("-at", "-id")
    found = (
        tickets.filter(pk__in=ids)
        .select_related("channel", "contact", "topic", "assignee", "region")
        .annotate(
            last_text=Subquery(last.values(text=Left("message__body", _SHOWN))[:1], output_field=CharField()),
            last_way=Subquery(last.values("message__direction")[:1]),
        )
    )
    by_id = {ticket.pk: ticket for ticket in found}
    marks = slots.row_marks(ids)
    return [_row(by_id[pk], marks.get(pk, []), clock, now) for pk in ids if pk in by_id]


def grouped(rows: Iterable[Row], by_deadline: bool) -> list[Group]:
    """By deadline: late, within an hour, later, without a clock. In any other order one group."""
    groups: list[Group] = []
    for row in rows:
        label, late = _heading(row) if by_deadline else ("", False)
        if not groups or groups[-1].label != label:
            groups.append(Group(label, late))
        groups[-1].rows.append(row)
    return groups


def age(moment: datetime, now: datetime) -> str:
    """How long ago, short: "kini", "22 m", "3 j"; from a day on the date."""
    gone = now - moment
    if gone < timedelta(minutes=1):
        return _("kini")
    if gone < HOUR:
        return span(gone)
    if gone < timedelta(days=1):
        return _("{hours} j").format(hours=int(gone / HOUR))
    day = moment.astimezone(JAKARTA).date()
    return short_date(day, get_language() or "id", year=day.year != now.astimezone(JAKARTA).year)


def _row(ticket: Ticket, marks: list[slots.Mark], clock: FirstAnswer, now: datetime) -> Row:
    said = " ".join((ticket.last_text or "").split()) or ticket.subject  # type: ignore[attr-defined]
    unread = ticket.last_way == Message.Direction.IN and ticket.status != Ticket.Status.CLOSED  # type: ignore[attr-defined]
    return Row(
        ticket=ticket,
        icon=CHANNEL_ICONS.get(ticket.channel.code, OTHER_ICON),
        where=str(ticket.region) if ticket.region else ticket.get_user_group_display(),
        text=said,
        unread=unread,
        age=age(ticket.last_message_at or ticket.created_at, now),
        chip=clock.chip(ticket, now),
        marks=marks,
    )


def _heading(row: Row) -> tuple[str, bool]:
    if row.chip is None or row.chip.left is None:
        return _("Tanpa tenggat"), False
    if row.chip.state == "late":
        return _("Lewat tenggat"), True
    if row.chip.left <= HOUR:
        return _("Dalam 1 jam"), False
    return _("Lebih dari 1 jam"), False
