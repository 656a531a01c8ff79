"""Fields that several serializers share."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


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
