"""The roster of the demonstration: who takes new tickets on which days, hours and channels."""

from datetime import datetime, timedelta

from djpk.demo.writing import Reference
from kernel.months import JAKARTA
from tickets.duty.verbs import Duty, add_shift
from worktime.clock import Calendar, add_working_days

OFFICE_DAYS = (0, 1, 2, 3, 4)
WRITTEN, SPOKEN = ("WHATSAPP", "LIVE_CHAT"), ("PHONE", "LIVE_CHAT")
# (agent, weekdays, from, to, channels): the early one is there when offices in the east of the country open.
SHIFTS = (
    ("laras", OFFICE_DAYS, 8 * 60, 16 * 60, ()),
    ("hesti", OFFICE_DAYS, 6 * 60, 14 * 60, WRITTEN),
    ("dewi", OFFICE_DAYS, 8 * 60, 16 * 60, ("EMAIL", "HAI")),
    ("hadi", (0, 2, 4), 8 * 60, 16 * 60, SPOKEN),
    ("rizal", (1, 3), 8 * 60, 16 * 60, SPOKEN),
    ("rizal", (0, 2, 4), 9 * 60, 17 * 60, WRITTEN),
)
TRAINED, TRAINING_DAYS = "dewi", 2
_BY = "sekar"


def write_duty(reference: Reference, office: Calendar, today: datetime) -> None:
    """The rows since four weeks ago, and one agent at a training from the first working day on."""
    here, by = today.astimezone(JAKARTA), reference.users[_BY]
    since = here.date() - timedelta(days=28 + here.weekday())
    entered = here.replace(hour=8, minute=15) - timedelta(days=28 + here.weekday())
    for agent, weekdays, opens, closes, channels in SHIFTS:
        duty = Duty(reference.users[agent], opens, closes, since, None, weekdays, channels)
        add_shift(duty=duty, at=entered, actor=by)
    first, last = (add_working_days(office, here.date() - timedelta(days=1), number) for number in (1, TRAINING_DAYS))
    add_shift(duty=Duty(reference.users[TRAINED], 0, 1440, first, last, off=True), at=today, actor=by)
