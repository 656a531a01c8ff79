"""Inside, outside or unknown by the region's own clock (rules 1.1 to 1.7)."""

import pytest

from tests.worktime.cast import OFFICE, wib
from worktime.service_hours import classify


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2024-08-16 07:30", "WIB", "OUTSIDE"),
        ("2024-08-16 07:30", "WITA", "INSIDE"),
        ("2024-08-16 06:00", "WIT", "INSIDE"),
        ("2024-08-16 15:30", "WIB", "INSIDE"),
        ("2024-08-16 15:30", "WITA", "OUTSIDE"),
        ("2024-08-16 14:00", "WIT", "OUTSIDE"),
        ("2024-08-16 16:00", "WIB", "OUTSIDE"),
        ("2024-08-17 10:00", "WIB", "OUTSIDE"),
        ("2024-08-16 10:00", None, "UNKNOWN"),
        ("2024-08-16 10:00", "", "UNKNOWN"),
        ("2024-08-17 23:30", "WIT", "OUTSIDE"),
    ],
)
def test_by_the_region(moment, zone, expected):
    assert classify(OFFICE, wib(moment), zone) == expected


@pytest.mark.parametrize("zone", ["WIB", "WITA", "WIT"])
def test_by_jakarta_for_all(zone):
    assert classify(OFFICE, wib("2024-08-16 15:30"), zone, basis="WIB") == "INSIDE"
    assert classify(OFFICE, wib("2024-08-16 07:30"), zone, basis="WIB") == "OUTSIDE"


def test_unknown_zone_stays_unknown_on_either_basis():
    assert classify(OFFICE, wib("2024-08-16 10:00"), None, basis="WIB") == "UNKNOWN"


def test_wrong_codes_are_refused():
    with pytest.raises(ValueError, match="zone"):
        classify(OFFICE, wib("2024-08-16 10:00"), "GMT")
    with pytest.raises(ValueError, match="basis"):
        classify(OFFICE, wib("2024-08-16 10:00"), "WIB", basis="UTC")
