"""Who comes first: top topics, regions and units, with the tie rules of the report outline (S13, S15, S34)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kernel.months import Month
from reports.catalogue import NONE
from reports.figures import TOTAL, Cell, Dims, Figures


@dataclass(frozen=True)
class Ranked:
    """A code with its rank (1 first) and value; `tied` when the next one left out has the same value."""

    rank: int
    code: str
    value: Decimal
    tied: bool = False


def ranked(values: Mapping[str, Decimal], order: Mapping[str, int], limit: int = 3) -> list[Ranked]:
    """The `limit` greatest values above 0: value down, then `order`'s position, then code. NONE never ranks."""
    known = [(code, value) for code, value in values.items() if code != NONE and value > 0]
    known.sort(key=lambda pair: (-pair[1], order.get(pair[0], 10**6), pair[0]))
    left_out = known[limit][1] if len(known) > limit else None
    return [
        Ranked(rank, code, value, tied=left_out is not None and value == left_out)
        for rank, (code, value) in enumerate(known[:limit], start=1)
    ]


def by_dim1(cells: Mapping[Dims, Cell]) -> dict[str, Decimal]:
    """The parts of a figure with one dimension, its total left out."""
    return {dims[0]: cell.value for dims, cell in cells.items() if dims != TOTAL and cell.value is not None}


def by_dim2(cells: Mapping[Dims, Cell], dim1: str) -> dict[str, Decimal]:
    """The parts of a figure with two dimensions under one value of the first."""
    return {
        second: cell.value
        for (first, second), cell in cells.items()
        if first == dim1 and second and cell.value is not None
    }


def top_regions(figures: Figures, month: Month, limit: int = 3) -> list[Ranked]:
    """Regions by tickets; ties by more distinct contacts, then by code (S13)."""
    tickets = by_dim1(figures.cells("top_regions.tickets", month))
    users = by_dim1(figures.cells("top_regions.users", month))
    by_users = sorted(tickets, key=lambda code: (-users.get(code, Decimal(0)), code))
    return ranked(tickets, {code: place for place, code in enumerate(by_users)}, limit)


def rank_units(averages: Mapping[str, Decimal | Fraction | None], escalations: Mapping[str, Decimal]) -> list[str]:
    """Codes of the units that have an average: average down, then escalations down, then code (S34)."""
    known = [(code, average) for code, average in averages.items() if average is not None]
    known.sort(key=lambda pair: (-pair[1], -escalations.get(pair[0], Decimal(0)), pair[0]))
    return [code for code, _average in known]


def total(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))
