"""Reference data: the two calendars (rules 1.4, 3.5) and holidays 2023 to 2026 (rules 9)."""

import datetime as dt
from pathlib import Path

from django.db import migrations

from kernel.reference import read_table

KINDS = {"libur_nasional": "NATIONAL", "cuti_bersama": "COLLECTIVE_LEAVE"}
OPENS, CLOSES = 8 * 60, 16 * 60


def load(apps, schema_editor):
    model = lambda name: apps.get_model("worktime", name)  # noqa: E731
    for code, label, basis in (("SERVICE", "Jam layanan", "REGION"), ("OFFICE", "Jam kerja DJPK", "WIB")):
        calendar = model("WorkCalendar").objects.create(code=code, label=label, basis=basis, zone="Asia/Jakarta")
        schedule = model("ServiceSchedule").objects.create(
            calendar=calendar, valid_from=dt.date(2020, 1, 1), basis="Aturan 1.4: Senin s.d. Jumat 08.00-16.00"
        )
        for weekday in range(5):
            model("ServiceWindow").objects.create(schedule=schedule, weekday=weekday, opens=OPENS, closes=CLOSES)
    model("Holiday").objects.bulk_create(
        model("Holiday")(date=row["date"], name=row["name"], kind=KINDS[row["kind"]], basis=row["basis"])
        for row in read_table(Path(__file__).parents[1], "calendar-2023-2026")
    )


class Migration(migrations.Migration):
    dependencies = [("worktime", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
