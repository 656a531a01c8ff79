"""Reference data: the chatbot's top menus, in the order of the report (S17)."""

from pathlib import Path

from django.db import migrations

from kernel.reference import read_table


def load(apps, schema_editor):
    topics = {topic.code: topic for topic in apps.get_model("tickets", "Topic").objects.all()}
    menu = apps.get_model("chatbot", "ChatbotMenu")
    for row in read_table(Path(__file__).parents[1], "menus"):
        menu.objects.create(**{**row, "topic": topics.get(row["topic"])})


class Migration(migrations.Migration):
    dependencies = [("chatbot", "0001_initial"), ("tickets", "0002_reference")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
