"""Celery tasks of the composition root: imports from the page. Each is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from djpk.records import running


@shared_task
def work_on_import(*, run_id: int) -> bool:
    """Check or import an uploaded file."""
    return running.work_on(run_id=run_id, at=timezone.now())


@shared_task
def work_on_waiting_imports() -> int:
    """Take up steps that nobody works on: a lost message, a worker that died."""
    now = timezone.now()
    return sum(running.work_on(run_id=pk, at=now) for pk in running.waiting(now).values_list("pk", flat=True)[:3])
