"""The views of the inbox and how many tickets each holds."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.models import Channel
from people.models import User
from tickets.clocks import HOUR, FirstAnswer
from tickets.models import Ticket

_S = Ticket.Status
OPEN, CLOSED, DUE = "terbuka", "selesai", "jatuh-tempo"
OF_AN_AGENT = ("milik-saya", "belum-ditugaskan")
CHANNEL_ICONS = {
    "WHATSAPP": "ti-brand-whatsapp",
    "PHONE": "ti-phone",
    "EMAIL": "ti-mail",
    "HAI": "ti-world-www",
    "LIVE_CHAT": "ti-messages",
}
OTHER_ICON = "ti-message-circle"
VIEWS: dict[str, tuple[str | Promise, str]] = {
    "milik-saya": (_("Milik saya"), "ti-user"),
    "belum-ditugaskan": (_("Belum ditugaskan"), "ti-user-question"),
    "layer-2": (_("Menunggu Layer 2"), "ti-stairs-up"),
    DUE: (_("Jatuh tempo"), "ti-alarm"),
    OPEN: (_("Semua terbuka"), "ti-inbox"),
    CLOSED: (_("Selesai"), "ti-circle-check"),
}


@dataclass(frozen=True, slots=True)
class View:
    """A line of the column. `count` is None where counting would read all of the past."""

    code: str
    label: str
    icon: str
    count: int | None
    urgent: bool = False


def conditions(user: User, clock: FirstAnswer, now: datetime) -> dict[str, Q]:
    """What each view holds. "Due" is late, or within the next hour."""
    still_open = ~Q(status=_S.CLOSED)
    return {
        "milik-saya": still_open & Q(assignee=user),
        "belum-ditugaskan": still_open & Q(assignee=None),
        "layer-2": Q(status=_S.WAITING_LAYER2),
        DUE: clock.due_by(now + HOUR),
        OPEN: still_open,
        CLOSED: Q(status=_S.CLOSED, is_spam=False, merged_into=None),
    }


def column(
    visible: QuerySet[Ticket], held: dict[str, Q], channels: list[Channel], *, works: bool
) -> tuple[list[View], list[View]]:
    """The views and the channels with their counts, by one query. Readers have no tickets of their own."""
    counted = [code for code in VIEWS if code != CLOSED and (works or code not in OF_AN_AGENT)]
    named = {f"n{place}": Count("pk", filter=held[code]) for place, code in enumerate(counted)}
    totals: Counter[str] = Counter()
    by_channel: Counter[int] = Counter()
    rows = visible.exclude(status=_S.CLOSED).order_by().values("channel_id")
    found: list[dict[str, int]] = list(rows.annotate(total=Count("pk"), **named))  # type: ignore[arg-type]
    for row in found:
        by_channel[row["channel_id"]] = row["total"]
        totals.update({code: row[f"n{place}"] for place, code in enumerate(counted)})
    shown = [code for code in VIEWS if code in (*counted, CLOSED)]
    views = [
        View(code, str(VIEWS[code][0]), VIEWS[code][1], totals[code] if code in counted else None, code == DUE)
        for code in shown
    ]
    lines = [
        View(channel.code, channel.label, CHANNEL_ICONS.get(channel.code, OTHER_ICON), by_channel[channel.pk])
        for channel in channels
        if channel.makes_tickets or by_channel[channel.pk]
    ]
    return views, lines
