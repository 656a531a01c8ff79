"""What must hold within one imported ticket, as the database and the rules have it. Pure but for messages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.utils.translation import gettext as _

Values = Mapping[str, Any]


class TicketLike(Protocol):
    """A ticket as `facts.Facts` has it."""

    @property
    def created_at(self) -> datetime: ...

    @property
    def status(self) -> str: ...

    @property
    def topic_id(self) -> int | None: ...

    @property
    def closed_at(self) -> datetime | None: ...

    @property
    def service_score(self) -> int | None: ...

    @property
    def substance_score(self) -> int | None: ...

    @property
    def escalations(self) -> "list[Stretch]": ...


class Stretch(NamedTuple):
    """One escalation of a row: unit code, when it was handed over, when answered."""

    escalated_at: datetime
    unit: str
    answered_at: datetime | None


def stretch_of(values: Values, created_at: datetime) -> tuple[Stretch | None, list[str]]:
    """The escalation in a row, if any, and what is wrong with it."""
    unit, escalated, answered = (values[name] for name in ("escalated_unit", "escalated_at", "answered_at"))
    if not (unit or escalated or answered):
        return None, []
    problems = []
    if not unit:
        problems.append(_("escalated_unit: isi unit penerima eskalasi, atau kosongkan escalated_at dan answered_at."))
    if not escalated:
        problems.append(_("escalated_at: isi saat eskalasi, atau kosongkan escalated_unit dan answered_at."))
    elif escalated < created_at:
        problems.append(_("escalated_at: lebih awal dari created_at. Perbaiki salah satunya."))
    if answered and escalated and answered < escalated:
        problems.append(_("answered_at: lebih awal dari escalated_at. Perbaiki salah satunya."))
    return (Stretch(escalated, unit, answered), []) if not problems else (None, problems)


def ticket_problems(ticket: "TicketLike") -> list[str]:
    """What is wrong with the ticket as a whole."""
    return [*_closing(ticket), *_rating(ticket), *_waiting(ticket)]


def _closing(ticket: "TicketLike") -> list[str]:
    problems = []
    if ticket.status == "CLOSED":
        if not ticket.closed_at:
            problems.append(_("closed_at: wajib diisi karena status CLOSED."))
        if ticket.topic_id is None:
            problems.append(_("topic: wajib diisi karena status CLOSED."))
    elif ticket.closed_at:
        problems.append(_("closed_at: terisi padahal status bukan CLOSED. Kosongkan, atau ubah status."))
    if ticket.closed_at and ticket.closed_at < ticket.created_at:
        problems.append(_("closed_at: lebih awal dari created_at. Perbaiki salah satunya."))
    return problems


def _rating(ticket: "TicketLike") -> list[str]:
    if (ticket.service_score is None) != (ticket.substance_score is None):
        return [_("service_score, substance_score: isi keduanya atau kosongkan keduanya.")]
    if ticket.service_score is not None and ticket.closed_at is None:
        return [_("service_score, substance_score: penilaian hanya untuk tiket yang sudah selesai (closed_at).")]
    return []


def _waiting(ticket: "TicketLike") -> list[str]:
    if ticket.status == "WAITING_LAYER2" and not ticket.escalations:
        return [_("status: WAITING_LAYER2 memerlukan escalated_unit dan escalated_at.")]
    if len({(s.escalated_at, s.unit) for s in ticket.escalations}) < len(ticket.escalations):
        return [_("Eskalasi yang sama tertulis dua kali. Hapus salah satu.")]
    return []
