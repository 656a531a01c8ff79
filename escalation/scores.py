"""Scores of answered escalations: computed once, by workers, and never again for another rule.

The rule in force on the day of the answer (Jakarta) decides (rules 3.5). What was counted is kept in the
event `escalation.scored`, so that a score explains itself also after the calendar has changed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from escalation.models import Escalation, EscalationEvent, ScoreRule
from escalation.scoring import Explanation, Pause, Rubric, Standing, counted_working, explain, next_step, stored_minutes
from kernel.compiled import run
from kernel.dated import lock_series
from kernel.kept import Kept
from kernel.months import JAKARTA
from worktime.loading import Loaded, load_calendar

BATCH = 1000


@dataclass(slots=True)
class Judge:
    """All versions of the score table and their calendars, read once for many escalations."""

    rules: list[ScoreRule]
    rubrics: dict[int, Rubric]
    calendars: dict[str, Loaded] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Judge":
        """As the tables stand; two queries."""
        rules = _rules()
        return cls(rules, {rule.pk: rubric_of(rule) for rule in rules})

    @classmethod
    def now(cls) -> "Judge":
        """For pages and verbs: versions as kept in memory until one changes."""
        rules = RULES()
        return cls(rules, {rule.pk: rubric_of(rule) for rule in rules})

    def rule_at(self, at: datetime) -> ScoreRule | None:
        """The version that judges an answer at `at`."""
        return self.rule_on(at.astimezone(JAKARTA).date())

    def rule_on(self, day: date) -> ScoreRule | None:
        """The version in force on that day; none before the first."""
        for rule in self.rules:
            if rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to):
                return rule
        return None

    def calendar_of(self, rule: ScoreRule) -> Loaded:
        code = rule.calendar.code
        if code not in self.calendars:
            self.calendars[code] = load_calendar(code)
        return self.calendars[code]

    def standing(self, escalation: Escalation, at: datetime) -> Standing | None:
        """What an answer at `at` would score and the working time until that drops; None without a rule.

        Prefetch `pauses` when asking for many.
        """
        rule = self.rule_at(at)
        if rule is None:
            return None
        calendar = self.calendar_of(rule).calendar
        used = counted_working(calendar, escalation.escalated_at, at, pauses_of(escalation))
        return next_step(self.rubrics[rule.pk], used)


def _rules() -> list[ScoreRule]:
    return list(ScoreRule.objects.select_related("calendar").prefetch_related("steps"))


RULES = Kept(_rules, "escalation.ScoreRule", "escalation.ScoreStep", "worktime.WorkCalendar")


def rubric_of(rule: ScoreRule) -> Rubric:
    """The pure rubric of a stored version."""
    steps = sorted((step.within_days, step.score) for step in rule.steps.all())
    return Rubric(rule.version, rule.day_minutes, tuple(steps), rule.later_score, rule.target_days)


def pauses_of(escalation: Escalation) -> list[Pause]:
    """The times at which the escalation's clock stood still."""
    if escalation.pk is None:
        return []
    return [Pause(row.paused_at, row.resumed_at, row.reason) for row in escalation.pauses.all()]


def pauses_of_many(keys: Collection[int]) -> dict[int, list[Pause]]:
    """The same for many escalations, by key, where they have any; one query."""
    found: dict[int, list[Pause]] = {}
    if keys:
        for key, *pause in run(_PAUSES, [list(keys)]):
            found.setdefault(key, []).append(Pause(*pause))
    return found


_PAUSES = """
    SELECT escalation_id, paused_at, resumed_at, reason FROM escalation_escalationpause
    WHERE escalation_id = ANY(%s) ORDER BY paused_at, id
"""


def score_answered(*, at: datetime, escalation_ids: Collection[int] | None = None) -> int:
    """Score answered escalations that have no score yet, all of them or those named; how many were scored.

    Works in batches that each commit; rows another worker holds are left to it. Answers of a day without
    a rule stay without a score.
    """
    scored, last = 0, 0
    while True:
        with transaction.atomic():
            lock_series(ScoreRule, shared=True)  # no version is added between reading the table and scoring
            judge = Judge.load()
            batch = _unscored(last, escalation_ids)
            if not batch:
                return scored
            scored += _score(judge, batch, at)
            last = batch[-1].pk


def _unscored(after: int, escalation_ids: Collection[int] | None) -> list[Escalation]:
    rows = Escalation.objects.filter(status=Escalation.Status.ANSWERED, score=None, pk__gt=after)
    if escalation_ids is not None:
        rows = rows.filter(pk__in=escalation_ids)
    rows = rows.select_for_update(skip_locked=True).order_by("pk").prefetch_related("pauses")
    return list(rows[:BATCH])


def _score(judge: Judge, batch: Iterable[Escalation], at: datetime) -> int:
    done, events = [], []
    for escalation in batch:
        answered_at = escalation.answered_at
        rule = answered_at and judge.rule_on(answered_at.astimezone(JAKARTA).date())
        if not answered_at or not rule:
            continue
        loaded = judge.calendar_of(rule)
        found = explain(
            loaded.calendar,
            judge.rubrics[rule.pk],
            escalation.escalated_at,
            answered_at,
            pauses_of(escalation),
        )
        escalation.rule, escalation.score = rule, found.score
        escalation.working_minutes = stored_minutes(found.working)
        escalation.calendar_version = loaded.version
        done.append(escalation)
        events.append(_scored_event(escalation, found, at))
    _store(done)
    EscalationEvent.objects.bulk_create(events)
    return len(done)


def _store(scored: list[Escalation]) -> None:
    """Write the scores of many rows by one statement; an import brings thousands at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE escalation_escalation AS e
               SET rule_id = s.rule, score = s.score, working_minutes = s.minutes, calendar_version = s.version
               FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::numeric[], %s::text[])
                    AS s (id, rule, score, minutes, version)
               WHERE e.id = s.id""",
            [
                [row.pk for row in scored],
                [row.rule_id for row in scored],
                [row.score for row in scored],
                [row.working_minutes for row in scored],
                [row.calendar_version for row in scored],
            ],
        )


def _scored_event(escalation: Escalation, found: Explanation, at: datetime) -> EscalationEvent:
    data = {
        "rule": found.version,
        "calendar": escalation.calendar_version,
        "working_minutes": str(escalation.working_minutes),
        "rows": [_row(row.segment, row.intervals) for row in found.rows],
    }
    return EscalationEvent(
        escalation=escalation, at=at, actor=None, code="escalation.scored", to_value=str(found.score), data=data
    )


def _row(segment: Any, intervals: Iterable[Any]) -> dict[str, Any]:
    """A stretch of the clock with its working intervals, as ISO moments in UTC."""
    return {
        "start": segment.start.isoformat(),
        "end": segment.end.isoformat(),
        "paused": segment.paused,
        "reason": segment.reason,
        "intervals": [[one.start.isoformat(), one.end.isoformat()] for one in intervals],
    }
