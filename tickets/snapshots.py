"""What a ticket keeps of its requester and of the clock at intake (decisions 11; rules 1.1 to 1.3)."""

from dataclasses import dataclass
from datetime import datetime

from people.models import Region
from tickets.models import ServiceHours
from worktime.loading import SERVICE, load_calendar
from worktime.service_hours import classify


@dataclass(frozen=True, slots=True)
class HoursSnapshot:
    """Zone, service hours and the calendar's version that classed them."""

    zone: str
    service_hours: ServiceHours
    window_version: str


def hours_of(region: Region | None, created_at: datetime) -> HoursSnapshot:
    """Class a ticket made at `created_at` by the clock of the region; unknown without one."""
    service = load_calendar(SERVICE)
    zone = region.zone if region else ""
    hours = classify(service.calendar, created_at, zone, service.basis)
    return HoursSnapshot(zone, ServiceHours(hours), service.version)
