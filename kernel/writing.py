"""Storing rows by statements that are made once and prepared: Django writes each anew, which takes longer than storing.

For models without listeners: `save()` tells them, this does not.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

from kernel.compiled import run

M = TypeVar("M", bound=Model)


def insert(row: M) -> M:
    """Store a new row, as `save(force_insert=True)` would. Columns that the database computes are read when used."""
    sql, fields = _inserting(row.__class__)
    [(row.pk,)] = run(sql, [_value(field, row, add=True) for field in fields])
    row._state.adding, row._state.db = False, connection.alias
    return row


def update(row: Model, names: Collection[str]) -> None:
    """Store these fields of a row, as `save(update_fields=names)` would. Raises DoesNotExist where it is gone."""
    sql, fields = _updating(row.__class__, frozenset(names))
    if not run(sql, [*(_value(field, row, add=False) for field in fields), row.pk]):
        raise row.__class__.DoesNotExist(f"{row._meta.label} {row.pk}")  # type: ignore[attr-defined]


def _value(field: Any, row: Model, *, add: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, add), connection)


@cache
def _inserting(model: type[Model]) -> tuple[str, list[Field]]:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not (field.generated or field.primary_key)]
    columns, places = ", ".join(map(_column, fields)), ", ".join(map(_place, fields))
    return f"INSERT INTO {_quoted(meta.db_table)} ({columns}) VALUES ({places}) RETURNING {_column(meta.pk)}", fields  # noqa: S608


@cache
def _updating(model: type[Model], names: frozenset[str]) -> tuple[str, list[Field]]:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if field.name in names]
    if len(fields) != len(names):
        raise ValueError(f"not all of {', '.join(sorted(names))} are fields of {meta.label}")
    changes = ", ".join(f"{_column(field)} = {_place(field)}" for field in fields)
    key = _column(meta.pk)
    return f"UPDATE {_quoted(meta.db_table)} SET {changes} WHERE {key} = %s RETURNING {key}", fields  # noqa: S608


def _place(field: Any) -> str:
    return field.get_placeholder(None, None, connection) if hasattr(field, "get_placeholder") else "%s"


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
