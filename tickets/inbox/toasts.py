"""What is said in the corner after a move that can be taken back."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.models import TicketEvent

_SAID: dict[str, str | Promise] = {
    "ticket.assigned": _("{number} ditugaskan."),
    "ticket.closed": _("{number} selesai."),
    "ticket.escalated": _("{number} dieskalasi."),
    "ticket.group_set": _("Kelompok diubah."),
    "ticket.merged": _("{number} digabungkan ke {other}."),
    "ticket.parent_set": _("Tiket induk diubah."),
    "ticket.priority_set": _("Prioritas diubah."),
    "ticket.region_set": _("Daerah diubah."),
    "ticket.reopened": _("{number} dibuka kembali."),
    "ticket.spam_marked": _("{number} ditandai spam."),
    "ticket.split": _("Pesan menjadi tiket {other}."),
    "ticket.subject_set": _("Perihal diubah."),
    "ticket.tags_set": _("Tanda diubah."),
    "ticket.topic_set": _("Topik diubah."),
    "ticket.waiting_requester": _("{number} menunggu pemohon."),
}


def toast_of(event: TicketEvent, number: str, query: str = "") -> dict[str, Any]:
    """Text and address of the way back."""
    text = str(_SAID.get(event.code, _("{number} diubah."))).format(number=number, other=event.to_value)
    undo = reverse("ticket-undo", args=[number, event.pk]) + (f"?{query}" if query else "")
    return {"text": text, "undo": undo, "tone": "ok"}
