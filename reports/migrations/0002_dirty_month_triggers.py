"""Triggers that mark a month as dirty whenever a record behind its figures changes."""

from django.db import migrations

from reports.marking_sql import MARKS, create, drop


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("chatbot", "0004_reference"),
        ("consultations", "0004_reference"),
        ("escalation", "0004_reference"),
        ("information", "0003_initial"),
        ("knowledge", "0003_initial"),
        ("outreach", "0003_initial"),
    ]
    operations = [migrations.RunSQL(create(mark), drop(mark)) for mark in MARKS]
