"""Reference data: topics with owner units, definitions and aliases (glossary, section 2)."""

import re
from pathlib import Path

from django.db import migrations

from kernel.reference import read_table


def load(apps, schema_editor):
    units = {unit.code: unit for unit in apps.get_model("people", "Unit").objects.all()}
    topic_model, alias_model = apps.get_model("tickets", "Topic"), apps.get_model("tickets", "TopicAlias")
    for row in read_table(Path(__file__).parents[1], "topics"):
        aliases, owner = row.pop("aliases"), row.pop("owner")
        topic = topic_model.objects.create(**row, owner_unit=units.get(owner))
        for alias in filter(None, aliases.split("|")):
            normalised = re.sub(r"[^a-z0-9]", "", alias.lower())
            alias_model.objects.create(topic=topic, alias=alias, normalised=normalised)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("people", "0002_reference")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
