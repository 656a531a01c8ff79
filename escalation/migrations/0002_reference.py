"""Reference data: the first version of the score table (rules 3.5)."""

import datetime as dt

from django.db import migrations

STEPS = ((1, 120), (2, 110), (3, 100), (4, 90), (5, 80), (6, 70))


def load(apps, schema_editor):
    calendar = apps.get_model("worktime", "WorkCalendar").objects.get(code="OFFICE")
    rule = apps.get_model("escalation", "ScoreRule").objects.create(
        version="2022-1",
        valid_from=dt.date(2022, 1, 1),
        calendar=calendar,
        day_minutes=480,
        target_days=3,
        later_score=60,
        basis="Aturan 3.5 (bawaan)",
    )
    step = apps.get_model("escalation", "ScoreStep")
    step.objects.bulk_create(step(rule=rule, within_days=days, score=score) for days, score in STEPS)


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial"), ("worktime", "0002_reference")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
