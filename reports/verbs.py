"""What staff write for a report: snapshots of earlier months, texts, and how a figure is printed.

The figures themselves are filled from records (`filling.py`) and never written by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_names
from kernel.months import Month
from people.models import User
from reports.catalogue import CATALOGUE
from reports.models import IndicatorSetting, MetricSnapshot, ReportEvent, ReportText
from reports.report.context import facts
from reports.report.texts import Text, Texts, templates

MAX_LINES = 20
MAX_DECIMALS = 4
EVERY_INDICATOR = "*"


@transaction.atomic
def enter_snapshot(
    month: Month, indicator: str, value: Decimal, *, dim1: str = "", dim2: str = "", source: str = "",
    at: datetime, actor: User | None,
) -> MetricSnapshot:  # fmt: skip
    """Enter or correct a month's value from before the app went live; the app's own figures still win.

    Refused: `snapshot.unknown_indicator`, `snapshot.negative`, `snapshot.future`.
    """
    _check_snapshot(month, indicator, value, at)
    lock_names(f"snapshot {month} {indicator} {dim1} {dim2}")
    found = MetricSnapshot.objects.filter(month=month.first_day, indicator=indicator, dim1=dim1, dim2=dim2).first()
    before = found.value if found else None
    if found is None:
        found = MetricSnapshot(month=month.first_day, indicator=indicator, dim1=dim1, dim2=dim2)
    elif (found.value, found.source) == (value, source):
        return found
    found.value, found.source, found.entered_by, found.entered_at = value, source, actor, at
    found.save()
    key = "/".join(filter(None, (indicator, dim1, dim2)))
    moved = {"from_value": "" if before is None else str(before), "to_value": str(value), "reason": source}
    _append("snapshot.entered", "snapshot", key, month.first_day, at, actor, **moved)
    return found


@transaction.atomic
def withdraw_snapshot(snapshot: MetricSnapshot, *, reason: str, at: datetime, actor: User | None) -> None:
    """Take a value out that should not have been entered; the month is unknown again. Refused: `snapshot.no_reason`."""
    if not reason.strip():
        raise Refused("snapshot.no_reason", _("Tuliskan alasan menghapus nilai."))
    row = MetricSnapshot.objects.select_for_update(of=("self",)).get(pk=snapshot.pk)
    key = "/".join(filter(None, (row.indicator, row.dim1, row.dim2)))
    _append("snapshot.withdrawn", "snapshot", key, row.month, at, actor, from_value=str(row.value), reason=reason)
    row.delete()


@transaction.atomic
def write_text(
    month: Month, section: str, key: str, lines: Sequence[str], *, at: datetime, actor: User | None
) -> list[ReportText]:
    """Write a text of the month, replacing what was there; it is a draft until confirmed.

    Refused: `text.no_section`, `text.empty`, `text.too_long`.
    """
    lines = [line.strip() for line in lines if line.strip()]
    _check_text(section, key, lines)
    lock_names(f"text {month} {section} {key}")
    rows = ReportText.objects.filter(month=month.first_day, section=section, key=key)
    before = rows.count()
    rows.delete()
    written = [
        ReportText(month=month.first_day, section=section, key=key, position=place, text=line, written_by=actor,
                   written_at=at)
        for place, line in enumerate(lines)
    ]  # fmt: skip
    ReportText.objects.bulk_create(written)
    counts = {"from_value": str(before), "to_value": str(len(written)), "data": {"lines": lines}}
    _append("text.written", "text", f"{section}/{key}", month.first_day, at, actor, **counts)
    return written


@transaction.atomic
def confirm_text(month: Month, section: str, key: str, *, at: datetime, actor: User | None) -> list[ReportText]:
    """Confirm a text for publication; a template nobody rewrote is taken over as it is offered.

    Refused: `text.nothing_to_confirm`. Confirming twice changes nothing.
    """
    lock_names(f"text {month} {section} {key}")
    rows = list(ReportText.objects.select_for_update().filter(month=month.first_day, section=section, key=key))
    if not rows:
        rows = write_text(month, section, key, offered(month, section, key).lines, at=at, actor=actor)
    if all(row.status == ReportText.Status.CONFIRMED for row in rows):
        return rows
    for row in rows:
        row.status = ReportText.Status.CONFIRMED
    ReportText.objects.bulk_update(rows, ["status"])
    moved = {"from_value": ReportText.Status.DRAFT.value, "to_value": ReportText.Status.CONFIRMED.value}
    _append("text.confirmed", "text", f"{section}/{key}", month.first_day, at, actor, **moved)
    return rows


@dataclass(frozen=True)
class Printing:
    """How a figure is to be printed; None leaves the catalogue's way."""

    decimals: int | None = None
    rounding: str = ""


@transaction.atomic
def set_indicator(
    indicator: str, aspect: str, printing: Printing, *, live_from: date | None = None, reason: str = "",
    at: datetime, actor: User | None,
) -> IndicatorSetting | None:  # fmt: skip
    """Set how one aspect of a figure is printed, or from which month on the app's own records count.

    Nothing set at all takes the deviation away and returns None. Refused: `indicator.unknown`,
    `indicator.aspect`, `indicator.decimals`, `indicator.live_from`.
    """
    _check_setting(indicator, aspect, printing, live_from)
    lock_names(f"setting {indicator} {aspect}")
    row = IndicatorSetting.objects.filter(indicator=indicator, aspect=aspect).first()
    before = _shown(row)
    if printing == Printing() and live_from is None:
        if row:
            row.delete()
        row = None
    else:
        row = row or IndicatorSetting(indicator=indicator, aspect=aspect)
        row.decimals, row.rounding, row.live_from = printing.decimals, printing.rounding, live_from
        row.save()
    if _shown(row) != before:
        moved = {"from_value": before, "to_value": _shown(row), "reason": reason}
        _append("indicator.set", "setting", f"{indicator}/{aspect}", None, at, actor, **moved)
    return row


def offered(month: Month, section: str, key: str, language: str = "id") -> Text:
    """The text of the month if there is one, else the template that is offered for it."""
    return Texts(month, language, facts(month, language)).get(section, key)


def _check_snapshot(month: Month, indicator: str, value: Decimal, at: datetime) -> None:
    if indicator not in CATALOGUE:
        raise Refused("snapshot.unknown_indicator", _("Angka “{indicator}” tidak dikenal."), indicator=indicator)
    if value < 0:
        raise Refused("snapshot.negative", _("Nilai tidak boleh negatif."))
    if month > Month.of(at):
        raise Refused("snapshot.future", _("Bulan {month} belum berjalan."), month=month.label())


def _check_text(section: str, key: str, lines: Sequence[str]) -> None:
    if section not in {f"S{number:02d}" for number in range(1, 37)} or not key.strip() or len(key) > 60:
        raise Refused("text.no_section", _("Bagian laporan “{section}” tidak ada."), section=section)
    if not lines:
        raise Refused("text.empty", _("Tuliskan sedikitnya satu baris."))
    if len(lines) > MAX_LINES:
        raise Refused("text.too_long", _("Paling banyak {limit} baris."), limit=MAX_LINES)


def _check_setting(indicator: str, aspect: str, printing: Printing, live_from: date | None) -> None:
    if indicator not in CATALOGUE and not (indicator == EVERY_INDICATOR and live_from):
        raise Refused("indicator.unknown", _("Angka “{indicator}” tidak dikenal."), indicator=indicator)
    if aspect not in {"VALUE", "SHARE", "PREVIOUS_MONTH", "LAST_YEAR"}:
        raise Refused("indicator.aspect", _("Aspek “{aspect}” tidak dikenal."), aspect=aspect)
    if printing.decimals is not None and not 0 <= printing.decimals <= MAX_DECIMALS:
        raise Refused("indicator.decimals", _("Desimal 0 sampai {limit}."), limit=MAX_DECIMALS)
    if printing.rounding and printing.rounding not in IndicatorSetting.Rounding.values:
        raise Refused("indicator.decimals", _("Cara pembulatan tidak dikenal."))
    if live_from and (live_from.day != 1 or aspect != "VALUE"):
        raise Refused("indicator.live_from", _("Bulan mulai adalah tanggal 1 dan hanya untuk nilai."))


def _shown(row: IndicatorSetting | None) -> str:
    if row is None:
        return ""
    return f"decimals={row.decimals} rounding={row.rounding or '-'} live_from={row.live_from or '-'}"


def _append(
    code: str, record: str, key: str, month: date | None, at: datetime, actor: User | None, **rest: Any
) -> None:
    ReportEvent.objects.create(code=code, record=record, record_key=key, month=month, at=at, actor=actor, **rest)


def sections_with_texts() -> list[tuple[str, str]]:
    """Section and key of every text that has a template, in order."""
    return [(section, key) for section, keys in templates().items() for key in keys]
