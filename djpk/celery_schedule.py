"""The whole beat schedule, in one place."""

BEAT_SCHEDULE: dict[str, dict] = {}
