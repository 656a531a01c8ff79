"""The conversation of a ticket as it is read: messages, notes and event lines under the day they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kernel.formats import day_name, long_date
from kernel.months import JAKARTA
from messaging.models import Attachment, Message
from messaging.scanning.verbs import why_held
from messaging.whatsapp.media import why_without_file
from people.models import User
from tickets.inbox.entries import Files, entries_of, files_of_messages, files_of_notes
from tickets.inbox.event_words import MINOR, Labels, icon, other_ticket, sentence
from tickets.inbox.file_lines import FileLine, line_of
from tickets.inbox.mail_signs import remarks_of, warning_of
from tickets.inbox.pieces import Piece, note_pieces, pieces_of
from tickets.inbox.wording import names_in
from tickets.models import Ticket, TicketEntry, TicketEvent
from tickets.quotes import Quote, answers_one, may_quote, quotes_of
from tickets.redelivery import ELSEWHERE
from tickets.senders import others_of

_MANY = 4  # event lines in a row that are folded into one
_D = Message.Delivery
_NOT_SENT = frozenset({_D.FAILED.value, _D.BOUNCED.value, _D.UNKNOWN.value})
_DELIVERY_ICONS = {
    _D.QUEUED.value: "ti-clock",
    _D.SENDING.value: "ti-send",
    _D.SENT.value: "ti-check",
    _D.DELIVERED.value: "ti-checks",
    _D.READ.value: "ti-checks",
    _D.FAILED.value: "ti-alert-circle",
    _D.BOUNCED.value: "ti-alert-circle",
    _D.UNKNOWN.value: "ti-help-circle",
    _D.SPOKEN.value: "ti-phone",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry, or several event lines folded (`events`). `kind` is customer, agent, note or event.

    A reply that did not leave says why (`failed`, or `waits` while it is tried again), and whether it was sent by
    another channel since (`replaced`). A mail may have a `warning`, `remarks`, an `original` in HTML and the whole of
    it as a file (`kept`). `quote` is the message it answers, `quotable` whether a reply may answer it. `unproven`
    says that name and address are only what somebody said, `other_sender` that it was not the requester who wrote.
    `awaited` says of a file that is not here yet how that stands.
    `day` is set on the first one of its day, `new` on the first one since the reader's last visit.
    """

    pk: int
    kind: str
    at: datetime
    who: str
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    files: list[FileLine] = field(default_factory=list)
    by: int | None = None
    day: str = ""
    new: str = ""
    icon: str = ""
    detail: str = ""
    reason: str = ""
    delivery: str = ""
    failed: str = ""
    waits: str = ""
    message: int = 0
    replaced: bool = False
    warning: str = ""
    remarks: list[str] = field(default_factory=list)
    original: bool = False
    kept: bool = False
    unproven: str = ""
    other_sender: bool = False
    awaited: str = ""
    quote: Quote | None = None
    quotable: bool = False
    other: str = ""
    minor: bool = False
    events: list["Item"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Items in order; `earlier` is the entry before which there are more, `last` the newest entry's id."""

    items: list[Item]
    earlier: int | None
    last: int


@dataclass(frozen=True, slots=True)
class _Around:
    """What all entries are worded with."""

    ticket: Ticket
    labels: Labels
    named: set[str]
    replaced: set[int | None]
    attached: Files
    on_notes: Files
    quotes: dict[int, Quote]
    others: dict[int, str]


def conversation_of(
    ticket: Ticket,
    *,
    reader: User | None = None,
    read_at: datetime | None = None,
    before: int | None = None,
    since: int | None = None,
    after: int | None = None,
) -> Conversation:
    """The newest entries in order, by a fixed number of queries however many there are.

    `before`: the page that ends with the entry before this one. `since`: as far back as this entry, for links
    to it. `after`: only those newer than this entry. Replies that were withdrawn are left out.
    """
    rows, more = entries_of(ticket, before=before, since=since, after=after)
    around = _Around(
        ticket,
        Labels.of(row.event for row in rows if row.event),
        _mentioned(row.note for row in rows),
        {row.message.details.get(ELSEWHERE) for row in rows if row.message},
        files_of_messages(rows),
        files_of_notes(rows),
        quotes_of(ticket, (row.message for row in rows if row.message)),
        others_of(ticket, (row.message for row in rows if row.message)),
    )
    items = [_item(row, around) for row in rows]
    items = _grouped(_with_new(_with_days(items), reader, read_at))
    return Conversation(items, rows[0].pk if rows and more else None, max((row.pk for row in rows), default=0))


def _mentioned(notes: Iterable[str]) -> set[str]:
    """Usernames, lower case, of staff who are named in these notes."""
    names = {name for note in notes if "@" in note for name in names_in(note)}
    if not names:
        return set()
    known = User.objects.annotate(low=Lower("username")).filter(low__in=names)
    return set(known.values_list("low", flat=True))


def _item(row: TicketEntry, around: _Around) -> Item:
    if row.event:
        return _event(row, row.event, around.labels)
    if row.message:
        return _message(row, row.message, around)
    files = _lines(around.on_notes.get(row.pk, ()), "ticket-note-file", around.ticket)
    pieces = note_pieces(row.note, around.named)
    return Item(row.pk, "note", row.at, _who(row.author), row.note, pieces, files, by=row.author_id)


def _lines(files: Iterable[Any], page: str, ticket: Ticket) -> list[FileLine]:
    return [
        line_of(one.pk, one.name, one.file, reverse(page, args=[ticket.number, one.pk]), _held(one)) for one in files
    ]


def _held(file: Any) -> str:
    return why_held(file) if isinstance(file, Attachment) else ""


def _event(row: TicketEntry, event: TicketEvent, labels: Labels) -> Item:
    return Item(
        row.pk,
        "event",
        row.at,
        _who(event.actor),
        sentence(event),
        by=event.actor_id,
        icon=icon(event),
        detail=labels.detail(event),
        reason=event.reason,
        minor=event.code in MINOR,
        other=other_ticket(event),
    )


def _message(row: TicketEntry, message: Message, around: _Around) -> Item:
    files = _lines(around.attached.get(message.pk, ()), "ticket-file", around.ticket)
    pieces = pieces_of(message.body, message.subject)
    if message.direction == Message.Direction.IN:
        mail: dict[str, Any] = {"message": message.pk, "original": bool(row.in_html), "kept": bool(message.raw_id)}  # type: ignore[attr-defined]
        mail |= {"warning": warning_of(message), "remarks": remarks_of(message)}
        mail["awaited"] = "" if files else why_without_file(message)
        mail["unproven"] = _("Identitas belum terbukti") if "unverified" in message.flags else ""
        mail |= _quoting(message, around)
        other = around.others.get(message.contact_id or 0)
        who = around.ticket.contact.name if other is None else other
        mail["other_sender"] = other is not None
        return Item(row.pk, "customer", row.at, who, message.body, pieces, files, **mail)
    author, state = row.author or message.author, str(_D(message.delivery).label)
    return Item(
        row.pk,
        "agent",
        row.at,
        _who(author),
        message.body,
        pieces,
        files,
        by=author.pk if author else None,
        icon=_DELIVERY_ICONS.get(message.delivery, ""),
        detail=state,
        delivery=message.delivery.lower(),
        failed=(message.delivery_reason or state) if message.delivery in _NOT_SENT else "",
        waits=message.delivery_reason if message.delivery == _D.QUEUED else "",
        message=message.pk,
        replaced=message.pk in around.replaced,
        **_quoting(message, around),
    )


def _quoting(message: Message, around: _Around) -> dict[str, Any]:
    """What the message answers, where it says so, and whether a reply may quote it."""
    quote = around.quotes.get(message.reply_to_id or 0) if answers_one(message) else None
    return {"quote": quote, "quotable": may_quote(around.ticket.channel.code, message)}


def _with_days(items: list[Item]) -> list[Item]:
    made, today = [], None
    for item in items:
        day = item.at.astimezone(JAKARTA).date()
        made.append(replace(item, day=_day(day)) if day != today else item)
        today = day
    return made


def _with_new(items: list[Item], reader: User | None, read_at: datetime | None) -> list[Item]:
    """The line above the first message or note of somebody else since the last visit; none on the first visit."""
    if read_at is None or reader is None:
        return items
    fresh = [item for item in items if item.kind != "event" and item.at > read_at and item.by != reader.pk]
    if not fresh:
        return items
    label = ngettext("{count} pesan baru", "{count} pesan baru", len(fresh)).format(count=len(fresh))
    return [replace(item, new=label) if item is fresh[0] else item for item in items]


def _grouped(items: list[Item]) -> list[Item]:
    """Runs of minor event lines of one day as one line that unfolds."""
    made: list[Item] = []
    run: list[Item] = []
    for item in items:
        if run and (item.day or not item.minor):
            made, run = made + _folded(run), []
        if item.minor:
            run.append(item)
        else:
            made.append(item)
    return made + _folded(run)


def _folded(run: list[Item]) -> list[Item]:
    if len(run) < _MANY:
        return run
    text = ngettext("{count} perubahan", "{count} perubahan", len(run)).format(count=len(run))
    last = run[-1]
    return [Item(last.pk, "events", last.at, "", text, day=run[0].day, events=[replace(run[0], day=""), *run[1:]])]


def _who(user: User | None) -> str:
    return str(user) if user else _("Sistem")


def _day(day: date) -> str:
    language = get_language() or "id"
    return f"{day_name(day, language)}, {long_date(day, language)}"
