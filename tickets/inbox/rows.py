"""What a row of the list says: who and where, the last message, topic, clock and owner."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from kernel.formats import short_date
from kernel.languages import gettext as _
from kernel.months import JAKARTA
from tickets import slots
from tickets.clocks import HOUR, Chip, span
from tickets.inbox.facets import Reader
from tickets.inbox.listed import Around, Listed, listed
from tickets.inbox.views_column import CHANNEL_ICONS, OTHER_ICON
from tickets.models import Ticket

_NUMBER = "DRG-0"  # stands in an address for the number of a ticket
_SAFE = "!$&'()*+,;=/~:@"  # as `reverse` has it


@dataclass(frozen=True, slots=True)
class Row:
    """`href` opens the ticket beside the list it stands in. `priority` is said where it is urgent."""

    ticket: Listed
    href: str
    name: str
    channel: str
    icon: str
    where: str
    topic: str
    owner: str
    priority: str
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


def rows_of(tickets: QuerySet[Ticket] | None, ids: list[int], reader: Reader, query: str = "") -> list[Row]:
    """The rows of those of these ids that are among `tickets`, in the order of `ids`; of all of them when it is None.

    `query` is the list's own, for the rows' addresses. One query, and one for each app that marks rows.
    """
    if not ids:
        return []
    found = listed(tickets, ids, reader.user)
    marks = slots.row_marks(ids)
    draft = slots.Mark("ti-pencil", _("Draf"), _("Anda punya draf di tiket ini"))
    made_up = slots.Mark("ti-device-gamepad", _("Simulasi"), _("Dari simulator: tidak ikut dihitung"))
    for pk, row in found.items():
        if row.drafted:
            marks[pk] = [draft, *marks.get(pk, ())]
        if row.source == Ticket.Source.SIMULATOR:
            marks[pk] = [*marks.get(pk, ()), made_up]
    around, (head, tail) = Around(), reverse("ticket", args=[_NUMBER]).split(_NUMBER)
    place = head, tail + (f"?{query}" if query else "")
    return [_row(found[pk], marks.get(pk, []), reader, around, place) for pk in ids if pk in found]


def unread(ticket: Ticket | Listed, read_at: datetime | None) -> bool:
    """Whether the requester of an open ticket wrote after it was read."""
    if ticket.status == Ticket.Status.CLOSED or ticket.last_requester_at is None:
        return False
    return read_at is None or read_at < ticket.last_requester_at


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


def _row(ticket: Listed, marks: list[slots.Mark], reader: Reader, around: Around, place: tuple[str, str]) -> Row:
    channel = around.channel(ticket.channel_id)
    urgent = ticket.priority >= Ticket.Priority.HIGH and ticket.status != Ticket.Status.CLOSED
    return Row(
        ticket=ticket,
        href=quote(ticket.number, safe=_SAFE).join(place),
        name=ticket.name,
        channel=str(channel),
        icon=CHANNEL_ICONS.get(channel.code, OTHER_ICON),
        where=around.region(ticket.region_id) or around.group(ticket.user_group),
        topic=around.topic(ticket.topic_id),
        owner=around.owner(ticket.assignee_id),
        priority=around.priority(ticket.priority) if urgent else "",
        text=" ".join((ticket.said or "").split()) or ticket.subject,
        unread=unread(ticket, ticket.read_at),
        age=age(ticket.last_message_at or ticket.created_at, reader.now),
        chip=reader.clock.chip(ticket, reader.now),
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
