"""The registers of what DJPK publishes and sends (S04 to S06): entered, corrected, taken out, blasts sent."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock, lock_names
from kernel.numbering import next_number
from outreach.journal import append
from outreach.models import Blast, Event, Publication
from people.models import User

Entry = TypeVar("Entry", Publication, Event, Blast)

CHANGEABLE: dict[type[models.Model], frozenset[str]] = {
    Publication: frozenset({"title", "category", "published_on", "url"}),
    Event: frozenset({"title", "kind", "held_on"}),
    Blast: frozenset({"subject", "by_whatsapp", "by_email"}),
}


@transaction.atomic
def add_publication(
    *, title: str, published_on: date, category: str = "", url: str = "", at: datetime, actor: User | None
) -> Publication:
    """Something on the website, next in the register."""
    row = Publication.objects.create(
        number=next_number("PUB", at, model=Publication),
        title=_titled(title),
        category=category.strip(),
        published_on=published_on,
        url=url,
        position=_next_position(Publication),
    )
    append(row, "publication.added", at=at, actor=actor)
    return row


@transaction.atomic
def add_event(*, title: str, held_on: date, kind: str = Event.Kind.WEBINAR, at: datetime, actor: User | None) -> Event:
    """A webinar, sosialisasi and the like, next in the register."""
    row = Event.objects.create(
        number=next_number("ACR", at, model=Event),
        title=_titled(title),
        kind=Event.Kind(kind),
        held_on=held_on,
        position=_next_position(Event),
    )
    append(row, "event.added", at=at, actor=actor)
    return row


@transaction.atomic
def draft_blast(
    *, subject: str, by_whatsapp: bool = True, by_email: bool = True, at: datetime, actor: User | None
) -> Blast:
    """A blast that is not sent yet."""
    row = Blast.objects.create(
        number=next_number("BLS", at, model=Blast),
        subject=_titled(subject),
        **_media(by_whatsapp, by_email),
        position=_next_position(Blast),
    )
    append(row, "blast.drafted", at=at, actor=actor)
    return row


@transaction.atomic
def send_blast(*, blast: Blast, recipients: int, at: datetime, actor: User | None) -> Blast:
    """It went out `at` to so many people; counts once in that month (S06)."""
    blast = _draft(lock(blast))
    if recipients < 1:
        raise Refused("blast.needs_recipients", _("Pilih sedikitnya satu penerima."))
    blast.status, blast.sent_at, blast.recipients = Blast.Status.SENT, at, recipients
    blast.save(update_fields=["status", "sent_at", "recipients"])
    append(blast, "blast.sent", at=at, actor=actor, from_value=Blast.Status.DRAFT, to_value=blast.status)
    return blast


@transaction.atomic
def correct_entry(
    *, row: Entry, changes: Mapping[str, Any], at: datetime, actor: User | None, reason: str = ""
) -> Entry:
    """Change what was entered, also afterwards; a sent blast stays as it was sent. No change, no event."""
    row = lock(row)
    if unknown := set(changes) - CHANGEABLE[type(row)]:
        raise ValueError(f"not changeable here: {', '.join(sorted(unknown))}")
    if isinstance(row, Blast):
        _draft(row)
    changed = {key: value for key, value in changes.items() if getattr(row, key) != value}
    if not changed:
        return row
    before = {key: str(getattr(row, key)) for key in changed}
    for key, value in changed.items():
        setattr(row, key, value)
    _titled(row.subject if isinstance(row, Blast) else row.title)
    if isinstance(row, Blast):
        _media(row.by_whatsapp, row.by_email)
    row.save(update_fields=list(changed))
    append(row, f"{row._meta.model_name}.corrected", at=at, actor=actor, reason=reason, data={"before": before})
    return row


@transaction.atomic
def take_out(*, row: Publication | Event | Blast, reason: str, at: datetime, actor: User | None) -> None:
    """Remove what was entered by mistake; the event keeps what it said."""
    row = lock(row)
    if not reason.strip():
        raise Refused("entry.needs_reason", _("Tulis alasan menghapus catatan ini."))
    if isinstance(row, Blast):
        _draft(row)
    append(
        row,
        f"{row._meta.model_name}.taken_out",
        at=at,
        actor=actor,
        reason=reason.strip(),
        data={"number": row.number, "text": str(row)},
    )
    row.delete()


def _titled(text: str) -> str:
    if not text.strip():
        raise Refused("entry.needs_title", _("Isi judulnya."))
    return text.strip()


def _media(by_whatsapp: bool, by_email: bool) -> dict[str, bool]:
    if not (by_whatsapp or by_email):
        raise Refused("blast.needs_medium", _("Pilih WhatsApp, email, atau keduanya."))
    return {"by_whatsapp": by_whatsapp, "by_email": by_email}


def _draft(blast: Blast) -> Blast:
    if blast.status != Blast.Status.DRAFT:
        raise Refused("blast.sent", _("Blast ini sudah terkirim."))
    return blast


def _next_position(model: type[models.Model]) -> int:
    lock_names(f"register:{model._meta.label_lower}")
    return (model._default_manager.aggregate(last=models.Max("position"))["last"] or 0) + 1
