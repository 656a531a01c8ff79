"""Counts that stay cheap however many tickets there are: each stops at a thousand or sooner, all come by one query."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.db.models import QuerySet

from kernel.compiled import run
from tickets.inbox.facets import Reader
from tickets.inbox.remembered import statements
from tickets.models import Ticket

CAP = 1000


class Lot(NamedTuple):
    """Tickets to count, as far as `cap`.

    `key` says all that `tickets` depends on but the reader, the moment and reference data.
    """

    key: Hashable
    tickets: Callable[[Reader], QuerySet[Ticket]]
    cap: int = CAP


def capped_counts(lots: Mapping[str, Lot], reader: Reader) -> dict[str, int]:
    """How many tickets each lot holds, its cap standing for as many or more."""
    counts, parts = dict.fromkeys(lots, 0), {}
    values: list[Any] = []
    made = statements([((lot.key, lot.cap), partial(_capped, lot)) for lot in lots.values()])
    for name, statement in zip(lots, made, strict=True):
        if statement.sql:
            parts[name] = f"(SELECT count(*) FROM ({statement.sql}) AS found)"  # noqa: S608  (the ORM's own text)
            values += statement.filled(reader)
    if parts:
        (found,) = run(f"SELECT {', '.join(parts.values())}", values)
        counts |= zip(parts, found, strict=True)
    return counts


def shown(count: int | None) -> str:
    """As the page prints it: "58", "999+", nothing when it was not counted."""
    return "" if count is None else f"{CAP - 1}+" if count >= CAP else str(count)


def _capped(lot: Lot, reader: Reader) -> QuerySet[Any, Any]:
    return lot.tickets(reader).order_by().values("pk")[: lot.cap]
