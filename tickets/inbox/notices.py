"""What someone was told, as the page of notices and the bell show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.compiled import run
from people.access import TICKET_READERS, has_role
from people.models import User
from tickets.access import visible_tickets
from tickets.clocks import moment_in_words, names
from tickets.inbox.rows import age
from tickets.models import Notification

Code = Notification.Code
PAGE = 50
_ICONS = {
    Code.MENTION: "ti-at",
    Code.ASSIGNED: "ti-user-check",
    Code.FOLLOWED: "ti-eye",
    Code.DUE_SOON: "ti-alarm",
    Code.OVERDUE: "ti-alert-triangle",
    Code.PLACE_FREE: "ti-calendar-plus",
}

_PLACE_FREE = {
    "invited": gettext_lazy("Mendapat tempat dari daftar tunggu, undangan dikirim"),
    "told": gettext_lazy("Mendapat tempat dari daftar tunggu, pemohon diberi tahu: periksa dan konfirmasi"),
    "untold": gettext_lazy("Mendapat tempat dari daftar tunggu: hubungi pemohon"),
}

_MOST = 100  # the bell says 99+ from there on
_UNSEEN = f"""
    SELECT count(*), max(id) FROM (
        SELECT id FROM {Notification._meta.db_table} WHERE user_id = %s AND seen_at IS NULL
        ORDER BY id DESC LIMIT {_MOST}
    ) AS newest
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Line:
    """One notice in words."""

    notice: Notification
    icon: str
    title: str
    number: str
    address: str
    whose: str
    text: str
    age: str
    urgent: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """How many notices nobody has looked at, counted up to 100, and the newest of them (0 without any)."""

    count: int
    last: int

    @property
    def shown(self) -> str:
        return str(self.count) if self.count < _MOST else f"{_MOST - 1}+"


def notices_of(user: User) -> QuerySet[Notification]:
    """What the user was told of tickets that they may still see, and of other things."""
    rows = Notification.objects.filter(user=user)
    return rows if has_role(user, TICKET_READERS) else rows.filter(Q(ticket=None) | Q(ticket__in=visible_tickets(user)))


def bell_of(user: User) -> Bell:
    """One query; it is on every page, so that of those who see all tickets is written out."""
    if has_role(user, TICKET_READERS):
        ((count, last),) = run(_UNSEEN, [user.pk])
        return Bell(count, last or 0)
    newest = notices_of(user).filter(seen_at=None).order_by("-pk").values_list("pk", flat=True)[:_MOST]
    return Bell(len(newest), newest[0] if newest else 0)


def lines_of(rows: Iterable[Notification], now: datetime) -> list[Line]:
    """In words, with the names of those who did it; one query besides that of the rows."""
    notices = list(rows)
    who = {notice.data.get("by", "") for notice in notices} - {""}
    people = {user.username: str(user) for user in User.objects.filter(username__in=who)} if who else {}
    return [_line(notice, people.get(notice.data.get("by", ""), ""), now) for notice in notices]


def page_of_notices(user: User, *, new_only: bool, before: int | None) -> tuple[list[Notification], int | None]:
    """A page, the newest first, and where the next one starts: before that key."""
    rows = notices_of(user).select_related("ticket__contact", "ticket__channel")
    if new_only:
        rows = rows.filter(seen_at=None)
    if before:
        at = Notification.objects.filter(pk=before, user=user).values_list("at", flat=True).first()
        if at is not None:
            rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=before))
    found = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def _line(notice: Notification, who: str, now: datetime) -> Line:
    ticket, data = notice.ticket, notice.data
    return Line(
        notice=notice,
        icon=_ICONS[Code(notice.code)],
        title=(ticket.subject or ticket.contact.name) if ticket else data.get("title", ""),
        number=ticket.number if ticket else data.get("number", ""),
        address=reverse("ticket", args=[ticket.number]) if ticket else data.get("address", ""),
        whose=ticket.contact.name if ticket else "",
        text=_text(notice, who or _("Sistem")),
        age=age(notice.at, now),
        urgent=notice.code == Code.OVERDUE,
    )


def _text(notice: Notification, who: str) -> str:
    match notice.code:
        case Code.MENTION:
            return _("{who} menyebut Anda dalam catatan").format(who=who)
        case Code.ASSIGNED:
            return _("{who} menugaskan tiket ini kepada Anda").format(who=who)
        case Code.DUE_SOON:
            return _("{name} paling lambat {due}").format(**_due(notice))
        case Code.OVERDUE:
            return _("{name} lewat tenggat {due}").format(**_due(notice))
        case Code.PLACE_FREE:
            return str(_PLACE_FREE.get(notice.data.get("what", "")) or notice.get_code_display())
    match notice.data.get("what"):
        case "ticket.message_received":
            return _("Pemohon menulis lagi")
        case "ticket.noted":
            return _("{who} menulis catatan").format(who=who)
        case "ticket.layer2_answered":
            return _("Layer 2 sudah menjawab")
        case "ticket.closed":
            return _("{who} menyelesaikan tiket ini").format(who=who)
        case "ticket.reopened":
            return _("Tiket ini dibuka kembali")
        case "ticket.merged":
            return _("{who} menggabungkan tiket ini").format(who=who)
    return str(notice.get_code_display())


def _due(notice: Notification) -> dict[str, str]:
    due = parse_datetime(notice.data.get("due", ""))
    said = moment_in_words(due, notice.ticket.zone) if due and notice.ticket else ""
    return {"name": names().get(notice.data.get("clock", ""), ""), "due": said}
