"""Triggers that mark a month as dirty whenever a record behind its figures changes."""

from django.db import migrations

from reports.marking_sql import MARKS, create, drop


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("chatbot", "0002_reference"),
        ("consultations", "0002_reference"),
        ("escalation", "0002_reference"),
        ("information", "0001_initial"),
        ("knowledge", "0001_initial"),
        ("outreach", "0001_initial"),
    ]
    operations = [migrations.RunSQL(create(mark), drop(mark)) for mark in MARKS]
