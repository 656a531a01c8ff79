"""What the page shows of a requester's side, and of the tickets it made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from djpk.simulator.requesters import Requester
from people.models import ContactHandle, User
from tickets.access import visible_tickets
from tickets.models import Ticket

MOST_TICKETS = 3
FAULTS = {
    "": _("Tidak ada"), "429": _("429: terlalu cepat, dicoba lagi"), "500": _("500: WhatsApp sibuk, dicoba lagi"),
    "131047": _("131047: di luar 24 jam, gagal"), "131026": _("131026: nomor tidak terjangkau, gagal"),
    "drop": _("Sambungan putus saat menjawab: tidak diketahui"), "slow": _("Jawaban lambat"),
}  # fmt: skip
"""What the next outgoing message meets."""
STATES = {
    "waits": _("Menunggu"), "sent": _("Terkirim"), "delivered": _("Sampai"), "read": _("Dibaca"),
    "failed": _("Tidak diterima"), "bounced": _("Ditolak"),
}  # fmt: skip
EVENTS = {
    "ring": _("Berdering"), "answer": _("Dijawab"), "hold": _("Ditahan"), "resume": _("Dilanjutkan"),
    "transfer": _("Dialihkan"), "end": _("Selesai"),
}  # fmt: skip
_DOES = {
    "ring": _("Telepon"), "answer": _("Agen menjawab"), "hold": _("Agen menahan"), "resume": _("Agen melanjutkan"),
    "transfer": _("Alihkan"), "end": _("Tutup telepon"),
}  # fmt: skip
KINDS = {
    "template": _("Templat"), "location": _("Lokasi"), "auto": _("Balasan otomatis"), "bounce": _("Surat ditolak"),
    "status": _("Status"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the page has it. `tappable`: its options can still be chosen; `quoted`: the text that it answers."""

    number: int
    mine: bool
    kind: str
    label: Any
    text: str
    at: datetime
    state: Any
    failed: bool
    data: dict[str, Any]
    tappable: bool
    quoted: str = ""


def of_requester(found: dict[str, Any]) -> dict[str, Any]:
    """The requester's side, from what the simulator says."""
    rows = found["lines"]
    last = max((row["number"] for row in rows if not row["mine"] and row["data"].get("options")), default=0)
    texts = {row["data"]["id"]: row["text"] for row in rows if row["data"].get("id")}
    lines = [
        Shown(
            number=row["number"],
            mine=row["mine"],
            kind=row["kind"],
            label=EVENTS.get(row["kind"]) or KINDS.get(row["kind"], ""),
            text=row["text"],
            at=datetime.fromisoformat(row["at"]),
            state=STATES.get(row["state"], ""),
            failed=row["state"] == "failed",
            data=row["data"],
            tappable=row["number"] == last,
            quoted=texts.get(row["data"].get("quote") or "", ""),
        )
        for row in rows
    ]
    wires = [{**wire, "at": datetime.fromisoformat(wire["at"])} for wire in found["wires"]]
    possible = [(event, _DOES[event]) for event in found.get("possible", [])]
    return {"lines": lines, "wires": wires, "switches": found["switches"], "possible": possible}


def line_of(lines: list[Shown], number: str) -> Shown | None:
    """The mail that is answered."""
    return next((line for line in lines if str(line.number) == number and not line.mine), None)


def tickets_of(user: User | AnonymousUser, channel: str, who: Requester) -> list[Ticket]:
    """The newest tickets of a requester that the user may see."""
    kind = ContactHandle.Kind.PHONE if who.at(channel) == who.phone else ContactHandle.Kind.EMAIL
    value = who.email if channel in ("HAI", "LIVE_CHAT") else who.at(channel)
    if channel == "LIVE_CHAT":
        kind = ContactHandle.Kind.EMAIL
    owner = ContactHandle.objects.filter(kind=kind, value=value).select_related("contact").first()
    if owner is None:
        return []
    pks = {owner.contact_id, owner.contact.merged_into_id or owner.contact_id}
    rows = visible_tickets(user).filter(contact_id__in=pks, channel__code=channel).select_related("assignee", "topic")
    return list(rows.order_by("-created_at")[:MOST_TICKETS])
