"""The list beside a ticket, all from its address: views with counts, filters, order, one page of rows."""

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from people.models import User
from tickets.access import may_work_on_tickets
from tickets.clocks import Clocks
from tickets.inbox import facets, saved_views
from tickets.inbox.counting import Lot, shown
from tickets.inbox.facets import Reader
from tickets.inbox.filters import FilterForm, Known, Params, params_of
from tickets.inbox.ordering import DEADLINE, MESSAGE, NEWEST, OLDEST, SORTS, Page, page_of
from tickets.inbox.panel import kept_part
from tickets.inbox.remembered import fetched
from tickets.inbox.rows import Group, Row, grouped, rows_of
from tickets.inbox.views_column import MENTIONS, OPEN, PAST, VIEWS, Visible, column, condition, views_for
from tickets.models import SavedView, Ticket


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: a view, filters and an order, perhaps those of a saved view.

    `lost`: it names a saved view that is gone or somebody else's. `unknown`: a view and an order that there
    are not, by what they are called on the page; the list shows the usual ones instead.
    """

    view: str
    sort: str
    filters: Params
    saved: SavedView | None
    lost: bool
    unknown: list[tuple[str, str]]

    @classmethod
    def read(cls, data: QueryDict, views: list[SavedView]) -> "Asked":
        """A saved view named alone means that view; with a view beside it, that view as somebody is changing it."""
        wanted = data.get("simpanan", "")
        saved = next((view for view in views if str(view.pk) == wanted), None)
        filters, view, sort = params_of(data), data.get("tampilan", ""), data.get("urut", "")
        if saved and not view:
            filters, view = saved_views.split(saved)
            sort = sort or saved.sort
        given = ((_("Tampilan"), view, VIEWS), (_("Urutan"), sort, SORTS))
        unknown = [(label, facets.sane(value)) for label, value, known in given if value and value not in known]
        view = view if view in VIEWS else OPEN
        sort = sort if sort in sorts_of(view) else default_sort(view)
        return cls(view, sort, filters, saved, bool(wanted and not saved), unknown)


class Inbox:
    """The list as someone reads it at a moment."""

    def __init__(self, user: User, data: QueryDict, now: datetime) -> None:
        self.reader = Reader(user, Clocks.load(), now)
        self.visible, self.works = Visible.to(user), may_work_on_tickets(user)
        self.saved_views = saved_views.views_of(user)
        self.asked = Asked.read(data, self.saved_views)
        self.known = Known(self.asked.filters, *(saved_views.split(view)[0] for view in self.saved_views))
        self.form = FilterForm(self.asked.filters, self.known)
        self.cursor = data.get("dari", "")

    @cached_property
    def tickets(self) -> QuerySet[Ticket]:
        """Everything the list holds, on all pages."""
        return self.form.apply(self.visible.tickets.filter(condition(self.asked.view, self.reader)), self.reader)

    @cached_property
    def page(self) -> Page:
        """Its SQL is made once for all readers, but for pages further down."""
        lot = self.lot(self.asked.view, self.form.params)

        def read(key: Hashable | None, part: Callable[[Any], Any], clocked: bool) -> Iterable[tuple[Any, Any]]:
            def build(reader: Reader) -> Any:
                return part(lot.tickets(replace(reader, clocked=clocked)))

            return build(self.reader) if key is None else fetched((lot.key, key), build, self.reader)

        return page_of(read, sort=self.asked.sort, cursor=self.cursor)

    def lot(self, view: str, filters: Params, *, unread: bool = False) -> Lot:
        """What a view holds under these filters, to be counted."""

        def held(reader: Reader) -> QuerySet[Ticket]:
            found = self.visible.tickets.filter(condition(view, reader))
            found = FilterForm(filters, self.known).apply(found, reader)
            return found.filter(facets.unread(reader)) if unread else found

        return Lot((self.visible.units, view, json.dumps(filters, sort_keys=True), unread), held)

    @property
    def problems(self) -> list[str]:
        """Why the address is not shown as it was asked for."""
        said = _("“{value}” tidak dikenal.")
        return [f"{label}: {said.format(value=value)}" for label, value in self.asked.unknown] + self.form.problems

    @property
    def stored(self) -> dict[str, list[str]]:
        """The list without its order, as a saved view keeps it."""
        return {"tampilan": [self.asked.view], **self.form.params}

    @property
    def changed(self) -> bool:
        """Whether a saved view stands here with changes that are not saved."""
        saved = self.asked.saved
        return saved is not None and not saved_views.same(saved, self.stored, self.asked.sort)

    def query(self, **changes: Any) -> str:
        """The address of this list in full; None leaves a part out."""
        saved = self.asked.saved
        parts: dict[str, Any] = {**self.stored, "urut": self.asked.sort, "simpanan": saved.pk if saved else None}
        return urlencode({name: value for name, value in (parts | changes).items() if value is not None}, doseq=True)

    @property
    def bare(self) -> str:
        """The query of the view in this order without any filter."""
        return urlencode({"tampilan": self.asked.view, "urut": self.asked.sort})

    @cached_property
    def short(self) -> str:
        """The shortest query that brings this page of the list back."""
        saved = self.asked.saved
        parts: dict[str, Any] = {}
        if saved and not self.changed:
            parts = {"simpanan": saved.pk}
        elif not saved and not self.form.params and self.asked.sort == default_sort(self.asked.view):
            parts = {"tampilan": self.asked.view}
        if self.cursor:
            parts["dari"] = self.cursor
            return urlencode(parts) if len(parts) > 1 else self.query(dari=self.cursor)
        return urlencode(parts) if parts else self.query()

    @property
    def address(self) -> str:
        """Where this page of the list stands."""
        return f"{reverse('inbox')}?{self.short}"

    def rows(self, ids: list[int]) -> list[Row]:
        """Rows of these tickets as they look in this list; those that left it are missing."""
        return rows_of(self.tickets, ids, self.reader, self.short)

    @property
    def groups(self) -> list[Group]:
        return grouped(rows_of(None, self.page.ids, self.reader, self.short), self.asked.sort == DEADLINE)


def sorts_of(view: str) -> list[str]:
    """The orders that an index can give for a view."""
    return [code for code in SORTS if view not in PAST or code in (NEWEST, OLDEST)]


def default_sort(view: str) -> str:
    return NEWEST if view in PAST else MESSAGE if view == MENTIONS else DEADLINE


def list_context(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Everything the templates of views and list show."""
    inbox = Inbox(request.user, request.GET, now)  # type: ignore[arg-type]
    asked, form = inbox.asked, inbox.form
    side, counts = _side(inbox)
    channel = only_channel(inbox)
    return (
        side
        | _choices(inbox)
        | {
            "inbox": inbox,
            "form": form,
            "view": line_of(inbox, channel),
            "scope": asked.view,
            "title": title_of(inbox, channel),
            "channel": channel,
            "sort": asked.sort,
            "sort_label": SORTS[asked.sort],
            "sorts": [(SORTS[code], inbox.query(urut=code), code == asked.sort) for code in sorts_of(asked.view)],
            "filter_chips": [(chip, inbox.query(**{chip.name: chip.others})) for chip in form.chips],
            "count": _total(inbox, counts),
            "unread": shown(counts["unread"]) if counts.get("unread") else "",
            "page": inbox.page,
            "unread_only": bool(form.values("belum_dibaca")),
            "unread_query": inbox.query(belum_dibaca=None if form.values("belum_dibaca") else "ya"),
            "bare_query": inbox.bare,
            "filter_panel": _panel(inbox),
            "next_query": inbox.query(dari=inbox.page.next),
            "may_change": asked.saved is not None and saved_views.may_change(asked.saved, inbox.reader.user),
            "priorities": [(priority.name, priority.label) for priority in reversed(Ticket.Priority)],
            "list_query": inbox.short,
            "list_url": inbox.address,
            "now": now,
            "countdown": inbox.reader.clock.countdown(now),
        }
    )


def _panel(inbox: Inbox) -> SafeString:
    """All filters with what was chosen."""
    asked, form = inbox.asked, inbox.form
    given = tuple((facet.name, *facet.given) for facet in form.given)
    key = (inbox.works, asked.view, asked.sort, asked.saved and asked.saved.pk, given)
    return kept_part(
        "tickets/_filters.html",
        key,
        lambda: {
            "form": form,
            "saved": asked.saved,
            "sort": asked.sort,
            "scope": asked.view,
            "scopes": [(code, VIEWS[code][0]) for code in views_for(inbox.works)],
            "bare_query": inbox.bare,
        },
    )


def _choices(inbox: Inbox) -> dict[str, SafeString]:
    """Whom tickets may be given to, and their topics, for the bar of chosen tickets."""
    known = inbox.known
    return {
        "agent_options": kept_part("tickets/_agent_options.html", "", lambda: {"agents": known.active_agents}),
        "topic_options": kept_part("tickets/_topic_options.html", "", lambda: {"topics": known.active_topics}),
    }


def side_context(user: User, now: datetime) -> dict[str, Any]:
    """The column of views alone, for a page beside it that is no list."""
    return _side(Inbox(user, QueryDict(), now), listed=False)[0]


def _side(inbox: Inbox, *, listed: bool = True) -> tuple[dict[str, Any], dict[str, int]]:
    """What the column shows, and all counts of the page. Nothing that reaches into the past is counted."""
    more: dict[str, Lot] = {}
    if listed and inbox.asked.view not in PAST:
        more = {"list": inbox.lot(inbox.asked.view, inbox.form.params)}
        more["unread"] = inbox.lot(inbox.asked.view, inbox.form.params, unread=True)
    for saved in inbox.saved_views:
        filters, view = saved_views.split(saved)
        if view not in PAST:
            more[f"saved {saved.pk}"] = inbox.lot(view, filters)
    views, channels, counts = column(inbox.visible, inbox.reader, inbox.known.channels, more, works=inbox.works)
    shown_views = saved_views.lines(inbox.saved_views, inbox.reader.user, counts, inbox.asked.saved if listed else None)
    side = {"views": views, "channels": channels, "saved_lines": shown_views}
    return side | {"full_query": inbox.query(), "works": inbox.works}, counts


def _total(inbox: Inbox, counts: dict[str, int]) -> str:
    whole = inbox.page.first and inbox.page.next is None
    return str(len(inbox.page.ids)) if whole else shown(counts.get("list"))


def only_channel(inbox: Inbox) -> str:
    """The code, where a channel's line of the column was followed."""
    filters = inbox.form.params
    codes = filters.get("kanal", [])
    alone = len(filters) == len(codes) == 1 and inbox.asked.view == OPEN and not inbox.asked.saved
    return codes[0] if alone else ""


def line_of(inbox: Inbox, channel: str) -> str:
    """The view that the column marks; empty where a saved one or a channel's line is shown."""
    return "" if inbox.asked.saved or channel else inbox.asked.view


def title_of(inbox: Inbox, channel: str) -> str:
    if inbox.asked.saved:
        return inbox.asked.saved.name
    if channel:
        return inbox.form.facet("kanal").chosen[0].label
    return str(VIEWS[inbox.asked.view][0])
