"""What is entered once a month: website, social media, snapshots of earlier months, report texts."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from djpk.records.base import RecordLoader, Values, record_kind
from kernel.importing.cells import clean_text
from kernel.importing.columns import Column
from kernel.importing.fields import Choice, FirstOfMonth, Integer, Number, Text
from outreach.models import OutreachEvent, SocialMetric, WebPage, WebTraffic
from reports.catalogue import CATALOGUE
from reports.models import MetricSnapshot, ReportEvent, ReportText

PAGES = tuple(f"page_{rank}" for rank in range(1, 11))
_MONTH = Column("month", FirstOfMonth(), _("bulan"), True, "2024-08")


class _Monthly(RecordLoader):
    """Rows of a month; who entered them and when is the import's."""

    dated_by = "month"
    key_columns: ClassVar[tuple[str, ...]] = ("month",)
    author = ("entered_by", "entered_at")

    def stored(self, rows: list[Any]) -> dict[Hashable, tuple[Any, Values]]:
        found = self.queryset().filter(month__in={row.values["month"] for row in rows})
        pairs = ((row, self.shown(row)) for row in found)
        return {self.key_of(values): (row, values) for row, values in pairs}

    def apply(self, row: Any, values: Values) -> None:
        fields = {field.name for field in self.model._meta.concrete_fields}
        for name, value in values.items():
            if name in fields:
                setattr(row, name, value)
        setattr(row, self.author[0], self.context.actor)
        setattr(row, self.author[1], self.context.at)

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        OutreachEvent.objects.bulk_create(
            OutreachEvent(
                record=str(self.model._meta.model_name),
                record_id=row.pk,
                at=self.context.at,
                actor=self.context.actor,
                code=code,
                data={"file": self.context.file_name},
            )
            for row, _values in rows
        )


class WebTrafficLoader(_Monthly):
    model = WebTraffic
    prefetched = ("pages",)
    ordering = ("month",)
    columns = (
        _MONTH,
        Column("visitors", Integer(), _("pengunjung, dibulatkan ke ribuan"), True, "61000"),
        *(Column(name, Text(400), _("halaman terbanyak dikunjungi, berurutan")) for name in PAGES),
    )

    @classmethod
    def shown(cls, row: Any) -> Values:
        titles = [clean_text(page.title) for page in sorted(row.pages.all(), key=lambda page: page.rank)]
        titles = [*titles, *[""] * len(PAGES)][: len(PAGES)]
        return {"month": row.month, "visitors": row.visitors, **dict(zip(PAGES, titles, strict=True))}

    def problems(self, values: Values) -> Iterable[str]:
        filled = [bool(values[name]) for name in PAGES]
        if filled != sorted(filled, reverse=True):
            yield gettext("page_1 sampai page_10: isi berurutan tanpa jeda.")

    def link(self, rows: Sequence[tuple[Any, Values]]) -> None:
        WebPage.objects.filter(traffic__in=[row for row, _values in rows]).delete()
        WebPage.objects.bulk_create(
            WebPage(traffic=row, rank=rank, title=values[name])
            for row, values in rows
            for rank, name in enumerate(PAGES, start=1)
            if values[name]
        )


class SocialMetricLoader(_Monthly):
    model = SocialMetric
    key_columns = ("month", "platform")
    automatic = frozenset({"posts"})
    ordering = ("month", "platform")
    columns = (
        _MONTH,
        Column("platform", Choice(SocialMetric.Platform), _("media"), True, "INSTAGRAM"),
        Column("posts", Integer(), _("unggahan; Instagram: feeds ditambah stories"), example="52"),
        Column("feeds", Integer(), _("feeds Instagram"), example="25"),
        Column("stories", Integer(), _("stories Instagram"), example="27"),
        Column("followers", Integer(), _("pengikut pada akhir bulan"), example="118293"),
        Column("reach_total", Integer(), _("jangkauan seluruhnya"), example="116017"),
        Column("reach_posts", Integer(), _("unggahan yang memiliki angka jangkauan"), example="24"),
        Column("reach_average", Integer(), _("rata-rata jangkauan, bila jumlahnya tidak diketahui"), example="2135"),
    )

    def problems(self, values: Values) -> Iterable[str]:
        numbers = values["posts"], values["feeds"], values["stories"]
        if None not in numbers and numbers[0] != numbers[1] + numbers[2]:
            yield gettext("posts: harus sama dengan feeds ditambah stories.")

    def complete(self, values: Values) -> None:
        if values["posts"] is None and None not in (values["feeds"], values["stories"]):
            values["posts"] = values["feeds"] + values["stories"]


class _ForReports(_Monthly):
    """Rows of the report itself, with its events."""

    record_name = ""

    @classmethod
    def key_text(cls, values: Mapping[str, Any]) -> str:
        """How the report's events name the row."""
        raise NotImplementedError

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        ReportEvent.objects.bulk_create(
            ReportEvent(
                record=self.record_name,
                record_key=self.key_text(values),
                month=values["month"],
                at=self.context.at,
                actor=self.context.actor,
                code=f"{self.record_name}.{code.split('.')[1]}",
                data={"file": self.context.file_name},
            )
            for _row, values in rows
        )


class SnapshotLoader(_ForReports):
    """Values of months before the app went live (decisions 24)."""

    model = MetricSnapshot
    record_name = "snapshot"
    key_columns = ("month", "indicator", "dim1", "dim2")
    ordering = ("month", "indicator", "dim1", "dim2")
    columns = (
        _MONTH,
        Column("indicator", Text(60, free=False), _("kunci angka, seperti di katalog"), True, "whatsapp.total"),
        Column("dim1", Text(60, free=False), _("rincian pertama, bila ada"), example="WHATSAPP"),
        Column("dim2", Text(60, free=False), _("rincian kedua, bila ada")),
        Column("value", Number(), _("nilai"), True, "880"),
        Column("source", Text(120), _("asal nilai"), example="Laporan Juni 2024"),
    )

    @classmethod
    def key_text(cls, values: Mapping[str, Any]) -> str:
        return "/".join(filter(None, (values["indicator"], values["dim1"], values["dim2"])))

    def problems(self, values: Values) -> Iterable[str]:
        if values["indicator"] not in CATALOGUE:
            yield gettext("indicator: angka “%(key)s” tidak dikenal.") % {"key": values["indicator"]}
        if values["value"] < 0:
            yield gettext("value: tidak boleh negatif.")
        if values["month"] > self.context.at.date():
            yield gettext("month: bulan ini belum berjalan.")


class ReportTextLoader(_ForReports):
    model = ReportText
    record_name = "text"
    author = ("written_by", "written_at")
    key_columns = ("month", "section", "key", "position")
    ordering = ("month", "section", "key", "position")
    columns = (
        _MONTH,
        Column("section", Text(3, free=False), _("bagian laporan, S01 sampai S36"), True, "S09"),
        Column("key", Text(60), _("butir di bagian itu: kode topik, judul"), True, "DAU"),
        Column("position", Integer(blank=0), _("urutan; kosong berarti 0"), example="0"),
        Column("text", Text(), _("isi"), True, "Konfirmasi jadwal penyaluran DAU."),
        Column("status", Choice(ReportText.Status, blank="DRAFT"), _("kosong berarti DRAFT"), example="CONFIRMED"),
    )

    @classmethod
    def key_text(cls, values: Mapping[str, Any]) -> str:
        return f"{values['section']}/{values['key']}"

    def problems(self, values: Values) -> Iterable[str]:
        if values["section"] not in {f"S{number:02d}" for number in range(1, 37)}:
            yield gettext("section: “%(section)s” bukan bagian laporan (S01 sampai S36).") % {
                "section": values["section"]
            }


WEB_TRAFFIC = record_kind("web_traffic", _("Kunjungan website"), WebTrafficLoader)
SOCIAL_METRICS = record_kind("social_metrics", _("Media sosial"), SocialMetricLoader)
SNAPSHOTS = record_kind("snapshots", _("Nilai bulan terdahulu"), SnapshotLoader)
REPORT_TEXTS = record_kind("report_texts", _("Teks laporan"), ReportTextLoader)
