"""Running numbers per year, `DRG-24-00001`, from PostgreSQL sequences; gaps are allowed (decisions 8).

The year is cut in Asia/Jakarta. A sequence is made when its year's first number is asked for.
"""

import re
from datetime import datetime
from functools import cache

from django.db import connection, models
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from kernel.compiled import run
from kernel.locks import lock_names
from kernel.months import JAKARTA

_WRITTEN = re.compile(r"(?<![\w-])[A-Z]{3}-[0-9]{2}-[0-9]{5,12}(?![\w-])")


def unbroken(text: str) -> SafeString:
    """The text as HTML in which no line ends within a number."""
    return mark_safe(_WRITTEN.sub(r'<span class="dr-id">\g<0></span>', conditional_escape(text)))  # noqa: S308


def next_number(
    prefix: str, at: datetime, *, model: type[models.Model] | None = None, field: str = "number", width: int = 5
) -> str:
    """The next free number. With `model` numbers that its column `field` already holds are passed over.

    Needs a transaction. ValueError for a prefix that is not plain capitals.
    """
    year = _year(prefix, at)
    name, start = _sequence(prefix, year), f"{prefix}-{year:02d}-"
    number, taken = _next(name, start, width, model, field)
    while taken and model is not None:
        pass_over(prefix, at, _highest(model, field, prefix, year))
        number, taken = _next(name, start, width, model, field)
    return number


def pass_over(prefix: str, at: datetime, highest: int) -> None:
    """Let the year's numbers go on after `highest`, given by rows that came with numbers of their own."""
    name = _sequence(prefix, _year(prefix, at))
    with connection.cursor() as cursor:
        _make(name)
        cursor.execute(f"SELECT setval('{name}', %s) FROM {name} WHERE last_value < %s", [highest] * 2)  # noqa: S608


def _year(prefix: str, at: datetime) -> int:
    if not re.fullmatch(r"[A-Z]{2,8}", prefix):
        raise ValueError(f"not a number prefix: {prefix!r}")
    return at.astimezone(JAKARTA).year % 100


def _sequence(prefix: str, year: int) -> str:
    return f"number_{prefix.lower()}_{year:02d}"


def _next(name: str, start: str, width: int, model: type[models.Model] | None, field: str) -> tuple[str, bool]:
    """The next number, and whether the model has it already."""
    sql = _asking(model, field)
    [(value, taken)] = run(sql, [start, width, name])
    if value is None:
        _make(name)
        [(value, taken)] = run(sql, [start, width, name])
    return value, taken


@cache
def _asking(model: type[models.Model] | None, field: str) -> str:
    number = "%s::text || lpad(next::text, greatest(%s::int, length(next::text)), '0')"
    taken = "false"
    if model is not None:
        table, column = model._meta.db_table, model._meta.get_field(field).column  # type: ignore[union-attr]
        taken = f'EXISTS (SELECT FROM "{table}" WHERE "{column}" = given.number)'
    asked = "nextval(to_regclass(%s)) AS given (next)"
    return f"SELECT given.number, {taken} FROM (SELECT {number} AS number FROM {asked}) AS given"  # noqa: S608


def _make(name: str) -> None:
    """Create the sequence; the lock makes a second transaction wait until the first is through."""
    lock_names(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {name}")


def _highest(model: type[models.Model], field: str, prefix: str, year: int) -> int:
    taken = model._default_manager.filter(**{f"{field}__regex": rf"^{prefix}-{year:02d}-[0-9]{{1,12}}$"})
    return max((int(number.rsplit("-", 1)[1]) for number in taken.values_list(field, flat=True)), default=0)
