"""New versions of the score table (rules 3.5). A version never touches an answer that has its score."""

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from escalation.models import Escalation, ScoreRule, ScoreStep
from escalation.scoring import Rubric
from kernel.dated import lock_series, supersede, withdraw
from kernel.errors import Refused
from kernel.formats import long_date
from kernel.locks import lock
from kernel.months import JAKARTA
from people.log import log_access
from people.models import User
from worktime.loading import OFFICE
from worktime.models import WorkCalendar

TOP_SCORE = 120  # rules 3.3
DAY_MINUTES = 480  # decisions 25


@transaction.atomic
def add_score_rule(
    *,
    version: str,
    valid_from: date,
    steps: Sequence[tuple[int, int]],
    later_score: int,
    target_days: int,
    basis: str = "",
    at: datetime,
    actor: User | None,
) -> ScoreRule:
    """Have a new table judge the answers from `valid_from` (Jakarta) on; the one in force ends on that day.

    `steps` are (working days, score) in rising order of days. Calendar and length of a day stay as they are.
    Refused: `score_rule.version`, `score_rule.steps`, `score_rule.scored`, `dated.past`,
    `dated.taken`.
    """
    lock_series(ScoreRule)
    version = version.strip()
    if not version or ScoreRule.objects.filter(version=version).exists():
        raise Refused("score_rule.version", _("Beri nama versi yang belum dipakai."))
    _check_steps(version, steps, later_score, target_days)
    _refuse_scored(valid_from)
    before = ScoreRule.objects.order_by("-valid_from").first()
    rule = supersede(
        ScoreRule,
        valid_from=valid_from,
        today=at.astimezone(JAKARTA).date(),
        version=version,
        calendar=before.calendar if before else WorkCalendar.objects.get(code=OFFICE),
        day_minutes=before.day_minutes if before else DAY_MINUTES,
        target_days=target_days,
        later_score=later_score,
        basis=basis.strip(),
    )
    ScoreStep.objects.bulk_create(ScoreStep(rule=rule, within_days=days, score=score) for days, score in steps)
    log_access(user=actor, action="score_rule.added", record=rule, reason=basis, at=at)
    return rule


@transaction.atomic
def withdraw_score_rule(rule: ScoreRule, *, reason: str, at: datetime, actor: User | None) -> None:
    """Take back a version that has not begun; the one before it goes on. Refused: `dated.begun`, `dated.in_use`."""
    rule = lock(rule)
    log_access(user=actor, action="rule.withdrawn", record=rule, reason=f"{rule.version} {reason}".strip(), at=at)
    withdraw(rule, today=at.astimezone(JAKARTA).date())


def _check_steps(version: str, steps: Sequence[tuple[int, int]], later: int, target_days: int) -> None:
    try:
        rubric = Rubric(version, steps=tuple(steps), later=later, target_days=target_days)
    except ValueError:
        raise Refused(
            "score_rule.steps", _("Hari harus naik dari langkah ke langkah dan skor tidak boleh ikut naik.")
        ) from None
    if max(score for _days, score in rubric.steps) > TOP_SCORE or later < 0:
        raise Refused("score_rule.steps", _("Skor harus antara 0 dan {top}."), top=TOP_SCORE)
    if target_days not in [days for days, _score in rubric.steps]:
        raise Refused("score_rule.steps", _("Target hari harus sama dengan salah satu langkah."))


def _refuse_scored(valid_from: date) -> None:
    """No answer on or after that day may have its score already."""
    begins = datetime.combine(valid_from, time(), JAKARTA)
    last = Escalation.objects.filter(answered_at__gte=begins, score__isnull=False).order_by("-answered_at").first()
    if last and last.answered_at:
        raise Refused(
            "score_rule.scored",
            _("Jawaban sampai {day} sudah dinilai. Versi baru harus berlaku sesudahnya."),
            day=long_date(last.answered_at.astimezone(JAKARTA).date()),
        )
