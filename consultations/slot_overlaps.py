"""Two patterns never offer one room or one expert at the same time; whoever tries is told what is in the way."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consultations.models import Room, SlotException, SlotPattern
from consultations.offering import exceptional_of, pattern_of
from consultations.slots import Span, spans_of
from consultations.wording import hours_in_words, spoken, weekdays_in_words
from kernel.errors import Refused
from kernel.formats import long_date
from kernel.locks import lock_names
from people.models import User
from worktime.clock import is_working_day
from worktime.loading import OFFICE, load_calendar

_TAKEN = {
    "room": (
        "slot.room_overlaps",
        _("{who} sudah ditawarkan {when}. Pilih hari, jam atau ruang lain, atau akhiri pola itu dahulu."),
    ),
    "expert": (
        "slot.expert_overlaps",
        _("{who} sudah ditawarkan {when}. Pilih hari, jam atau narasumber lain, atau akhiri pola itu dahulu."),
    ),
}


def refuse_pattern(
    *, room: Room | None, expert: User | None, weekdays: Sequence[int], hours: Span, valid_from: date
) -> None:
    """Raises Refused (`slot.room_overlaps`, `slot.expert_overlaps`) where a pattern in force from that day on, or an
    extra day of one, offers the same room or expert at these hours. Needs a transaction."""
    for name, one in (("room", room), ("expert", expert)):
        if one is None:
            continue
        lock_names(f"slots-of-{name}:{one.pk}")
        rows = SlotPattern.objects.filter(
            _in_force(valid_from), weekdays__overlap=list(weekdays), opens__lt=hours[1], closes__gt=hours[0],
            **{name: one},
        )  # fmt: skip
        if row := rows.first():
            raise _taken(name, one, _usual(row))
        if found := _extra_day(name, one, weekdays, hours, valid_from):
            raise _taken(name, one, found)


def refuse_extra(*, pattern: SlotPattern, starts_on: date, ends_on: date, hours: Span) -> None:
    """The same for a pattern's own hours on some days."""
    for name, one in (("room", pattern.room), ("expert", pattern.expert)):
        if one is None:
            continue
        lock_names(f"slots-of-{name}:{one.pk}")
        rows = SlotPattern.objects.filter(_in_force(starts_on), valid_from__lte=ends_on, **{name: one})
        others = [pattern_of(row) for row in rows.exclude(pk=pattern.pk)]
        given = [exceptional_of(row) for row in _extras(name, one, starts_on, ends_on)]
        calendar = load_calendar(OFFICE).calendar
        for day in _days(starts_on, ends_on):
            for other in others:
                if any(_meet(span, hours) for span in spans_of(other, day, given, calendar)):
                    raise _taken(name, one, _on_day(day, spans_of(other, day, given, calendar)[0]))


def _extra_day(name: str, one: Room | User, weekdays: Sequence[int], hours: Span, first: date) -> str:
    """The first working day from `first` on that a new pattern would share with another's extra hours; "" for none."""
    rows = list(_extras(name, one, first, date.max))
    calendar = load_calendar(OFFICE).calendar if rows else None
    for row in rows:
        span = (row.opens or 0, row.closes or 0)
        for day in _days(max(first, row.starts_on), row.ends_on):
            usual = calendar is not None and day.weekday() in weekdays and is_working_day(calendar, day)
            if usual and _meet(span, hours):
                return _on_day(day, span)
    return ""


def _extras(name: str, one: Room | User, first: date, last: date) -> QuerySet[SlotException]:
    """Own hours of the patterns of that room or expert."""
    rows = SlotException.objects.filter(opens__isnull=False, ends_on__gte=first, starts_on__lte=last)
    return rows.filter(**{f"pattern__{name}": one}).select_related("pattern")


def _in_force(day: date) -> Q:
    """On that day or later, and at all."""
    return Q(valid_to=None) | (Q(valid_to__gt=day) & Q(valid_to__gt=F("valid_from")))


def _taken(name: str, one: Room | User, when: str) -> Refused:
    code, message = _TAKEN[name]
    return Refused(code, message, who=one, when=when)


def _usual(row: SlotPattern) -> str:
    return f"{weekdays_in_words(row.weekdays)} {hours_in_words((row.opens, row.closes))}"


def _on_day(day: date, span: Span) -> str:
    return f"{long_date(day, spoken())} {hours_in_words(span)}"


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
