"""Publications, events, blasts and mails to the lapor mailbox: registers that are counted."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from djpk.records.base import RecordLoader, Values, record_kind
from djpk.records.consultations import url_problems
from djpk.records.links import TICKET, WithTicket
from djpk.records.lookups import REGION, UNIT
from kernel.importing.columns import Column
from kernel.importing.engine import Context
from kernel.importing.fields import Choice, Day, Integer, Moment, Text, YesNo
from kernel.months import JAKARTA
from outreach.models import Blast, Event, LaporMail, OutreachEvent, Publication
from people.units import UnitIndex

_NUMBER = Column("number", Text(40, free=False), _("nomor register; kosong: dibuat dari tanggal dan judul"))
_POSITION = Column("position", Integer(), _("urutan di register; kosong: sesudah yang terakhir"), example="1")


class _Register(RecordLoader):
    """Rows whose columns are the model's fields, with an event each."""

    automatic = frozenset({"position"})
    ordering: ClassVar[tuple[str, ...]] = ("position", "id")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.last: int | None = None

    def complete(self, values: Values) -> None:
        if "position" in values and values["position"] is None:
            if self.last is None:
                self.last = self.model._default_manager.aggregate(last=Max("position"))["last"] or 0
            self.last += 1
            values["position"] = self.last

    def apply(self, row: Any, values: Values) -> None:
        for column in self.columns:
            setattr(row, column.name, values[column.name])

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        name = str(self.model._meta.model_name)
        OutreachEvent.objects.bulk_create(
            OutreachEvent(
                record=name,
                record_id=row.pk,
                at=self.context.at,
                actor=self.context.actor,
                code=code,
                data={"file": self.context.file_name},
            )
            for row, _values in rows
        )


class PublicationLoader(_Register):
    model = Publication
    prefix = "PUB"
    derived_from = ("published_on", "title")
    dated_by = "published_on"
    ordering = ("published_on", "position", "id")
    columns = (
        _NUMBER,
        Column("published_on", Day(), _("tanggal terbit"), True, "2024-08-05"),
        Column("title", Text(300), _("judul"), True, "Realisasi TKD Semester I 2024"),
        Column("category", Text(60), _("jenis"), example="Berita"),
        Column("url", Text(200, free=False), _("alamat halaman")),
        _POSITION,
    )

    def problems(self, values: Values) -> Iterable[str]:
        yield from url_problems("url", values["url"])


class EventLoader(_Register):
    model = Event
    prefix = "ACR"
    derived_from = ("held_on", "title")
    dated_by = "held_on"
    ordering = ("held_on", "position", "id")
    columns = (
        _NUMBER,
        Column("held_on", Day(), _("tanggal kegiatan"), True, "2024-08-08"),
        Column("title", Text(300), _("judul"), True, "SERASI: Pengelolaan DAU"),
        Column("kind", Choice(Event.Kind, blank="WEBINAR"), _("jenis; kosong berarti WEBINAR"), example="WEBINAR"),
        _POSITION,
    )


class BlastLoader(_Register):
    model = Blast
    prefix = "BLS"
    derived_from = ("sent_at", "subject")
    dated_by = "sent_at"
    ordering = ("sent_at", "position", "id")
    columns = (
        _NUMBER,
        Column(
            "sent_at",
            Moment(planned=True),
            _("saat dikirim; wajib bila status SENT"),
            example="2024-08-05T09:00:00+07:00",
        ),
        Column("subject", Text(300), _("perihal"), True, "Undangan sosialisasi"),
        Column("by_whatsapp", YesNo(blank=True), _("lewat WhatsApp; kosong berarti ya"), example="ya"),
        Column("by_email", YesNo(blank=True), _("lewat email; kosong berarti ya"), example="ya"),
        Column("recipients", Integer(), _("jumlah penerima; kosong berarti 0"), example="1200"),
        Column("status", Choice(Blast.Status, blank="SENT"), _("kosong berarti SENT"), example="SENT"),
        _POSITION,
    )
    automatic = frozenset({"position", "recipients"})

    def problems(self, values: Values) -> Iterable[str]:
        if (values["status"] == "SENT") != (values["sent_at"] is not None):
            yield gettext("sent_at: isi bila status SENT, kosongkan bila DRAFT.")
        if not (values["by_whatsapp"] or values["by_email"]):
            yield gettext("by_whatsapp, by_email: salah satu harus ya.")

    def complete(self, values: Values) -> None:
        super().complete(values)
        values["recipients"] = values["recipients"] or 0


class LaporMailLoader(_Register, WithTicket):
    model = LaporMail
    one_per_ticket = True
    key_columns = ("external_id",)
    prefix = "LAPOR"
    derived_from = ("received_at", "sender", "subject", "document_type", "period")
    dated_by = "received_at"
    automatic = frozenset()
    related = ("region", "unit", "ticket")
    ordering = ("received_at", "id")
    columns = (
        Column("external_id", Text(255, free=False), _("Message-ID; kosong: dibuat dari isi baris")),
        Column("received_at", Moment(), _("saat diterima"), True, "2024-08-05T09:00:00+07:00"),
        Column("sender", Text(254), _("pengirim"), example="bkad@gowa.example"),
        Column("subject", Text(255), _("perihal"), example="Laporan syarat salur DBH"),
        Column("document_type", Choice(LaporMail.DocumentType, blank="OTHER"), _("jenis dokumen"), example="DBH"),
        Column("period", Text(20), _("periode dokumen"), example="2024-TW3"),
        Column("region", REGION, _("daerah pengirim"), example="73.06"),
        Column("unit", UNIT, _("unit yang menangani"), example="PK.2"),
        TICKET,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.units = UnitIndex.load()

    @classmethod
    def shown(cls, row: Any) -> Values:
        values = super().shown(row)
        return {**values, "unit": row.unit and row.unit.code, "ticket": row.ticket.number if row.ticket else ""}

    def apply(self, row: Any, values: Values) -> None:
        day = values["received_at"].astimezone(JAKARTA).date()
        unit = self.units.on(values["unit"], day) if values["unit"] else None
        for column in self.columns:
            if column.name not in ("unit", "ticket"):
                setattr(row, column.name, values[column.name])
        row.unit = unit
        self.set_ticket(row, values)


PUBLICATIONS = record_kind("publications", _("Publikasi website"), PublicationLoader)
EVENTS = record_kind("events", _("Webinar dan kegiatan"), EventLoader)
BLASTS = record_kind("blasts", _("Blast"), BlastLoader)
LAPOR_MAILS = record_kind("lapor_mails", _("Email Lapor"), LaporMailLoader)
