"""Service hours of a ticket: inside, outside or unknown by the clock of the contact's region.

Pure; rules 1.1 to 1.7. The result is stored on the ticket at intake together with the zone and the
calendar's revision, and only a deliberate job computes it again.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from worktime.clock import Calendar, is_open

ServiceHours = Literal["INSIDE", "OUTSIDE", "UNKNOWN"]
Basis = Literal["REGION", "WIB"]

ZONES = {
    "WIB": ZoneInfo("Asia/Jakarta"),
    "WITA": ZoneInfo("Asia/Makassar"),
    "WIT": ZoneInfo("Asia/Jayapura"),
}


def classify(cal: Calendar, created_at: datetime, zone: str | None, basis: Basis = "REGION") -> ServiceHours:
    """Class a ticket made at `created_at` by a contact in `zone` (WIB, WITA, WIT; empty when unknown).

    Without a zone the ticket is neither inside nor outside, whatever the basis (rule 1.1). With basis
    WIB the clock of Jakarta decides for every known zone (rule 1.3). ValueError for other codes.
    """
    if basis not in ("REGION", "WIB"):
        raise ValueError(f"unknown basis of service hours: {basis!r}")
    if not zone:
        return "UNKNOWN"
    if zone not in ZONES:
        raise ValueError(f"unknown zone: {zone!r}")
    return "INSIDE" if is_open(cal, created_at, ZONES["WIB" if basis == "WIB" else zone]) else "OUTSIDE"
