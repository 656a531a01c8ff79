"""Reference data: the limits of SE-2/PK.1/2024 as assumed in rules 4.2 and 4.3, and two rooms."""

import datetime as dt

from django.db import migrations


def load(apps, schema_editor):
    rule = apps.get_model("consultations", "ConsultationRule")
    rule.objects.create(
        valid_from=dt.date(2022, 1, 1),
        guest_limit=5,
        lead_working_days=3,
        letter_required=True,
        slot_opens=9 * 60,
        slot_closes=15 * 60,
        slot_minutes=60,
        basis="SE-2/PK.1/2024 (batas bawaan)",
    )
    room = apps.get_model("consultations", "Room")
    for n in (1, 2):
        room.objects.create(code=f"R{n}", label=f"Ruang Konsultasi {n}", capacity=8)


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
