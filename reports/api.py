"""Indicators, monthly figures and the report as data under /api/v1/: read only, what screens and documents show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from kernel.api.paging import SortedPagination
from kernel.api.views import Endpoint, ListEndpoint
from kernel.months import Month, month_range
from reports.access import READERS
from reports.catalogue import CATALOGUE
from reports.explain import explain
from reports.figures import TOTAL, Dims, Figures, months_with_data
from reports.indicators import Indicator
from reports.printing import Printer, as_exact
from reports.report import build

MOST_MONTHS = 36
MONTH_SCHEMA = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "example": "2024-08"}


class _Figures(Endpoint):
    tag = "figures"
    scopes = {"GET": "figures:read"}
    roles = {"GET": READERS}

    def month(self, text: str) -> Month:
        """The month of the address, or 404."""
        try:
            return Month.parse(text)
        except ValueError:
            raise Http404 from None


class IndicatorSerializer(serializers.Serializer):
    """One figure of the catalogue: what it counts and how."""

    key = serializers.CharField()
    label = serializers.CharField()
    label_en = serializers.CharField()
    section = serializers.CharField(help_text="Where it stands in the report: S01 to S36.")
    unit = serializers.CharField()
    population = serializers.CharField(help_text="P1 to P7, or a register.")
    formula = serializers.CharField()
    origin = serializers.CharField()
    dims = serializers.ListField(child=serializers.CharField(), help_text="What dim1 and dim2 hold; empty for none.")
    stored = serializers.BooleanField(help_text="False when it is derived from others.")
    decimals = serializers.IntegerField(source="value_print.decimals")
    exists_from = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class _Keyed:
    """Rows that are not in the database, sorted by `key`."""

    pagination_class = SortedPagination
    filter_backends = ()
    orderings, default_ordering = ("key",), "key"


@dataclass(frozen=True)
class _Item:
    """An indicator as a row of a page."""

    item: Indicator

    @property
    def key(self) -> str:
        return self.item.key


class IndicatorList(_Keyed, _Figures, ListEndpoint):
    """The catalogue of indicators: each figure of the report, declared once."""

    serializer_class = IndicatorSerializer

    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset([_Item(item) for item in CATALOGUE.values()])
        return self.get_paginated_response(IndicatorSerializer([row.item for row in rows], many=True).data)


class IndicatorDetail(_Figures):
    """One indicator by its key."""

    serializer_class = IndicatorSerializer

    @extend_schema(responses=IndicatorSerializer)
    def get(self, request: Request, key: str) -> Response:
        if key not in CATALOGUE:
            raise Http404
        return Response(IndicatorSerializer(CATALOGUE[key]).data)


class FigureSerializer(serializers.Serializer):
    """One figure of one month. Unknown figures are left out; zero is a figure."""

    month = serializers.CharField()
    indicator = serializers.CharField()
    dim1 = serializers.CharField()
    dim2 = serializers.CharField()
    value = serializers.FloatField(help_text="Rounded as printed.")
    exact = serializers.FloatField()
    printed = serializers.CharField()
    unit = serializers.CharField()
    snapshot = serializers.BooleanField(help_text="Entered for a month before the app went live.")
    filled_at = serializers.DateTimeField(allow_null=True)


@dataclass(frozen=True)
class Figure:
    """A row of the answer; `key` sorts and finds it again."""

    month: str
    indicator: str
    dim1: str
    dim2: str
    value: int | float | None
    exact: int | float | None
    printed: str
    unit: str
    snapshot: bool
    filled_at: Any

    @property
    def key(self) -> str:
        return "\t".join((self.month, self.indicator, self.dim1, self.dim2))


@extend_schema(
    parameters=[
        OpenApiParameter("month", MONTH_SCHEMA, description="One month; or use the two below."),
        OpenApiParameter("month_from", MONTH_SCHEMA, description="First month of a range."),
        OpenApiParameter("month_to", MONTH_SCHEMA, description=f"Last month of it, at most {MOST_MONTHS} in all."),
        OpenApiParameter(
            "indicator",
            {"type": "array", "items": {"type": "string", "enum": sorted(CATALOGUE)}, "minItems": 1, "maxItems": 100},
            style="form",
            explode=False,
            description="Any of these keys; all without it.",
        ),
        OpenApiParameter(
            "dim1", {"type": "string", "maxLength": 60}, description="This part by code; empty for totals."
        ),
        OpenApiParameter(
            "dim2", {"type": "string", "maxLength": 60}, description="This part by code; empty for totals."
        ),
    ],
    examples=[
        OpenApiExample(
            "August 2024",
            value={
                "month": "2024-08",
                "indicator": "consultations.total",
                "dim1": "",
                "dim2": "",
                "value": 1018,
                "exact": 1018,
                "printed": "1.018",
                "unit": "ticket",
                "snapshot": False,
                "filled_at": "2024-09-01T00:05:00+07:00",
            },
            response_only=True,
            status_codes=["200"],
        )
    ],
)
class FigureList(_Keyed, _Figures, ListEndpoint):
    """Monthly figures, stored and derived, with their parts. Totals have empty dimensions."""

    serializer_class = FigureSerializer
    query_params = ("month", "month_from", "month_to", "indicator", "dim1", "dim2")
    may_be_empty = ("dim1", "dim2")

    def get(self, request: Request) -> Response:
        asked = request.query_params
        wanted = (asked.get("dim1"), asked.get("dim2"))
        rows = [
            row
            for row in figures_of(self._months(), self._keys(), self._language())
            if all(want is None or want == has for want, has in zip(wanted, (row.dim1, row.dim2), strict=True))
        ]
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(FigureSerializer(page, many=True).data)

    def _language(self) -> str:
        return (translation.get_language() or "id")[:2]

    def _keys(self) -> list[str]:
        keys = [key for key in self.request.query_params.get("indicator", "").split(",") if key] or list(CATALOGUE)
        if unknown := sorted(set(keys) - CATALOGUE.keys()):
            message = _("Nilai tidak dikenal: {names}.").format(names=", ".join(unknown)[:200])
            raise exceptions.ValidationError({"indicator": exceptions.ErrorDetail(message, "unknown")})
        return keys

    def _months(self) -> list[Month]:
        asked = {name: self._asked_month(name) for name in ("month", "month_from", "month_to")}
        if (one := asked["month"]) and not (asked["month_from"] or asked["month_to"]):
            return [one]
        first, last = asked["month_from"], asked["month_to"]
        if asked["month"] or not (first and last):
            message = _("Isi “month”, atau “month_from” dan “month_to”.")
            raise exceptions.ValidationError({"month": exceptions.ErrorDetail(message, "required")})
        months = month_range(first, last)
        if not 1 <= len(months) <= MOST_MONTHS:
            message = _("Rentang 1 sampai dengan {max} bulan.").format(max=MOST_MONTHS)
            raise exceptions.ValidationError({"month_to": exceptions.ErrorDetail(message, "bad_range")})
        return months

    def _asked_month(self, name: str) -> Month | None:
        text = self.request.query_params.get(name)
        try:
            return None if text is None else Month.parse(text)
        except ValueError:
            message = exceptions.ErrorDetail(_("Tulis bulan sebagai 2024-08."), "bad_month")
            raise exceptions.ValidationError({name: message}) from None


def figures_of(months: Sequence[Month], keys: Sequence[str], language: str) -> Iterator[Figure]:
    """Every known figure of these months and indicators; a fixed number of queries however many."""
    figures = Figures({each for month in months for each in month.year_to_date()})
    for month in months:
        printer = Printer(figures, month, language)
        for key in keys:
            for dims in _dims(figures, key, month):
                if (exact := printer.exact(key, dims=dims)) is not None:
                    yield _figure(figures, printer, key, dims, as_exact(exact))


def _dims(figures: Figures, key: str, month: Month) -> list[Dims]:
    if not CATALOGUE[key].stored:
        return [TOTAL]
    return sorted({TOTAL, *figures.cells(key, month)})


def _figure(figures: Figures, printer: Printer, key: str, dims: Dims, exact: Any) -> Figure:
    month = printer.month
    cell = figures.cell(key, month, *dims)
    return Figure(
        month=str(month),
        indicator=key,
        dim1=dims[0],
        dim2=dims[1],
        value=printer.value(key, dims=dims),
        exact=exact,
        printed=printer.text(key, dims=dims),
        unit=CATALOGUE[key].unit,
        snapshot=cell is not None and not cell.live,
        filled_at=figures.filled_at(month),
    )


class PartSerializer(serializers.Serializer):
    label = serializers.CharField()
    key = serializers.CharField()
    month = serializers.CharField()
    printed = serializers.CharField()


class ExplanationSerializer(serializers.Serializer):
    """Why this number: formula, population, versions of the rules, parts, and how many rows stand behind it."""

    key = serializers.CharField()
    label = serializers.CharField()
    month = serializers.CharField()
    section = serializers.CharField()
    unit = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    exact = serializers.FloatField(allow_null=True)
    printed = serializers.CharField(allow_null=True)
    formula = serializers.CharField()
    population = serializers.CharField()
    basis = serializers.CharField()
    rule_versions = serializers.CharField()
    parts = PartSerializer(many=True)
    row_count = serializers.IntegerField()


class Explanation(_Figures):
    """Why a figure is what it is."""

    serializer_class = ExplanationSerializer
    query_params = may_be_empty = ("dim1", "dim2")

    @extend_schema(
        parameters=[
            OpenApiParameter("dim1", {"type": "string", "maxLength": 60}, description="The part, by code."),
            OpenApiParameter("dim2", {"type": "string", "maxLength": 60}, description="The part, by code."),
        ],
        responses=ExplanationSerializer,
    )
    def get(self, request: Request, month: str, key: str) -> Response:
        if key not in CATALOGUE:
            raise Http404
        dims = (request.query_params.get("dim1", "")[:60], request.query_params.get("dim2", "")[:60])
        found = explain(self.month(month), key, *dims)
        return Response(ExplanationSerializer({**found, "row_count": len(found["rows"])}).data)


class ReportBriefSerializer(serializers.Serializer):
    month = serializers.CharField()
    url = serializers.URLField()


@dataclass(frozen=True)
class _Listed:
    key: str


class ReportList(_Keyed, _Figures, ListEndpoint):
    """The months that have figures."""

    serializer_class = ReportBriefSerializer
    default_ordering = "-key"

    def get(self, request: Request) -> Response:
        rows = self.paginate_queryset([_Listed(str(month)) for month in months_with_data()])
        page = [
            {"month": row.key, "url": reverse("api:report", kwargs={"month": row.key}, request=request)} for row in rows
        ]
        return self.get_paginated_response(ReportBriefSerializer(page, many=True).data)


_TEXT = {"type": "string"}
REPORT_SCHEMA = {
    "type": "object",
    "description": "The report as the page and the documents show it: sections S01 to S36 with their figures.",
    "required": ["month", "previous_month", "same_month_last_year", "language", "status", "sections", "quality_notes"],
    "properties": {
        "month": _TEXT,
        "previous_month": _TEXT,
        "same_month_last_year": _TEXT,
        "labels": {"type": "object", "additionalProperties": _TEXT},
        "meta": {"type": "object"},
        "language": {"type": "string", "enum": ["id", "en"]},
        "status": _TEXT,
        "filled_at": {"type": ["string", "null"], "format": "date-time"},
        "months": {"type": "array", "items": _TEXT},
        "sections": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "title", "key"],
                "properties": {
                    "id": {"type": "string", "pattern": "^S[0-9]{2}$"},
                    "title": _TEXT,
                    "key": _TEXT,
                    "figures": {"type": "array", "items": {"type": "object", "required": ["key"]}},
                },
            },
        },
        "quality_notes": {"type": "array", "items": {"type": "object", "required": ["code", "severity", "text"]}},
    },
}


class Report(_Figures):
    """The whole report of a month, in Indonesian or by Accept-Language in English."""

    @extend_schema(responses={200: REPORT_SCHEMA})
    def get(self, request: Request, month: str) -> Response:
        return Response(build(self.month(month), translation.get_language() or "id"))
