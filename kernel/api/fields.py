"""Fields that several serializers share, and the strict base of those that take input."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers


class Input(serializers.Serializer):
    """A body as sent. A member that is not declared is refused, so nobody believes they have set it."""

    default_error_messages = {"invalid": _("Tulis sebagai objek JSON.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            message = exceptions.ErrorDetail(_("Isian ini tidak dikenal atau tidak dapat ditulis."), "not_writable")
            raise exceptions.ValidationError({name[:60]: [message] for name in unknown})
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Text sent as text; numbers are not silently taken for it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false, nothing that resembles them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 60})
class RowField(serializers.Field):
    """A row named by its code. `rows` is called per request, so it can depend on nothing but the data."""

    default_error_messages = {"unknown": _("Tidak ada data dengan kode ini."), "invalid": _("Tulis kodenya.")}

    def __init__(self, rows: Callable[[], QuerySet[Any]], by: str = "code", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.by = rows, by

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("invalid")
        row = self.rows().filter(**{self.by: data}).first()
        if row is None:
            self.fail("unknown")
        return row

    def to_representation(self, value: Model) -> str:
        return str(getattr(value, self.by))


class KeptField(RowField):
    """As RowField for reference data that is kept in memory (`kernel.kept`)."""

    def __init__(self, kept: Callable[[], Mapping[Any, Any]], **kwargs: Any) -> None:
        super().__init__(rows=_no_rows, **kwargs)
        self.kept = kept

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("invalid")
        for row in self.kept().values():
            if getattr(row, self.by) == data:
                return row
        return self.fail("unknown")


def _no_rows() -> QuerySet[Any]:
    raise NotImplementedError


@extend_schema_field({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "example": "2024-08"})
class MonthField(serializers.Field):
    """The month of a date, written "2024-08"; read only."""

    def to_representation(self, value: Any) -> str:
        return f"{value:%Y-%m}"


@extend_schema_field({"type": ["number", "null"]})
class NumberField(serializers.Field):
    """A decimal as a JSON number: whole numbers without a fraction; read only."""

    def to_representation(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)
