"""What the fork server loads once, so that each process of a test starts with the whole project in memory."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
django.setup()

from djpk.celery import app  # noqa: E402

app.loader.import_default_modules()
