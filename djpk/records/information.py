"""Complaints and requests for public information."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from djpk.records.base import Values, record_kind
from djpk.records.links import EMAIL, PHONE, TICKET, WithContact, WithStaff, WithTicket
from djpk.records.lookups import REGION, TOPIC, UNIT
from information.deadlines import extended_due, notice_due
from information.models import Complaint, ComplaintEvent, PpidEvent, PpidRequest
from kernel.importing.cells import clean_text
from kernel.importing.columns import Column
from kernel.importing.engine import Context
from kernel.importing.fields import Choice, Day, Moment, Text, YesNo
from kernel.parsing import JAKARTA
from people.units import UnitIndex
from worktime.loading import OFFICE, load_calendar


class ComplaintLoader(WithTicket, WithStaff):
    """Reports about third parties and grievances about DJPK's own service (rules 7)."""

    model = Complaint
    prefix = "ADU"
    derived_from = ("received_at", "kind", "subject", "region", "reporter_name")
    dated_by = "received_at"
    related = ("region", "topic", "ticket", "handler")
    ordering = ("received_at", "id")
    columns = (
        Column("number", Text(40, free=False), _("nomor; kosong: dibuat dari isi baris"), example="ADU-24-00001"),
        Column("received_at", Moment(), _("saat diterima"), True, "2024-08-05T09:00:00+07:00"),
        Column("kind", Choice(Complaint.Kind), _("COMPLAINT: pengaduan; GRIEVANCE: keluhan"), True, "COMPLAINT"),
        Column("subject", Text(300), _("pokok; yang sama dikelompokkan"), True, "Surat palsu mengatasnamakan DJPK"),
        Column("description", Text(), _("uraian")),
        Column("topic", TOPIC, _("topik")),
        Column("region", REGION, _("daerah"), example="73.06"),
        Column("source", Choice(Complaint.Source, blank="CONTACT_CENTER"), _("sumber; kosong: CONTACT_CENTER")),
        Column("forwarded_by", Text(120), _("diteruskan oleh"), example="DJA Kemenkeu"),
        Column("outside_number", Text(60), _("nomor di sistem luar")),
        Column("reporter_name", Text(160), _("nama pelapor; hanya dilihat penangan")),
        Column("anonymous", YesNo(), _("pelapor tanpa nama; kosong berarti tidak"), example="tidak"),
        TICKET,
        Column("handler", Text(120), _("nama penangan")),
        Column("status", Choice(Complaint.Status, blank="RECEIVED"), _("kosong berarti RECEIVED"), example="CLOSED"),
        Column("first_replied_at", Moment(), _("saat balasan pertama")),
        Column("closed_at", Moment(), _("saat selesai; wajib bila status CLOSED")),
        Column("resolution", Text(), _("penyelesaian")),
    )

    @classmethod
    def shown(cls, row: Any) -> Values:
        values = super().shown(row)
        handler = clean_text(row.handler.display_name or row.handler.username) if row.handler else ""
        return {**values, "ticket": row.ticket.number if row.ticket else "", "handler": handler}

    def problems(self, values: Values) -> Iterable[str]:
        yield from super().problems(values)
        if (values["status"] == "CLOSED") != (values["closed_at"] is not None):
            yield gettext("closed_at: isi bila status CLOSED, kosongkan bila belum.")
        yield from not_before("first_replied_at", "received_at", values)
        yield from not_before("closed_at", "received_at", values)

    def differs(self, name: str, value: Any, found: tuple[Any, Values]) -> bool:
        if name == "handler" and value:
            return self.agents.find(value) != found[0].handler_id
        return super().differs(name, value, found)

    def apply(self, row: Any, values: Values) -> None:
        for column in self.columns:
            if column.name not in ("ticket", "handler"):
                setattr(row, column.name, values[column.name])
        row.handler_id = self.staff_id(values["handler"])
        self.set_ticket(row, values)

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        ComplaintEvent.objects.bulk_create(
            ComplaintEvent(complaint=row, at=self.context.at, actor=self.context.actor, code=code, to_value=row.status)
            for row, _values in rows
        )


class PpidLoader(WithTicket, WithContact):
    """Requests under UU 14/2008; a blank last day is the 10th working day after receipt (rules 6.2)."""

    model = PpidRequest
    name_column = "applicant_name"
    prefix = "PPID"
    derived_from = ("received_at", "applicant_name", "data_requested")
    dated_by = "received_at"
    automatic = frozenset({"due_on", "extended_due_on"})
    related = ("unit", "ticket", "contact__merged_into")
    prefetched = ("contact__handles", "contact__merged_into__handles")
    ordering = ("received_at", "id")
    columns = (
        Column("number", Text(40, free=False), _("nomor; kosong: dibuat dari isi baris"), example="PPID-24-00001"),
        Column("received_at", Moment(), _("saat diterima"), True, "2024-08-05T09:00:00+07:00"),
        Column("applicant_name", Text(160), _("nama pemohon"), True, "Rangga Aditya"),
        Column(
            "applicant_kind",
            Choice(PpidRequest.ApplicantKind, blank="CITIZEN"),
            _("kosong berarti CITIZEN"),
            example="CITIZEN",
        ),
        EMAIL,
        PHONE,
        Column("data_requested", Text(), _("informasi yang diminta"), True, "Data TKD 2023 per daerah"),
        Column("purpose", Text(255), _("tujuan"), example="Penelitian skripsi"),
        Column("purpose_kind", Text(40), _("jenis tujuan"), example="RESEARCH"),
        Column("data_category", Text(120), _("kelompok data, seperti di laporan"), example="Data TKD"),
        Column("unit", UNIT, _("unit pemilik informasi"), example="PK.2"),
        Column(
            "status", Choice(PpidRequest.Status, blank="RECEIVED"), _("kosong berarti RECEIVED"), example="ANSWERED"
        ),
        Column("due_on", Day(), _("batas waktu; kosong: hari kerja ke-10"), example="2024-08-19"),
        Column("extended_due_on", Day(), _("batas setelah perpanjangan; kosong: 7 hari kerja bila ada alasan")),
        Column("extension_reason", Text(), _("alasan perpanjangan")),
        Column("answered_at", Moment(), _("saat dijawab; wajib bila ANSWERED atau REFUSED")),
        Column("answer", Text(), _("jawaban")),
        TICKET,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.units = UnitIndex.load()
        self.office = load_calendar(OFFICE).calendar

    @classmethod
    def shown(cls, row: Any) -> Values:
        links = {**WithContact.shown.__func__(cls, row), "ticket": row.ticket.number if row.ticket else ""}  # type: ignore[attr-defined]
        links["unit"] = row.unit and row.unit.code
        own = {c.name: getattr(row, c.name) for c in cls.columns if c.name not in links}
        return {**{name: clean_text(v) if isinstance(v, str) else v for name, v in own.items()}, **links}

    def problems(self, values: Values) -> Iterable[str]:
        yield from super().problems(values)
        if values["status"] in ("ANSWERED", "REFUSED") and not values["answered_at"]:
            yield gettext("answered_at: wajib diisi karena sudah dijawab.")
        yield from not_before("answered_at", "received_at", values)
        extended, due = values["extended_due_on"], values["due_on"]
        if extended and not values["extension_reason"]:
            yield gettext("extension_reason: wajib diisi karena ada perpanjangan.")
        if extended and due and extended <= due:
            yield gettext("extended_due_on: harus sesudah due_on.")

    def complete(self, values: Values) -> None:
        values["due_on"] = values["due_on"] or notice_due(self.office, values["received_at"])
        if values["extension_reason"] and not values["extended_due_on"]:
            values["extended_due_on"] = extended_due(self.office, values["due_on"])

    def apply(self, row: Any, values: Values) -> None:
        for column in self.columns:
            if column.name not in ("ticket", "unit", "contact_email", "contact_phone"):
                setattr(row, column.name, values[column.name])
        day = values["received_at"].astimezone(JAKARTA).date()
        row.unit = self.units.on(values["unit"], day) if values["unit"] else None
        row.contact_id = values["contact"]
        self.set_ticket(row, values)

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        PpidEvent.objects.bulk_create(
            PpidEvent(
                request=row,
                at=self.context.at,
                actor=self.context.actor,
                code=code.replace("ppidrequest", "ppid"),
                to_value=row.status,
            )
            for row, _values in rows
        )


def not_before(later: str, earlier: str, values: Values) -> Iterable[str]:
    """Whether two moments of a row stand in order."""
    if values[later] and values[later] < values[earlier]:
        yield gettext("%(later)s: lebih awal dari %(earlier)s. Perbaiki salah satunya.") % {
            "later": later,
            "earlier": earlier,
        }


COMPLAINTS = record_kind("complaints", _("Pengaduan dan keluhan"), ComplaintLoader)
PPID_REQUESTS = record_kind("ppid_requests", _("Permohonan informasi (PPID)"), PpidLoader)
