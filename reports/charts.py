"""Charts as Vega-Lite specs in plain dicts: one description for the browser, PDF and slides.

Colours are names of design tokens ("--dr-c1"), resolved where the chart is drawn. Grey columns are earlier
months, blue is the report month, a dashed outline is the same month last year; a gap is drawn as a gap.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from kernel.formats import number
from kernel.months import Month

Spec = dict[str, object]
Point = Mapping[str, object]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MANY = 9
_SPACER = " "
_WIDTH = {"expr": "min(bandwidth('x'), 40)"}
_EARLIER, _THIS, _LAST_YEAR = "lalu", "ini", "tahun lalu"
_LABEL = {"type": "text", "dy": -3, "baseline": "bottom", "fontSize": 11}
_INK = {"condition": {"test": f"datum.j == '{_THIS}'", "value": "--dr-ink"}, "value": "--dr-ink-2"}


def period_label(period: str, month: Month, language: str = "id") -> str:
    """The name under a column: "Agt"; for another year than the report's "Agt 23"."""
    at = Month.parse(period)
    name = at.label(language, short=True, year=False)
    return name if at.year == month.year else f"{name} {at.year % 100:02d}"


def has_values(points: Iterable[Point]) -> bool:
    """False when there is nothing to draw."""
    return any(point.get("value") is not None for point in points)


def columns(
    points: Sequence[Point], month: Month, language: str = "id", height: int = 220, sparse: bool = False
) -> Spec:
    """Columns January..month and, after a gap, the same month last year.

    `points` are `{period: "2024-08", value: number or None}`; `sparse` names only the first and last months.
    """
    values, order = _rows(points, month, language)
    return _frame(height) | {
        "data": {"values": [row for row in values if row["v"] is not None]},
        "encoding": {
            "x": _x(order, sparse),
            "y": {"field": "v", "type": "quantitative", "axis": None, "scale": _from_zero(values)},
        },
        "layer": [
            *_gap_marks(values, height),
            {
                "mark": {"type": "bar", "width": _WIDTH},
                "encoding": {
                    "color": {
                        "field": "j",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": [_EARLIER, _THIS], "range": ["--dr-c0", "--dr-c1"]},
                    }
                },
                "transform": [{"filter": f"datum.j != '{_LAST_YEAR}'"}],
            },
            {
                "mark": {
                    "type": "bar",
                    "width": _WIDTH,
                    "fill": "transparent",
                    "stroke": "--dr-c1",
                    "strokeWidth": 1.5,
                    "strokeDash": [3, 2],
                    "cornerRadiusEnd": 2,
                },
                "transform": [{"filter": f"datum.j == '{_LAST_YEAR}'"}],
            },
            {"mark": _LABEL, "encoding": {"text": _text(), "color": _INK}},
        ],
    }


def levels(points: Sequence[Point], month: Month, language: str = "id", height: int = 220) -> Spec:
    """A line with points, for levels whose scale does not start at zero (followers)."""
    values, order = _rows(points, month, language)
    known = [row for row in values if row["v"] is not None]
    return _frame(height) | {
        "data": {"values": known},
        "encoding": {
            "x": _x(order, sparse=False) | {"scale": {"domain": order, "padding": 0.5}},
            "y": {"field": "v", "type": "quantitative", "axis": None, "scale": {"zero": False, "padding": 24}},
        },
        "layer": [
            {
                "mark": {"type": "line", "color": "--dr-c0"},
                "transform": [{"filter": f"datum.j != '{_LAST_YEAR}'"}],
            },
            {
                "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
                "encoding": {
                    "color": {
                        "condition": {"test": f"datum.j == '{_THIS}'", "value": "--dr-c1"},
                        "value": "--dr-c0",
                    }
                },
                "transform": [{"filter": f"datum.j != '{_LAST_YEAR}'"}],
            },
            {
                "mark": {
                    "type": "point",
                    "filled": False,
                    "size": 60,
                    "stroke": "--dr-c1",
                    "strokeDash": [3, 2],
                    "opacity": 1,
                },
                "transform": [{"filter": f"datum.j == '{_LAST_YEAR}'"}],
            },
            {"mark": _LABEL | {"dy": -8}, "encoding": {"text": _text(), "color": _INK}},
        ],
    }


def clusters(rows: Sequence[Mapping[str, object]], names: Mapping[str, str], height: int = 220) -> Spec:
    """Two columns per group, inside and outside: `rows` are `{label, <name>: number}`."""
    values = [{"g": row["label"], "s": label, "v": row.get(name)} for row in rows for name, label in names.items()]
    series = list(names.values())
    return _frame(height) | {
        "data": {"values": [value for value in values if value["v"] is not None]},
        "encoding": {
            "x": {
                "field": "g",
                "type": "nominal",
                "sort": [row["label"] for row in rows],
                "axis": {"title": None, "domain": True},
                "scale": {"paddingInner": 0.3},
            },
            "xOffset": {"field": "s", "type": "nominal", "sort": series},
            "y": {"field": "v", "type": "quantitative", "axis": None},
        },
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "color": {
                        "field": "s",
                        "type": "nominal",
                        "sort": series,
                        "scale": {"domain": series, "range": ["--dr-c1", "--dr-c3"]},
                        "legend": {"title": None, "orient": "top", "symbolType": "square"},
                    }
                },
            },
            {"mark": _LABEL, "encoding": {"text": _text(), "color": {"value": "--dr-ink"}}},
        ],
    }


def spoken(title: str, points: Sequence[Point], month: Month, language: str = "id") -> str:
    """The chart in words, for those who do not see it: "Telepon per bulan: Jan 63, Feb belum dimuat"."""
    parts = []
    for point in points:
        value = point.get("value")
        shown = _("belum dimuat") if value is None else number(value, language)  # type: ignore[arg-type]
        parts.append(f"{period_label(str(point['period']), month, language)} {shown}")
    return _("%(title)s per bulan: %(values)s") % {"title": title, "values": ", ".join(parts)}


def _rows(points: Sequence[Point], month: Month, language: str) -> tuple[list[dict[str, object]], list[str]]:
    """The points as rows of data and the order of the columns, with a space before last year's."""
    rows: list[dict[str, object]] = []
    order: list[str] = []
    for point in points:
        period = str(point["period"])
        label = period_label(period, month, language)
        kind = _THIS if period == str(month) else _EARLIER
        if period == str(month.same_month_last_year):
            kind = _LAST_YEAR
            order.append(_SPACER)
        order.append(label)
        rows.append({"b": label, "v": point.get("value"), "j": kind})
    return rows, order


def _from_zero(rows: Sequence[dict[str, object]]) -> Spec:
    """Columns start at zero; where all are zero they stay at the foot."""
    return {} if any(row["v"] for row in rows) else {"domain": [0, 1]}


def _gap_marks(rows: list[dict[str, object]], height: int) -> list[Spec]:
    """A word at the foot of each run of missing months: longer runs say it, a single one has a dash."""
    marks: list[Spec] = []
    for missing, run in groupby(rows, key=lambda row: row["v"] is None):
        gap = list(run)
        if not missing:
            continue
        wide = len(gap) > 2
        marks.append(
            {
                "data": {"values": [{"b": gap[0]["b"]}] if wide else [{"b": row["b"]} for row in gap]},
                "mark": {
                    "type": "text",
                    "align": "left" if wide else "center",
                    "baseline": "bottom",
                    "dy": -4,
                    "text": _("belum dimuat") if wide else "–",
                    "color": "--dr-ink-3",
                    "fontSize": 11,
                },
                "encoding": {"y": {"value": height}},
            }
        )
    return marks


def _x(order: list[str], sparse: bool) -> Spec:
    named = [label for label in order if label != _SPACER]
    months = named[: order.index(_SPACER)] if _SPACER in order else named
    axis: Spec = {"title": None, "labelOverlap": False, "domain": True}
    if sparse:
        shown = {months[0], months[-1], named[-1]} if months else set(named)
    else:  # every month, or every second one back from the last when there are many
        shown = {*months[:: -1 if len(months) <= MANY else -2], named[-1]}
    if len(shown) < len(named):
        test = " || ".join(f"datum.value == '{label}'" for label in named if label in shown)
        axis["labelExpr"] = f"{test} ? datum.label : ''"
    scale = {"domain": order, "paddingInner": 0.28, "paddingOuter": 0.05}
    return {"field": "b", "type": "nominal", "sort": order, "scale": scale, "axis": axis}


def _text() -> Spec:
    return {"field": "v", "type": "quantitative", "format": ",d"}


def _frame(height: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
    }
