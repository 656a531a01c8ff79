"""Rows behind a figure as printed cells: which columns each record shows. No names of requesters (rules 8.8)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, overload

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbot.models import ChatbotSession
from consultations.models import VideoConference, VideoConferenceTopic, Visit, VisitTopic
from escalation.models import Escalation
from information.models import Complaint, PpidRequest
from kernel import formats
from kernel.months import JAKARTA
from knowledge.models import KnowledgeArticle
from outreach.models import Blast, Event, LaporMail, Publication, SocialMetric, WebTraffic
from tickets.models import SatisfactionRating, Ticket

Column = tuple["str | Promise", str]
NUMBER, DAY, REGION, TOPIC, UNIT = (
    gettext_lazy("Nomor"), gettext_lazy("Tanggal"), gettext_lazy("Daerah"), gettext_lazy("Topik"),
    gettext_lazy("Unit"),
)  # fmt: skip

COLUMNS: dict[type[Model], tuple[Column, ...]] = {
    Ticket: (
        (NUMBER, "number"), (gettext_lazy("Dibuat"), "created_at"), (gettext_lazy("Kanal"), "channel__label"),
        (TOPIC, "topic__label"), (gettext_lazy("Kelompok"), "user_group"), (REGION, "region__display_name"),
        (gettext_lazy("Zona"), "zone"), (gettext_lazy("Jam layanan"), "service_hours"),
    ),
    Escalation: (
        (gettext_lazy("Tiket"), "ticket__number"), (UNIT, "unit__short"), (TOPIC, "ticket__topic__label"),
        (gettext_lazy("Dieskalasi"), "escalated_at"), (gettext_lazy("Dijawab"), "answered_at"),
        (gettext_lazy("Menit kerja"), "working_minutes"), (gettext_lazy("Nilai"), "score"),
        (gettext_lazy("Aturan"), "rule__version"), (gettext_lazy("Alasan dikecualikan"), "excluded_reason"),
    ),
    SatisfactionRating: (
        (gettext_lazy("Tiket"), "ticket__number"), (gettext_lazy("Agen"), "agent__display_name"),
        (gettext_lazy("Layanan"), "service_score"), (gettext_lazy("Substansi"), "substance_score"),
        (gettext_lazy("Dinilai"), "rated_at"),
    ),
    Publication: ((NUMBER, "number"), (DAY, "published_on"), (gettext_lazy("Materi"), "title"),
                  (gettext_lazy("Kategori"), "category")),
    Event: ((NUMBER, "number"), (DAY, "held_on"), (gettext_lazy("Materi"), "title"), (gettext_lazy("Jenis"), "kind")),
    Blast: ((NUMBER, "number"), (gettext_lazy("Terkirim"), "sent_at"), (gettext_lazy("Perihal"), "subject"),
            (gettext_lazy("WhatsApp"), "by_whatsapp"), (gettext_lazy("Email"), "by_email"),
            (gettext_lazy("Penerima"), "recipients")),
    WebTraffic: ((gettext_lazy("Bulan"), "month"), (gettext_lazy("Pengunjung"), "visitors"),
                 (gettext_lazy("Diisi"), "entered_at"), (gettext_lazy("Oleh"), "entered_by__display_name")),
    Complaint: ((NUMBER, "number"), (gettext_lazy("Diterima"), "received_at"), (gettext_lazy("Jenis"), "kind"),
                (gettext_lazy("Pokok"), "subject"), (REGION, "region__display_name"),
                (gettext_lazy("Sumber"), "source")),
    ChatbotSession: ((gettext_lazy("Mulai"), "started_at"), (gettext_lazy("Kanal"), "channel__label"),
                     (gettext_lazy("Menu"), "menu__label"), (gettext_lazy("Hasil"), "outcome")),
    LaporMail: ((gettext_lazy("Diterima"), "received_at"), (gettext_lazy("Dokumen"), "document_type"),
                (gettext_lazy("Perihal"), "subject"), (REGION, "region__display_name")),
    Visit: ((NUMBER, "number"), (DAY, "held_on"), (gettext_lazy("Pengunjung"), "visitor"), (TOPIC, "topic_labels"),
            (gettext_lazy("Tamu"), "guest_count"), (gettext_lazy("Melebihi batas"), "over_limit"),
            (gettext_lazy("Catatan"), "note")),
    VideoConference: ((NUMBER, "number"), (DAY, "held_on"), (gettext_lazy("Peserta"), "visitor"),
                      (TOPIC, "topic_labels")),
    PpidRequest: ((NUMBER, "number"), (gettext_lazy("Diterima"), "received_at"),
                  (gettext_lazy("Data"), "data_category"), (gettext_lazy("Keperluan"), "purpose"),
                  (gettext_lazy("Status"), "status")),
    KnowledgeArticle: ((gettext_lazy("Kode"), "code"), (gettext_lazy("Judul"), "title"), (UNIT, "unit__short"),
                       (TOPIC, "topic__label")),
    SocialMetric: ((gettext_lazy("Bulan"), "month"), (gettext_lazy("Media"), "platform"),
                   (gettext_lazy("Konten"), "posts"), (gettext_lazy("Feeds"), "feeds"),
                   (gettext_lazy("Story"), "stories"), (gettext_lazy("Pengikut"), "followers"),
                   (gettext_lazy("Reach"), "reach_total"), (gettext_lazy("Konten dengan reach"), "reach_posts"),
                   (gettext_lazy("Reach rata-rata"), "reach_average")),
}  # fmt: skip


def columns_of(querysets: Sequence[QuerySet]) -> list[str]:
    """Headings of the rows; none when there are no rows to show."""
    return [str(label) for label, _path in COLUMNS[querysets[0].model]] if querysets else []


class Rows(Sequence[list[str]]):
    """Printed rows of querysets one after another; counts and reads only what is asked for, so it can be paged."""

    def __init__(self, querysets: Sequence[QuerySet], language: str = "id") -> None:
        self.querysets = [rows.order_by(*_order(rows)) for rows in querysets]
        self._language = language
        self._counts: list[int] | None = None

    def __len__(self) -> int:
        return sum(self._lengths())

    def count(self, value: object = None) -> int:
        """Number of rows, as paginators ask for it."""
        return len(self)

    def _lengths(self) -> list[int]:
        if self._counts is None:
            self._counts = [rows.count() for rows in self.querysets]
        return self._counts

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str]]: ...
    def __getitem__(self, index: int | slice) -> list[str] | list[list[str]]:
        if isinstance(index, int):
            return self[index : index + 1][0] if index >= 0 else self[len(self) + index]
        start, stop, step = index.indices(len(self))
        if step != 1:
            return [self[place] for place in range(start, stop, step)]
        return [row for rows, first, last in self._slices(start, stop) for row in self._print(rows[first:last])]

    def _slices(self, start: int, stop: int) -> Iterable[tuple[QuerySet, int, int]]:
        before = 0
        for rows, length in zip(self.querysets, self._lengths(), strict=True):
            first, last = max(start - before, 0), min(stop - before, length)
            if first < last:
                yield rows, first, last
            before += length

    def _print(self, rows: QuerySet) -> Iterable[list[str]]:
        paths = [path for _label, path in COLUMNS[rows.model]]
        choices = [_choices(rows.model, path) for path in paths]
        for values in _with_topics(rows).values_list(*paths):
            yield [self._cell(value, names) for value, names in zip(values, choices, strict=True)]

    def _cell(self, value: Any, names: dict[Any, str]) -> str:
        match value:
            case None | "":
                return "–"
            case bool():
                return _("Ya") if value else _("Tidak")
            case datetime():
                local = value.astimezone(JAKARTA)
                day = formats.short_date(local.date(), self._language, year=True)
                return f"{day}, {formats.clock_time(local, self._language)}"
            case date():
                return formats.short_date(value, self._language, year=True)
            case Decimal():
                return formats.decimal(value, 1, trim=True, language=self._language)
            case int():
                return formats.number(value, self._language)
            case list():
                return ", ".join(value) or "–"
        return names.get(value, str(value))


def _choices(model: type[Model], path: str) -> dict[Any, str]:
    if "__" in path or path == "topic_labels":
        return {}
    return {value: str(label) for value, label in model._meta.get_field(path).flatchoices}  # type: ignore[union-attr]


def _order(rows: QuerySet) -> list[str]:
    return [*(rows.model._meta.ordering or []), "pk"]


def _with_topics(rows: QuerySet) -> QuerySet:
    through = {Visit: (VisitTopic, "visit"), VideoConference: (VideoConferenceTopic, "conference")}.get(rows.model)
    if through is None:
        return rows
    topic_rows, owner = through
    labels = topic_rows._default_manager.filter(**{owner: OuterRef("pk")}).order_by("position").values("topic__label")
    return rows.annotate(topic_labels=ArraySubquery(labels))
