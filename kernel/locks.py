"""Row and name locks that verbs take before they check a move."""

from functools import cache
from typing import Any, TypeVar

from django.db import connection, models
from django.db.transaction import TransactionManagementError

from kernel.compiled import Compiled, run

M = TypeVar("M", bound=models.Model)


def lock(row: M) -> M:
    """The row (or a lazy one, as `request.user`) read again and locked until the transaction ends."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("a lock needs a transaction")
    model: Any = row._meta.model
    found = _locking(model)(model._default_manager.all(), pk=row.pk)
    if not found:
        raise model.DoesNotExist(f"{model._meta.label} {row.pk}")
    return found[0]


@cache
def _locking(model: type[M]) -> Compiled[Any]:
    return Compiled(lambda rows, pk: rows.select_for_update(of=("self",)).filter(pk=pk), "pk")


def lock_all(*rows: M) -> list[M]:
    """As `lock` for several rows of one table, taken in key order so that two callers cannot deadlock."""
    model = rows[0].__class__
    keys = {row.pk for row in rows}
    found = model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    by_key = {row.pk: row for row in found}
    return [by_key[row.pk] for row in rows]


def lock_names(*names: str, shared: bool = False) -> None:
    """Hold an advisory lock per name until the transaction ends: for rows that are not there yet.

    `shared` ones keep out only those who want the name for themselves.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    for name in sorted(set(names)):
        run(f"SELECT {function}(hashtextextended(%s, 0))", [name])
