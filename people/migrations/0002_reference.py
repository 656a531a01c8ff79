"""Reference data: regions with zones, their aliases, the seven units."""

from pathlib import Path

from django.db import migrations

from kernel.reference import read_table

HERE = Path(__file__).parents[1]


def load_regions(apps, schema_editor):
    region = apps.get_model("people", "Region")
    rows = list(read_table(HERE, "regions"))
    made = {}
    for level in (True, False):
        made |= {
            row.code: row
            for row in region.objects.bulk_create(
                region(
                    code=row["code"],
                    type=row["type"],
                    name=row["name"],
                    full_name=row["full_name"],
                    display_name=row["display_name"],
                    province=None if level else made[row["province_code"]],
                    zone=row["tz"],
                    iana_zone=row["iana_tz"],
                    is_autonomous=row["is_autonomous"] == "1",
                )
                for row in rows
                if (row["code"] == row["province_code"]) is level
            )
        }
    alias = apps.get_model("people", "RegionAlias")
    alias.objects.bulk_create(
        alias(alias=row["alias"], normalised=row["normalised"], region=made[row["code"]], reason=row["reason"])
        for row in read_table(HERE, "region-aliases")
    )


def load_units(apps, schema_editor):
    unit = apps.get_model("people", "Unit")
    unit.objects.bulk_create(unit(**row) for row in read_table(HERE, "units"))


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.RunPython(load_regions, migrations.RunPython.noop),
        migrations.RunPython(load_units, migrations.RunPython.noop),
    ]
