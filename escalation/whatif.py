"""What a draft of the score table would make of a past month. Nothing is stored, no score changes (rules 3.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from escalation.averages import counted
from escalation.models import Escalation
from escalation.scoring import Rubric, score
from kernel.errors import Refused
from kernel.months import Month


@dataclass(frozen=True, slots=True)
class Effect:
    """A unit's month as it is and as the draft would have it; `moved` answers get another score."""

    unit: str
    count: int
    now: Fraction
    draft: Fraction
    moved: int

    @property
    def difference(self) -> Fraction:
        return self.draft - self.now


@dataclass(frozen=True, slots=True)
class Trial:
    """All units by code, the whole, and how the scores are spread now and under the draft: (score, now, draft)."""

    units: list[Effect]
    whole: Effect | None
    spread: list[tuple[int, int, int]]


def draft_rubric(*, steps: Iterable[tuple[int, int]], later: int, target_days: int, day_minutes: int = 480) -> Rubric:
    """A table that is only tried. Refused: `score_rule.steps`."""
    try:
        return Rubric("draf", day_minutes, tuple(steps), later, target_days)
    except ValueError:
        raise Refused(
            "score_rule.steps", _("Hari harus naik dari langkah ke langkah dan skor tidak boleh ikut naik.")
        ) from None


def try_rubric(rubric: Rubric, month: Month) -> Trial:
    """Judge the month's answers by their stored working time. One query, which only reads."""
    rows = Escalation.objects.filter(counted(month)).order_by()
    given = rows.values_list("unit__code", "score", "working_minutes")
    judged = [
        (unit, now, score(rubric, timedelta(minutes=float(minutes))))
        for unit, now, minutes in given
        if now is not None and minutes is not None
    ]
    units = [_effect(code, [row for row in judged if row[0] == code]) for code in sorted({row[0] for row in judged})]
    scores = sorted({row[1] for row in judged} | {row[2] for row in judged}, reverse=True)
    spread = [(one, sum(row[1] == one for row in judged), sum(row[2] == one for row in judged)) for one in scores]
    return Trial(units, _effect("", judged) if judged else None, spread)


def _effect(code: str, rows: list[tuple[str, int, int]]) -> Effect:
    count = len(rows)
    now, draft = Fraction(sum(row[1] for row in rows), count), Fraction(sum(row[2] for row in rows), count)
    return Effect(code, count, now, draft, sum(row[1] != row[2] for row in rows))
