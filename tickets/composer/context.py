"""What the composer shows when a ticket is opened: the reader's drafts with their files, limits, what was seen."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.compiled import Compiled
from kernel.errors import Refused
from kernel.formats import clock_time
from kernel.months import JAKARTA
from people.models import User
from tickets.composer.drafts import version_of
from tickets.inbox.file_lines import FileLine, line_of
from tickets.models import Draft, DraftFile, Ticket
from tickets.quotes import Quote, quote_of, quoted_on, quoted_text
from tickets.receiving.answering import BY_MAIL

_DRAFTS = Compiled(lambda rows, user, ticket: rows.filter(user_id=user, ticket_id=ticket), "user", "ticket")


@dataclass(frozen=True, slots=True)
class Writing:
    """One kind's draft. `saved` says when it was kept, empty for none."""

    kind: str
    text: str = ""
    version: str = ""
    saved: str = ""
    files: tuple[FileLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoting:
    """The message that a reply is going to quote; `text` as it goes into a mail, empty elsewhere."""

    quote: Quote
    text: str


def quoting_of(ticket: Ticket, entry: int) -> Quoting:
    """Raises Refused when it cannot be quoted."""
    row = quoted_on(ticket, entry)
    return Quoting(quote_of(row, ticket), quoted_text(row, ticket) if ticket.channel.code == BY_MAIL else "")


def composer_context(user: User, ticket: Ticket, quoted: int | None = None) -> dict[str, Any]:
    """Two queries, the second only when there is a draft; one more for a message that is `quoted`."""
    found = drafts_with_files(user, ticket)
    return {
        "reply": found.get(Draft.Kind.REPLY, Writing("reply")),
        "note": found.get(Draft.Kind.NOTE, Writing("note")),
        "file_limit": settings.COMPOSER_FILE_MB,
        "quoting": _wanted(ticket, quoted),
    }


def _wanted(ticket: Ticket, entry: int | None) -> Quoting | None:
    try:
        return quoting_of(ticket, entry) if entry else None
    except Refused:
        return None


def drafts_with_files(user: User, ticket: Ticket) -> dict[str, Writing]:
    rows = _DRAFTS(Draft.objects.all(), user=user.pk, ticket=ticket.pk)
    prefetch_related_objects(rows, Prefetch("files", DraftFile.objects.select_related("file")))
    return {row.kind: writing_of(row, ticket) for row in rows}


def writing_of(draft: Draft, ticket: Ticket) -> Writing:
    lines = tuple(
        line_of(one.pk, one.name, one.file, reverse("ticket-draft-file", args=[ticket.number, one.pk]))
        for one in draft.files.all()
    )
    return Writing(draft.kind.lower(), draft.text, version_of(draft), saved_label(draft), lines)


def saved_label(draft: Draft) -> str:
    """ "Draf tersimpan 10.42"."""
    time = clock_time(draft.updated_at.astimezone(JAKARTA), get_language() or "id")
    return _("Draf tersimpan {time}").format(time=time)
