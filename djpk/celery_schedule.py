"""The whole beat schedule, in one place."""

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict] = {
    "fill dirty months": {"task": "reports.tasks.fill_dirty_months", "schedule": 15.0},
    "begin month": {"task": "reports.tasks.begin_month", "schedule": crontab(hour=0, minute=5)},
    "work on waiting imports": {"task": "djpk.tasks.work_on_waiting_imports", "schedule": 30.0},
    "score answers": {"task": "escalation.tasks.score_answers", "schedule": 60.0},
    "remind Layer 2": {"task": "escalation.tasks.remind", "schedule": 60.0},
    "mail Layer 2": {"task": "escalation.tasks.mail_questions", "schedule": 20.0},
    "digest of Layer 2": {"task": "escalation.tasks.mail_digests", "schedule": crontab(hour=7, minute=30)},
    "sweep unclaimed messages": {"task": "messaging.tasks.sweep_unclaimed", "schedule": 10.0},
    "sweep outbox": {"task": "messaging.tasks.sweep_outbox", "schedule": 10.0},
    "fetch media": {"task": "messaging.tasks.fetch_media", "schedule": 15.0},
    "scan files": {"task": "messaging.tasks.scan_files", "schedule": 15.0},
    "read mailboxes": {"task": "messaging.tasks.read_mailboxes", "schedule": 20.0},
    "end idle chatbot sessions": {"task": "chatbot.tasks.end_idle_sessions", "schedule": 60.0},
    "end silent chats": {"task": "livechat.tasks.end_silent_chats", "schedule": 60.0},
    "settle chat scores": {"task": "livechat.tasks.settle_chat_scores", "schedule": 300.0},
    "synchronise templates": {"task": "messaging.tasks.synchronise_templates", "schedule": crontab(minute=35)},
    "remind of consultations": {"task": "consultations.tasks.remind_of_consultations", "schedule": 300.0},
    "make meetings": {"task": "consultations.tasks.make_meetings", "schedule": 60.0},
    "remind of deadlines": {"task": "tickets.tasks.remind_of_deadlines", "schedule": 30.0},
    "forget notifications": {"task": "tickets.tasks.forget_notifications", "schedule": crontab(hour=3, minute=10)},
    "forget idempotency keys": {"task": "kernel.tasks.forget_idempotency_keys", "schedule": crontab(minute=20)},
    "tidy sign-in": {"task": "djpk.tasks.tidy_sign_in", "schedule": crontab(hour=3, minute=40)},
}
