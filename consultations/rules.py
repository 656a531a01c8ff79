"""The circular's rules on a booking, each met, broken or waived (SE-2/PK.1/2024 as assumed in rules 4.2 to 4.4).

Pure: facts, limits and a calendar in, results out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.months import JAKARTA
from worktime.clock import Calendar, is_working_day, working_days_between

Outcome = Literal["MET", "BROKEN", "WAIVED"]
NEVER_WAIVED = frozenset({"topics", "order"})

MESSAGES: dict[str, str | Promise] = {
    "topics": _("Pilih sedikitnya satu topik."),
    "order": _("Waktu konsultasi harus setelah waktu permohonan dan selesai di hari yang sama."),
    "guests": _("Jumlah tamu harus 1 sampai {guest_limit} orang dengan nama lengkap."),
    "letter": _("Lampirkan surat permohonan resmi."),
    "lead_time": _("Ajukan paling lambat {lead_working_days} hari kerja sebelum hari konsultasi."),
    "slot": _("Pilih jam {opens} sampai {closes} pada hari kerja, paling lama {slot_minutes} menit."),
    "reason": _("Jelaskan mengapa tidak cukup lewat video conference."),
    "frequency": _("Paling banyak {month_limit} kunjungan sebulan dari pemohon yang sama."),
}

NAMES: dict[str, str | Promise] = {
    "topics": _("topik"),
    "order": _("urutan waktu"),
    "letter": _("surat permohonan"),
    "lead_time": _("jarak hari kerja"),
    "slot": _("jam konsultasi"),
    "guests": _("jumlah tamu"),
    "reason": _("alasan tatap muka"),
    "frequency": _("jumlah kunjungan sebulan"),
}
"""What each rule is about, within a sentence."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a booking says of itself; moments are aware."""

    face_to_face: bool
    requested_at: datetime
    starts_at: datetime
    ends_at: datetime
    guests: int
    named_guests: int
    has_letter: bool
    topics: int
    has_reason: bool
    others_in_month: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The dated rule; minutes are of the day in Jakarta."""

    guest_limit: int
    lead_working_days: int
    letter_required: bool
    slot_opens: int
    slot_closes: int
    slot_minutes: int
    month_limit: int = 0

    def words(self) -> dict[str, Any]:
        """The limits as the messages name them."""
        return {
            "guest_limit": self.guest_limit,
            "lead_working_days": self.lead_working_days,
            "slot_minutes": self.slot_minutes,
            "month_limit": self.month_limit,
            "opens": f"{self.slot_opens // 60:02d}.{self.slot_opens % 60:02d}",
            "closes": f"{self.slot_closes // 60:02d}.{self.slot_closes % 60:02d}",
        }


@dataclass(frozen=True, slots=True)
class Result:
    """One rule's outcome; a waiver says by whom (user name) and why."""

    rule: str
    outcome: Outcome
    waived_by: str = ""
    reason: str = ""

    def as_data(self) -> dict[str, str]:
        return asdict(self)


def check(facts: Facts, limits: Limits, calendar: Calendar) -> list[Result]:
    """Every rule that applies to the booking, in the order of `MESSAGES`."""
    held_on = facts.starts_at.astimezone(JAKARTA).date()
    asked_on = facts.requested_at.astimezone(JAKARTA).date()
    met = {
        "topics": facts.topics >= 1,
        "order": facts.requested_at < facts.starts_at < facts.ends_at and _within_a_day(facts),
        "letter": facts.has_letter or not limits.letter_required,
        "lead_time": working_days_between(calendar, asked_on, held_on) >= limits.lead_working_days,
        "slot": is_working_day(calendar, held_on) and _in_slot(facts, limits),
    }
    if facts.face_to_face:
        met["guests"] = 1 <= facts.guests <= limits.guest_limit and facts.named_guests == facts.guests
        met["reason"] = facts.has_reason
        if limits.month_limit:
            met["frequency"] = facts.others_in_month < limits.month_limit
    return [Result(rule, "MET" if met[rule] else "BROKEN") for rule in MESSAGES if rule in met]


def waive(results: list[Result], waivers: Mapping[str, str], by: str) -> list[Result]:
    """The results with broken rules waived where a reason is given; some cannot be."""
    return [
        replace(result, outcome="WAIVED", waived_by=by, reason=waivers[result.rule].strip())
        if result.outcome == "BROKEN" and result.rule not in NEVER_WAIVED and waivers.get(result.rule, "").strip()
        else result
        for result in results
    ]


def _within_a_day(facts: Facts) -> bool:
    """Whether it begins and ends on one day in Jakarta; midnight still belongs to the day that it ends."""
    midnight = datetime.combine(facts.starts_at.astimezone(JAKARTA).date(), time(), JAKARTA)
    return facts.ends_at <= midnight + timedelta(days=1)


def _in_slot(facts: Facts, limits: Limits) -> bool:
    start, end = facts.starts_at.astimezone(JAKARTA), facts.ends_at.astimezone(JAKARTA)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return (
        start - midnight >= timedelta(minutes=limits.slot_opens)
        and end - midnight <= timedelta(minutes=limits.slot_closes)
        and end - start <= timedelta(minutes=limits.slot_minutes)
    )
