"""The checks before a report is published (report outline, "Checks the app can run before publishing").

They look at the finished report and at the figures under it. An error is an inconsistency of the report
itself; a warning is something that the month's records lack (decisions 32).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from kernel import formats
from kernel.months import Month
from reports import ranking
from reports.catalogue import CATALOGUE
from reports.figures import TOTAL, Figures
from reports.printing import Json

ERROR, WARNING = "error", "warning"
TABLES = {
    "website_publications": "website_publications.total",
    "webinars": "webinars.total",
    "blasts": "blasts.total",
    "video_conferences": "video_conferences.total",
    "face_to_face": "face_to_face.total",
}


@dataclass(frozen=True)
class Check:
    """One check and what it found; no details means it passed."""

    number: int
    code: str
    title: str
    severity: str
    details: list[str]

    @property
    def passed(self) -> bool:
        return not self.details

    @property
    def outcome(self) -> str:
        return "lulus" if self.passed else "galat" if self.severity == ERROR else "peringatan"


class _Month:
    """A report with the figures it was made of."""

    def __init__(self, report: Json, month: Month) -> None:
        self.report = report
        self.month = month
        self.figures = Figures.for_report(month)
        self.sections: dict[str, Json] = {section["key"]: section for section in report["sections"]}

    def value(self, key: str, dim1: str = "", dim2: str = "") -> Decimal | None:
        return self.figures.value(key, self.month, dim1, dim2)

    def parts(self, key: str) -> Decimal | None:
        """Sum of a figure's parts; None when it has none."""
        cells = self.figures.cells(key, self.month)
        values = [cell.value for dims, cell in cells.items() if dims != TOTAL and cell.value is not None]
        return sum(values, Decimal(0)) if cells else None

    def rows(self, section: str) -> list[Json]:
        return self.sections[section]["table"]["rows"]


def check(report: Json, month: Month) -> list[Check]:
    """The ten checks of the outline, then what staff must enter and workers must score, in order."""
    given = _Month(report, month)
    return [
        Check(number, code, title, severity, list(find(given)))
        for number, (code, title, severity, find) in enumerate(_checks(), start=1)
    ]


def _checks() -> list[tuple[str, str, str, Callable[[_Month], Iterable[str]]]]:
    return [
        ("channels_add_up", _("Jumlah kanal sama dengan jumlah tiket"), ERROR, _channels),
        ("groups_add_up", _("Jumlah kelompok pengguna sama dengan kontak berbeda"), ERROR, _groups),
        ("zones_add_up", _("Zona waktu dan jam layanan menjumlah"), ERROR, _zones),
        ("menus_add_up", _("Menu chatbot menjumlah ke total"), ERROR, _menus),
        ("ytd_adds_up", _("Angka sejak Januari sama dengan bulan lalu ditambah bulan ini"), ERROR, _ytd),
        ("tables_match", _("Baris tabel sama dengan angka yang dicetak"), ERROR, _tables),
        ("visits_complete", _("Setiap kunjungan memiliki topik dan tanpa “tbc”"), WARNING, _visits),
        ("regions_resolve", _("Nama daerah dikenali"), WARNING, _regions),
        ("bases_right", _("Persentase dihitung atas dasar yang ditetapkan"), ERROR, _bases),
        ("titles_dated", _("Judul grafik memuat bulan atau tahun laporan"), ERROR, _titles),
        ("entered_complete", _("Isian staf lengkap"), WARNING, partial(_noted, {"month.empty", "entered.missing"})),
        ("scores_complete", _("Semua jawaban Layer 2 sudah dinilai"), WARNING, partial(_noted, {"layer2.unscored"})),
    ]


def _unequal(what: str, parts: Decimal | None, whole: Decimal | None) -> Iterable[str]:
    if parts is not None and whole is not None and parts != whole:
        words = {"what": what, "parts": formats.number(parts), "whole": formats.number(whole)}
        yield _("%(what)s: %(parts)s, seharusnya %(whole)s") % words


def _channels(given: _Month) -> Iterable[str]:
    for month in (given.month, given.month.previous, given.month.same_month_last_year):
        cells = given.figures.cells("consultations.by_channel", month)
        parts = ranking.total(ranking.by_dim1(cells).values()) if cells else None
        whole = given.figures.value("consultations.total", month)
        yield from _unequal(_("Jumlah kanal %(month)s") % {"month": month.label()}, parts, whole)


def _groups(given: _Month) -> Iterable[str]:
    yield from _unequal(_("Jumlah kelompok"), given.parts("users.by_group"), given.value("users.total"))


def _zones(given: _Month) -> Iterable[str]:
    key = "ticket_breakdown"
    names = ("zone_identified", "zone_unidentified", "in_hours", "out_of_hours")
    value = {name: found for name in names if (found := given.value(f"{key}.{name}")) is not None}
    if len(value) < len(names):
        return
    zones = sum((given.value(f"{key}.by_zone_hours", zone, "OUTSIDE") or Decimal(0)) for zone in ("WIB", "WITA", "WIT"))
    yield from _unequal(
        _("Zona dikenal dan tidak dikenal"), value["zone_identified"] + value["zone_unidentified"],
        given.value("consultations.total"),
    )  # fmt: skip
    yield from _unequal(
        _("Dalam dan luar jam layanan"), value["in_hours"] + value["out_of_hours"], value["zone_identified"]
    )
    yield from _unequal(_("Luar jam layanan per zona"), Decimal(zones), value["out_of_hours"])


def _menus(given: _Month) -> Iterable[str]:
    parts = Decimal(sum(row["value"] for row in given.rows("chatbot")))
    if given.figures.cells("chatbot.by_menu", given.month):
        yield from _unequal(_("Menu chatbot"), parts, given.value("chatbot.users_without_agent"))


def _ytd(given: _Month) -> Iterable[str]:
    for key, of in (("consultations.ytd", "consultations.total"), ("face_to_face.ytd", "face_to_face.total"),
                    ("ppid.ytd", "ppid.requests")):  # fmt: skip
        before = given.figures.value(key, given.month.previous) if given.month.month > 1 else Decimal(0)
        now, whole = given.value(of), given.value(key)
        if before is not None and now is not None:
            yield from _unequal(CATALOGUE[key].label, before + now, whole)


def _tables(given: _Month) -> Iterable[str]:
    for section, key in TABLES.items():
        printed = given.value(key)
        cell = given.figures.cell(key, given.month)
        if printed is not None and cell is not None and cell.live:
            yield from _unequal(CATALOGUE[key].label, Decimal(len(given.rows(section))), printed)


def _visits(given: _Month) -> Iterable[str]:
    for row in given.rows("face_to_face"):
        words = {"no": row["no"], "visitor": row["printed_visitor"]}
        if not row["topics"]:
            yield _("Baris %(no)s, %(visitor)s: topik kosong") % words
        if row["unconfirmed"]:
            yield _("Baris %(no)s, %(visitor)s: masih bertanda “tbc”") % words


def _regions(given: _Month) -> Iterable[str]:
    for row in given.rows("face_to_face"):
        if row["user_group"] == "PEMDA" and not row["code"]:
            yield _("Tatap muka baris %(no)s: daerah %(name)s tidak dikenali") % {
                "no": row["no"], "name": row["printed_visitor"],
            }  # fmt: skip
    for row in given.rows("video_conferences"):
        if row["user_group"] == "PEMDA" and not row["code"]:
            words = {"no": row["no"], "name": row["region"]}
            yield _("Video conference baris %(no)s: daerah %(name)s tidak dikenali") % words
    for row in given.rows("top_regions"):
        if row["region"] == row["code"]:
            yield _("Pemda terbanyak: kode daerah %(code)s tidak dikenali") % {"code": row["code"]}


def _bases(given: _Month) -> Iterable[str]:
    """Every printed share of a figure is over the catalogue's base, and every change over its own month."""
    for section in given.report["sections"]:
        for figure in section.get("figures", []):
            item = CATALOGUE.get(figure["key"])
            if item and item.share_of and figure["share"]["of"] is not None:
                base = given.value(item.share_of)
                yield from _unequal(item.label, Decimal(str(figure["share"]["of"])), base)
                exact = formats.share(given.value(item.key), base)
                if exact is not None and abs(float(exact) - figure["share"]["exact_pct"]) > 1e-4:
                    yield _("%(what)s: persentase tidak sesuai") % {"what": item.label}


def _titles(given: _Month) -> Iterable[str]:
    year, name = str(given.month.year), given.month.label(given.report["language"], year=False)
    for section in given.report["sections"]:
        for series in section.get("series", []):
            title = series["title"]
            if year not in title or any(other in title for other in _other_months(given) if other != name):
                yield _("%(section)s: judul “%(title)s”") % {"section": section["id"], "title": title}


def _other_months(given: _Month) -> list[str]:
    language = "en" if given.report["language"] == "en" else "id"
    return [name for name in formats.MONTHS[language][0] if name != given.month.label(language, year=False)]


def _noted(codes: set[str], given: _Month) -> Iterable[str]:
    for note in given.report["quality_notes"]:
        if note["code"] in codes:
            yield note["text"]
