"""Celery tasks of the composition root: imports from the page, mail and
housekeeping of accounts. Each is safe to repeat."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from djpk.accounts.mail import send_mail
from djpk.records import running
from people.lockout import sweep


@shared_task
def work_on_import(*, run_id: int) -> bool:
    """Check or import an uploaded file."""
    return running.work_on(run_id=run_id, at=timezone.now())


@shared_task
def work_on_waiting_imports() -> int:
    """Take up steps that nobody works on: a lost message, a worker that died."""
    now = timezone.now()
    return sum(running.work_on(run_id=pk, at=now) for pk in running.waiting(now).values_list("pk", flat=True)[:3])


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_account_mail(*, to: str, subject: str, body: str) -> None:
    """A mail about someone's account, such as the link to a new password; tried again when the relay is away."""
    send_mail(to=to, subject=subject, body=body)


@shared_task
def tidy_sign_in() -> int:
    """Delete what no longer matters: expired sessions, and failed sign-ins that nobody counts any more."""
    call_command("clearsessions")
    return sweep(at=timezone.now())
