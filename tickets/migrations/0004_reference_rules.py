"""Reference data: reopening within 3 working days, rating within 7 days (rules 2.8, 5.4)."""

import datetime as dt

from django.db import migrations


def load(apps, schema_editor):
    apps.get_model("tickets", "TicketRule").objects.create(
        valid_from=dt.date(2020, 1, 1), reopen_working_days=3, rating_days=7, basis="Aturan bawaan 2.8 dan 5.4"
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_rules")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
