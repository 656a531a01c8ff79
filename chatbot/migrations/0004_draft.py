"""A first draft of the tree: the menus of the report with short answers, to be read and published by DJPK."""

import json
from pathlib import Path

from django.db import migrations
from django.utils import timezone

FILE = Path(__file__).parents[1] / "data" / "tree.json"


def load(apps, schema_editor):
    content = json.loads(FILE.read_text(encoding="utf-8"))
    apps.get_model("chatbot", "ChatbotVersion").objects.create(content=content, saved_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("chatbot", "0003_versions")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
