"""Who has handed in which document of which period: one row per Pemda, one column per period."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max

from outreach.models import LaporMail
from people.models import Region


@dataclass(frozen=True, slots=True)
class Cell:
    period: str
    mails: int
    last: object


@dataclass(frozen=True, slots=True)
class Line:
    region: Region
    cells: list[Cell | None]

    @property
    def missing(self) -> int:
        return self.cells.count(None)


def periods_of(document_type: str, year: str) -> list[str]:
    """The periods of a year in which any Pemda handed this document in, in order."""
    rows = LaporMail.objects.filter(document_type=document_type, period__startswith=year, region__isnull=False)
    return sorted(set(rows.order_by().values_list("period", flat=True)))


def matrix(document_type: str, year: str, province: str = "") -> tuple[list[str], list[Line]]:
    """All autonomous Pemda, of a province or of the country, and what each has handed in; three queries."""
    periods = periods_of(document_type, year)
    rows = LaporMail.objects.filter(document_type=document_type, period__in=periods, region__isnull=False)
    found: dict[int, dict[str, Cell]] = defaultdict(dict)
    counted = rows.order_by().values_list("region", "period").annotate(mails=Count("pk"), last=Max("received_at"))
    for region, period, mails, last in counted:
        found[region][period] = Cell(period, mails, last)
    regions = Region.objects.filter(is_autonomous=True).order_by("code")
    if province:
        regions = regions.filter(code__startswith=province[:2])
    return periods, [Line(region, [found[region.pk].get(period) for period in periods]) for region in regions]


def complete(periods: list[str], lines: list[Line]) -> int:
    """How many lack no period; none while nobody has handed anything in."""
    return sum(1 for line in lines if not line.missing) if periods else 0
