"""Row and name locks that verbs take before they check a move."""

from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def lock(row: M) -> M:
    """The row read again and locked until the transaction ends. Needs a transaction."""
    return type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def lock_all(*rows: M) -> list[M]:
    """As `lock` for several rows of one table, taken in key order so that two callers cannot deadlock."""
    model = type(rows[0])
    keys = {row.pk for row in rows}
    found = model._default_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    by_key = {row.pk: row for row in found}
    return [by_key[row.pk] for row in rows]


def lock_names(*names: str, shared: bool = False) -> None:
    """Hold an advisory lock per name until the transaction ends: for rows that are not there yet.

    `shared` ones keep out only those who want the name for themselves.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        for name in sorted(set(names)):
            cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [name])
