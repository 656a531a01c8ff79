"""Filters that refuse what they do not know instead of silently finding nothing."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions
from rest_framework.request import Request

from kernel.errors import Refused
from kernel.months import Month

JAKARTA = ZoneInfo("Asia/Jakarta")
MOST_VALUES = 100
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


class StrictFilterBackend(DjangoFilterBackend):
    """The view's `filterset_class` over the query; what it cannot read is a 400 that names the parameter."""

    raise_exception = False

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if filterset.is_valid():
            return filterset.qs
        raise exceptions.ValidationError(
            {
                name: [exceptions.ErrorDetail(error["message"], error["code"] or "invalid") for error in errors]
                for name, errors in filterset.errors.get_json_data().items()
            }
        )


class _Words(forms.CharField):
    """`a,b` -> ["a", "b"]."""

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        words = [word.strip() for word in text.split(",") if word.strip()] if text else []
        if len(words) > MOST_VALUES:
            raise ValidationError(_("Paling banyak {max} nilai.").format(max=MOST_VALUES), "too_many")
        return words

    def refuse_unknown(self, words: Iterable[str], known: Iterable[str]) -> None:
        if unknown := sorted(set(words) - set(known)):
            raise ValidationError(_("Nilai tidak dikenal: {names}.").format(names=", ".join(unknown)), "unknown")


class _ChoiceWords(_Words):
    def __init__(self, *args: Any, known: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(known)

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value)
        self.refuse_unknown(words, self.known)
        return words


class _RowWords(_Words):
    def __init__(self, *args: Any, rows: type[Model], by: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.by = rows, by

    def clean(self, value: Any) -> list[Model]:
        words = super().clean(value)
        found = list(self.rows._default_manager.filter(**{f"{self.by}__in": words})) if words else []
        self.refuse_unknown(words, (getattr(row, self.by) for row in found))
        return found


class _MomentField(forms.CharField):
    """An ISO 8601 moment with offset, or a day, which is its midnight in Jakarta."""

    def clean(self, value: Any) -> dt.datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            if _MOMENT.fullmatch(text):
                moment = dt.datetime.fromisoformat(text)
            elif _DAY.fullmatch(text):
                moment = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), JAKARTA)
            else:
                raise ValueError
            if not 1900 <= moment.year < 3000:
                raise ValueError
        except ValueError:
            message = _("Tulis 2024-08-01 atau 2024-08-01T08:00:00+07:00 (tanda + dikodekan di URL).")
            raise ValidationError(message, "bad_moment") from None
        return moment


class _DayField(forms.CharField):
    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("Tulis tanggal sebagai 2024-08-01."), "bad_day") from None


class _MonthField(forms.CharField):
    def clean(self, value: Any) -> dt.date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text).first_day
        except ValueError:
            raise ValidationError(_("Tulis bulan sebagai 2024-08."), "bad_month") from None


class _FlagField(forms.CharField):
    def clean(self, value: Any) -> bool | None:
        text = super().clean(value)
        if text in ("true", "false"):
            return text == "true"
        if text:
            raise ValidationError(_("Tulis true atau false."), "bad_flag")
        return None


class _ParsedField(forms.CharField):
    def __init__(self, *args: Any, parse: Callable[[str], object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parse = parse

    def clean(self, value: Any) -> object:
        text = super().clean(value)
        try:
            return self.parse(text) if text else None
        except Refused as refusal:
            raise ValidationError(refusal.message, refusal.code) from None


def _codes_schema(known: Iterable[str] | None = None) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 60, "pattern": "^[^,\\s\\x00]+$"}
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_VALUES,
        "items": {"type": "string", "enum": list(known)} if known else item,
    }


class ChoicesFilter(django_filters.Filter):
    """`?status=NEW,OPEN` over a fixed set of values."""

    field_class = _ChoiceWords

    def __init__(self, *args: Any, choices: type[TextChoices], **kwargs: Any) -> None:
        super().__init__(*args, lookup_expr="in", known=choices.values, **{"label": "Any of these.", **kwargs})
        extend_schema_field(_codes_schema(choices.values))(self)


class WordsFilter(django_filters.Filter):
    """`?tag=salur,dbh`: any of these words."""

    field_class = _Words

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label": "Any of these.", **kwargs})
        extend_schema_field(_codes_schema())(self)


class RowsFilter(django_filters.Filter):
    """`?channel=EMAIL,HAI` over the codes of rows."""

    field_class = _RowWords

    def __init__(self, *args: Any, rows: type[Model], by: str = "code", **kwargs: Any) -> None:
        label = f"Any of these, by {by}."
        super().__init__(*args, lookup_expr="in", rows=rows, by=by, **{"label": label, **kwargs})
        extend_schema_field(_codes_schema())(self)


class MomentFilter(django_filters.Filter):
    """`?created_from=2024-08-01`, inclusive with `gte`, exclusive with `lt`."""

    field_class = _MomentField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        edge = "before" if kwargs.get("lookup_expr") == "lt" else "from"
        label = f"In time {edge} this moment; a day stands for its midnight in Jakarta."
        super().__init__(*args, **{"label": label, **kwargs})
        extend_schema_field(
            {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
        )(self)


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    """`?held_from=2024-08-01`."""

    field_class = _DayField


@extend_schema_field({"type": "string", "pattern": _MONTH, "example": "2024-08"})
class MonthFilter(django_filters.Filter):
    """`?month=2024-08`, for columns that hold the first day of a month."""

    field_class = _MonthField


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):
    """`?is_spam=true`."""

    field_class = _FlagField


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 254})
class ParsedFilter(django_filters.Filter):
    """One text, read by `parse`, whose Refused becomes a 400."""

    field_class = _ParsedField


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 2**63 - 1})
class IdFilter(django_filters.NumberFilter):
    """A row's id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)
        self.field_class = forms.IntegerField
