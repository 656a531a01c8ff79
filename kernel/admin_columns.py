"""How the admin shows a field of a row: Indonesian heading, id-ID numbers and dates, words for choices."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language

from kernel import formats
from kernel.admin_labels import LABELS
from kernel.months import JAKARTA

NOTHING = "–"
Label = str | Promise


def column(model: type[models.Model], name: str, label: Label | None = None) -> Callable[[Any], Any]:
    """A column of a list, or a line of a page, for a field of the model."""
    field = model._meta.get_field(name)
    label = label or LABELS.get(name, name)
    if isinstance(field, models.BooleanField):
        flag = admin.display(description=label, ordering=name, boolean=True)(lambda row: getattr(row, name))
        flag.__name__ = f"shown_{name}"
        return flag

    @admin.display(description=label, ordering=name)
    def show(row: Any) -> Any:
        if getattr(field, "choices", None):
            return getattr(row, f"get_{name}_display")() or NOTHING
        value = getattr(row, name)
        return month(value) if name == "month" and value else shown(value)

    show.__name__ = f"shown_{name}"  # not the field's own name: its English help would stand below
    return show


def shown(value: Any) -> Any:
    """A value as people read it."""
    language = get_language() or "id"
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, datetime):
        local = value.astimezone(JAKARTA)
        return f"{_day(local.date(), language)} {formats.clock_time(local, language)}"
    if isinstance(value, date):
        return _day(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        return formats.number(value, language)
    if isinstance(value, Decimal):
        return formats.decimal(value, 4, trim=True, language=language)
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _day(day: date, language: str) -> str:
    return formats.short_date(day, language, year=True).replace(" ", "\N{NO-BREAK SPACE}")


def month(day: date) -> str:
    return formats.month_name(day, get_language() or "id")


def labelled_filter(name: str, label: Label | None = None) -> tuple[str, Callable[..., Any]]:
    """A list filter on a field, with our heading."""

    def make(*args: Any, **kwargs: Any) -> Any:
        found = FieldListFilter.create(*args, **kwargs)
        found.title = label or LABELS.get(name.rpartition("__")[2], name)
        return found

    return name, make
