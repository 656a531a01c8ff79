"""Phone calls of another exchange or of a list kept by hand; a call's ticket is imported before it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import SIMULATED, Call, CallEvent
from djpk.records.base import Values, record_kind
from djpk.records.consultations import url_problems
from djpk.records.information import not_before
from djpk.records.links import TICKET, WithStaff, WithTicket
from kernel.importing.cells import clean_text
from kernel.importing.columns import Column
from kernel.importing.fields import Choice, Converted, Moment, Text
from people.handles import normalise_phone
from people.models import ContactHandle

_ENDED = ("ENDED", "MISSED")


class CallLoader(WithTicket, WithStaff):
    model = Call
    key_columns = ("call_id",)
    prefix = "TLP"
    derived_from = ("started_at", "number", "direction", "agent")
    dated_by = "started_at"
    related = ("ticket", "agent")
    ordering = ("started_at", "id")
    columns = (
        Column("call_id", Text(120, free=False), _("nomor panggilan dari sentral; kosong: dibuat dari isi baris")),
        Column("started_at", Moment(), _("saat mulai berdering"), True, "2024-08-05T09:00:00+07:00"),
        Column("direction", Choice(Call.Direction, blank="IN"), _("IN atau OUT; kosong berarti IN"), example="IN"),
        Column(
            "number",
            Converted(normalise_phone, _("nomor telepon; tanpa kode negara berarti Indonesia")),
            _("nomor penelepon atau yang ditelepon"),
            example="+6200010000001",
        ),
        Column("agent", Text(120), _("nama agen"), example="Laras Setyani"),
        Column("answered_at", Moment(), _("saat dijawab; kosong bila tak terjawab")),
        Column("ended_at", Moment(), _("saat selesai")),
        Column(
            "status", Choice(Call.Status, blank="ENDED"), _("ENDED atau MISSED; kosong berarti ENDED"), example="ENDED"
        ),
        Column("recording_url", Text(500, free=False), _("alamat rekaman")),
        TICKET,
    )

    @classmethod
    def queryset(cls) -> QuerySet[Any]:
        """Without the simulator's: they count nowhere."""
        return super().queryset().exclude(call_id__startswith=SIMULATED)

    @classmethod
    def shown(cls, row: Any) -> Values:
        agent = clean_text(row.agent.display_name or row.agent.username) if row.agent else ""
        linked = {"agent": agent, "ticket": row.ticket.number if row.ticket else ""}
        return {**{c.name: getattr(row, c.name) for c in cls.columns if c.name not in linked}, **linked}

    def problems(self, values: Values) -> Iterable[str]:
        yield from super().problems(values)
        if values["status"] not in _ENDED:
            yield gettext("status: hanya ENDED atau MISSED; panggilan yang berjalan datang dari sentral.")
        if values["status"] == "MISSED" and values["answered_at"] is not None:
            yield gettext("answered_at: kosongkan bila status MISSED.")
        yield from not_before("answered_at", "started_at", values)
        yield from not_before("ended_at", "started_at", values)
        yield from url_problems("recording_url", values["recording_url"])

    def differs(self, name: str, value: Any, found: tuple[Any, Values]) -> bool:
        if name == "agent" and value:
            return self.agents.find(value) != found[0].agent_id
        return super().differs(name, value, found)

    def apply(self, row: Any, values: Values) -> None:
        for column in self.columns:
            if column.name not in ("agent", "ticket"):
                setattr(row, column.name, values[column.name])
        if row.pk is None:
            row.source = Call.Source.IMPORT
        row.agent_id = self.staff_id(values["agent"])
        self.set_ticket(row, values)
        row.contact_id = row.ticket.contact_id if row.ticket_id else self._caller(row.number)
        if row.status != Call.Status.MISSED:
            row.called_back_at = row.called_back_by = None

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        CallEvent.objects.bulk_create(
            CallEvent(
                call=row, at=self.context.at, actor=self.context.actor, code=code, data={"file": self.context.file_name}
            )
            for row, _values in rows
        )

    @staticmethod
    def _caller(number: str) -> int | None:
        handle = ContactHandle.objects.filter(kind=ContactHandle.Kind.PHONE, value=number).select_related("contact")
        found = handle.first() if number else None
        return (found.contact.merged_into_id or found.contact_id) if found else None


CALLS = record_kind("calls", _("Panggilan telepon"), CallLoader)
