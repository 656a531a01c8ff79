"""The Celery application; tasks live in each app's `tasks.py`."""

import os

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
app = Celery("dering")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # by name: Celery asks for it as it is written here


@task_prerun.connect
def _begin_with_a_good_connection(**_named: object) -> None:
    """A process keeps its database connection from task to task, for CONN_MAX_AGE seconds; a broken one is left."""
    from django.db import connections

    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.close_if_unusable_or_obsolete()
