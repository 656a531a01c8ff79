"""Reference data: the five consultation channels and the lapor mailbox (rules 2.1, 2.3, 2.7)."""

from pathlib import Path

from django.db import migrations

from kernel.reference import read_table


def load(apps, schema_editor):
    channel = apps.get_model("messaging", "Channel")
    for row in read_table(Path(__file__).parents[1], "channels"):
        minutes = row.pop("first_answer_minutes")
        flags = {name: row.pop(name) == "1" for name in ("makes_tickets", "open_outside_hours")}
        channel.objects.create(**row, **flags, first_answer_minutes=int(minutes) if minutes else None)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
