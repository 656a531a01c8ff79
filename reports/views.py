"""Pages of the monthly report: the dashboard with the whole report, and what is behind each figure."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from kernel.formats import clock_time, short_date
from kernel.months import JAKARTA, Month
from reports.access import readers_only
from reports.explain import explain
from reports.figures import months_with_data
from reports.page.dashboard import dashboard
from reports.page.populations import populations
from reports.page.shown import Page
from reports.page.whole import sections
from reports.report import build

ROWS_PER_PAGE = 50


@readers_only
def newest(request: HttpRequest) -> HttpResponse:
    """Go to the newest month that is over and has data, else to the running one; without any, say how data comes in."""
    months = months_with_data()
    if not months:
        return render(request, "reports/empty.html")
    running = Month.of(timezone.now())
    return redirect("report", month=max((month for month in months if month < running), default=max(months)))


@readers_only
def report(request: HttpRequest, month: Month) -> HttpResponse:
    """The dashboard of a month and below it the report, S01 to S36."""
    language = get_language() or "id"
    built = build(month, language)
    page = Page(built)
    months = [Month.parse(str(name)) for name in built["months"]]
    context = {
        "report": built,
        "page": page,
        "notes": {
            "warnings": [note for note in built["quality_notes"] if note.get("severity") != "info"],
            "hints": [note for note in built["quality_notes"] if note.get("severity") == "info"],
        },
        "month": month,
        "cards": dashboard(page),
        "sections": sections(page),
        "previous": max((other for other in months if other < month), default=None),
        "next": min((other for other in months if other > month), default=None),
        "years": _by_year(months),
        "filled_at": _moment(built["filled_at"], language),
    }
    return render(request, "reports/report.html", context)


@readers_only
def figure(request: HttpRequest, month: Month, key: str) -> HttpResponse:
    """Why this number: formula, population, rule versions and the rows behind it."""
    try:
        found = explain(month, key, request.GET.get("dim1", ""), request.GET.get("dim2", ""), get_language() or "id")
    except KeyError as unknown:
        raise Http404 from unknown
    rows = Paginator(found["rows"], ROWS_PER_PAGE).get_page(request.GET.get("halaman"))
    template = "reports/_rows.html" if request.headers.get("HX-Request") else "reports/figure.html"
    pages = rows.paginator.get_elided_page_range(rows.number, on_each_side=2, on_ends=1)
    context = {
        "month": month,
        "figure": found,
        "populations": populations(found["population"]),
        "rows": rows,
        "page_numbers": pages,
    }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _moment(text: str | None, language: str) -> str:
    """When the figures were last filled, as in "2 Sep 2024, 09.10" (Jakarta)."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(JAKARTA)
    return f"{short_date(at.date(), language, year=True)}, {clock_time(at, language)}"


def _by_year(months: list[Month]) -> list[tuple[int, list[Month]]]:
    """The months of the picker, newest year first."""
    years = sorted({month.year for month in months}, reverse=True)
    return [(year, sorted(month for month in months if month.year == year)) for year in years]
