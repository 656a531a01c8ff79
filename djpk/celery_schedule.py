"""The whole beat schedule, in one place."""

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict] = {
    "fill dirty months": {"task": "reports.tasks.fill_dirty_months", "schedule": 15.0},
    "begin month": {"task": "reports.tasks.begin_month", "schedule": crontab(hour=0, minute=5)},
    "work on waiting imports": {"task": "djpk.tasks.work_on_waiting_imports", "schedule": 30.0},
    "score answers": {"task": "escalation.tasks.score_answers", "schedule": 60.0},
    "forget idempotency keys": {"task": "kernel.tasks.forget_idempotency_keys", "schedule": crontab(minute=20)},
}
