"""The views of the inbox and how many tickets each holds."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messaging.models import Channel
from people.access import TICKET_READERS, has_role, unit_codes_of
from people.models import User
from tickets.access import visible_tickets
from tickets.inbox.counting import CAP, Lot, capped_counts, shown
from tickets.inbox.facets import Reader, still_open, unread
from tickets.models import Notification, Ticket
from tickets.splitting import not_taken_back

_S = Ticket.Status
MINE, UNASSIGNED, LAYER2, DUE, MENTIONS = "milik-saya", "belum-ditugaskan", "layer-2", "jatuh-tempo", "menyebut-saya"
OPEN, CLOSED, SPAM, MERGED, ALL = "terbuka", "selesai", "spam", "gabungan", "semua"
OF_AN_AGENT = (MINE, UNASSIGNED)
PAST = frozenset({CLOSED, SPAM, MERGED, ALL})  # counting them would read all of the past
CHANNEL_ICONS = {
    "WHATSAPP": "ti-brand-whatsapp",
    "PHONE": "ti-phone",
    "EMAIL": "ti-mail",
    "HAI": "ti-world-www",
    "LIVE_CHAT": "ti-messages",
}
OTHER_ICON = "ti-message-circle"
VIEWS: dict[str, tuple[str | Promise, str]] = {
    MINE: (_("Milik saya"), "ti-user"),
    UNASSIGNED: (_("Belum ditugaskan"), "ti-user-question"),
    LAYER2: (_("Menunggu Layer 2"), "ti-stairs-up"),
    DUE: (_("Jatuh tempo"), "ti-alarm"),
    MENTIONS: (_("Menyebut saya"), "ti-at"),
    OPEN: (_("Semua terbuka"), "ti-inbox"),
    CLOSED: (_("Selesai"), "ti-circle-check"),
    SPAM: (_("Spam"), "ti-ban"),
    MERGED: (_("Digabungkan"), "ti-git-merge"),
    ALL: (_("Semua tiket"), "ti-archive"),
}
_ONLY_BY_FILTER = (SPAM, MERGED, ALL)


@dataclass(frozen=True, slots=True)
class View:
    """A line of the column. `count` is empty where counting would read all of the past; `fresh`: something unread."""

    code: str
    label: str
    icon: str
    count: str
    urgent: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Visible:
    """The tickets that somebody may see, and whose they are: None for all of them, else the codes of units."""

    tickets: QuerySet[Ticket]
    units: frozenset[str] | None

    @classmethod
    def to(cls, user: User) -> "Visible":
        return cls(visible_tickets(user), None if has_role(user, TICKET_READERS) else unit_codes_of(user))

    def lot(self, view: str, more: Callable[[Reader], Q] | None = None, *said: Hashable, cap: int = CAP) -> Lot:
        """Those that a view holds; `said` tells apart what `more` asks of them."""

        def held(reader: Reader) -> QuerySet[Ticket]:
            found = self.tickets.filter(condition(view, reader))
            return found.filter(more(reader)) if more else found

        return Lot((self.units, view, *said), held, cap)


def views_for(works: bool) -> list[str]:
    """The views of an agent, or of someone who only reads and has no tickets of their own."""
    return [code for code in VIEWS if works or code not in OF_AN_AGENT]


def condition(view: str, reader: Reader) -> Q:
    """What a view holds."""
    return _HELD[view](reader)


def column(
    visible: Visible, reader: Reader, channels: Sequence[Channel], more: dict[str, Lot], *, works: bool
) -> tuple[list[View], list[View], dict[str, int]]:
    """The views and the channels with their counts, and those of `more`, by one query."""
    codes = [code for code in views_for(works) if code not in _ONLY_BY_FILTER]
    found = {code: visible.lot(code) for code in codes if code not in PAST}
    found[MENTIONS] = visible.lot(
        ALL, lambda anybody: Q(pk__in=_mentions(anybody.user, seen_at=None).values("ticket")), "unseen"
    )
    if works:
        found["mine unread"] = visible.lot(MINE, unread, "unread", cap=1)
    found |= {f"channel {one.pk}": visible.lot(OPEN, partial(_in_channel, one.pk), one.pk) for one in channels}
    counts = capped_counts(found | more, reader)
    views = [_line(code, counts, fresh=code == MINE and counts["mine unread"] > 0) for code in codes]
    return views, _channels(channels, counts), {name: counts[name] for name in more}


def _unseen(reader: Reader) -> Q:
    return Q(pk__in=_mentions(reader.user, seen_at=None).values("ticket"))


def _in_channel(channel: int, _reader: Reader) -> Q:
    return Q(channel=channel)


def _line(code: str, counts: dict[str, int], *, fresh: bool) -> View:
    label, icon = VIEWS[code]
    return View(code, str(label), icon, shown(counts.get(code)), code == DUE and counts[DUE] > 0, fresh)


def _channels(channels: Sequence[Channel], counts: dict[str, int]) -> list[View]:
    """Those that make tickets, and others that still hold some."""
    held = [(channel, counts[f"channel {channel.pk}"]) for channel in channels]
    return [
        View(channel.code, str(channel), CHANNEL_ICONS.get(channel.code, OTHER_ICON), shown(count))
        for channel, count in held
        if (channel.makes_tickets and channel.active) or count
    ]


def _mentions(user: User, **more: None) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user, code=Notification.Code.MENTION, **more).order_by()


_HELD: dict[str, Callable[[Reader], Q]] = {
    MINE: lambda reader: still_open(reader) & Q(assignee=reader.user),
    UNASSIGNED: lambda reader: still_open(reader) & Q(assignee=None),
    LAYER2: lambda _reader: Q(status=_S.WAITING_LAYER2),
    DUE: lambda reader: reader.clock.due_by(reader.clock.within(reader.now)),  # late, or within a working hour
    MENTIONS: lambda reader: Q(pk__in=_mentions(reader.user).values("ticket")),
    OPEN: still_open,
    CLOSED: lambda _reader: Q(status=_S.CLOSED, is_spam=False, merged_into=None),
    SPAM: lambda _reader: Q(is_spam=True),
    MERGED: lambda _reader: Q(merged_into__isnull=False) & not_taken_back(),
    ALL: lambda _reader: Q(),
}
