"""Addresses of the monthly report."""

from django.urls import path, register_converter

from kernel.months import Month
from reports import views


class MonthConverter:
    """`2024-08` in an address is a Month."""

    regex = r"[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        return Month.parse(value)

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(MonthConverter, "month")

urlpatterns = [
    path("", views.newest, name="reports"),
    path("<month:month>/", views.report, name="report"),
    path("<month:month>/angka/<str:key>/", views.figure, name="figure"),
]
