"""Reference data: slots of the two rooms and of video conferences, working days 09.00-15.00 (rules 4.3)."""

import datetime as dt

from django.db import migrations


def load(apps, schema_editor):
    pattern, room = apps.get_model("consultations", "SlotPattern"), apps.get_model("consultations", "Room")
    given = {"weekdays": [0, 1, 2, 3, 4], "slot_minutes": 60, "valid_from": dt.date(2022, 1, 1)}
    for opens, closes in ((9 * 60, 12 * 60), (13 * 60, 15 * 60)):
        for row in room.objects.filter(code__in=("R1", "R2")):
            pattern.objects.create(mode="FACE_TO_FACE", room=row, opens=opens, closes=closes, **given)
        pattern.objects.create(mode="VIDEO", opens=opens, closes=closes, capacity=2, **given)


class Migration(migrations.Migration):
    dependencies = [("consultations", "0005_slots_and_places")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
