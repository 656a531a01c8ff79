"""S33 to S36: satisfaction, Layer 2, evaluation, closing."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from reports import ranking
from reports.catalogue import NONE
from reports.printing import Json, as_exact, as_number
from reports.report.context import MIN_RATERS, MIN_RATINGS, Context

Averages = Mapping[str, Fraction | None]

SCORES, ASKED = "layer2.response_scores", "layer2.escalations_by_unit"


def satisfaction(context: Context) -> Json:
    label = _("Rata-rata nilai kepuasan %(month)s") % {"month": context.name}
    average = context.figure("satisfaction.average", label=label)
    rows = _agents(context)
    if average["value"] is None:
        first = context.say.missing(_("kepuasan pengguna"))
    else:
        words = {"month": context.name, "value": average["printed"]}
        first = _("Rata-rata nilai kepuasan %(month)s adalah %(value)s dari 5.") % words
    weak = [row["name"] for row in rows if row["warning"]]
    if weak:
        first += " " + _("Penilaian belum mencukupi untuk %(agents)s.") % {"agents": context.join(weak)}
    return {
        "figures": [average, context.figure("satisfaction.service"), context.figure("satisfaction.substance")],
        "agents": {"count": len(rows), "rows": rows},
        "rules": {"min_ratings_per_agent": MIN_RATINGS, "min_distinct_raters_per_agent": MIN_RATERS,
                  "factors": [_("layanan"), _("substansi jawaban")]},
        "sentences": [first, *context.texts.get("S33", "rules").lines],
    }  # fmt: skip


def layer2(context: Context) -> Json:
    asked = ranking.by_dim1(context.figures.cells(ASKED, context.month))
    averages = {
        code: context.printer.exact(SCORES, dims=(code, ""))
        for code in ranking.by_dim1(context.figures.cells(SCORES, context.month))
    }
    codes = sorted({label.code for label in context.labels.all("unit")} | asked.keys() | averages.keys())
    order = ranking.rank_units(averages, asked)
    rows = [_unit(context, code, asked, averages, order) for code in codes]
    total = context.figures.value(ASKED, context.month)
    return {
        "figures": [
            context.figure(ASKED, label=_("Eskalasi melalui aplikasi")),
            context.figure(SCORES),
            context.figure("layer2.mean_of_units", units=len(averages)),
        ],
        "table": {
            "key": SCORES,
            "columns": [_("No."), _("Agen Layer 2"), _("Capaian Rata-rata")],
            "rows": rows,
        },
        "ranking": [row for code in order for row in rows if row["unit"] == code],
        "breakdown": [
            {"code": row["unit"], "label": row["name"], "value": row["n"]}
            | {"share": context.printer.share_of(row["n"], total)}
            for row in rows
        ],
        "series": [
            {
                "key": ASKED,
                "title": _("Jumlah Tiket Dieskalasi melalui Aplikasi ke Layer 2, %(month)s") % {"month": context.name},
                "chart": "bar",
                "unit": "escalation",
                "points": [{"unit": row["unit"], "name": row["name"], "value": row["n"]} for row in rows],
            }
        ],
        "n": as_number(total),
        "sentences": [*context.texts.get("S34", "intro").lines, *_ranking_sentences(context, order, averages)],
    }  # fmt: skip


def evaluation(context: Context) -> Json:
    items = []
    for key in context.texts.keys("S35"):
        text = context.texts.get("S35", key)
        items.append({"key": key, "heading": text.title or key, "text": text.lines, "status": text.status})
    return {"items": items}


def closing(context: Context) -> Json:
    return {"text": context.texts.get("S36", "closing").lines}


def _agents(context: Context) -> list[Json]:
    """One row an agent, best first. Too few ratings or raters is a warning, never a reason to hide (rules 5.4)."""
    key = "satisfaction.by_agent"
    rows = []
    for (agent, _second), cell in context.figures.cells(key, context.month).items():
        if not agent:
            continue
        ratings, raters = cell.denominator, context.figures.value("satisfaction.raters_by_agent", context.month, agent)
        few = (ratings is not None and ratings < MIN_RATINGS) or (raters is not None and raters < MIN_RATERS)
        rows.append(
            {
                "agent": agent,
                "name": _("Tanpa agen") if agent == NONE else context.labels.name("agent", agent),
                "average": context.printer.value(key, dims=(agent, "")),
                "exact": as_exact(context.printer.exact(key, dims=(agent, ""))),
                "printed": context.printer.text(key, dims=(agent, "")),
                "ratings": as_number(ratings),
                "raters": as_number(raters),
                "warning": few,
            }
        )
    return sorted(rows, key=lambda row: (row["agent"] == NONE, -row["exact"], row["name"]))


def _unit(context: Context, code: str, asked: dict[str, Decimal], averages: Averages, order: list[str]) -> Json:
    cell = context.figures.cell(SCORES, context.month, code)
    known = context.figures.value(ASKED, context.month) is not None
    return {
        "unit": code,
        "name": context.labels.name("unit", code),
        "full_name": context.labels.find("unit", code).note,
        "average": context.printer.value(SCORES, dims=(code, "")),
        "exact": as_exact(averages.get(code)),
        "printed": context.printer.text(SCORES, dims=(code, "")),
        "rank": order.index(code) + 1 if code in order else None,
        "n": as_number(asked.get(code, Decimal(0))) if known else None,
        "answered": as_number(cell.denominator) if cell else 0 if known else None,
        "excluded": as_number(context.figures.value("layer2.excluded", context.month, code)),
    }


def _ranking_sentences(context: Context, order: list[str], averages: Averages) -> list[str]:
    if not order:
        return [context.say.missing(_("capaian rata-rata Layer 2"))]
    names = [f"{context.labels.name('unit', code)} ({context.printer.number(averages[code], 2)})" for code in order[:2]]
    words = {"first": names[0], "second": names[-1]}
    if len(names) == 1:
        return [_("Menurut kecepatan tanggapan sejak dieskalasi, capaian tertinggi diraih %(first)s.") % words]
    return [
        _("Menurut kecepatan tanggapan sejak dieskalasi, capaian rata-rata tertinggi diraih %(first)s, "
          "disusul %(second)s.") % words
    ]  # fmt: skip
