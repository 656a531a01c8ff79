"""Mail about accounts, sent by a worker."""

from django.core.mail import EmailMessage


def queue_mail(*, to: str, subject: str, body: str) -> None:
    """Hand a mail to the workers."""
    from djpk.tasks import send_account_mail

    send_account_mail.delay(to=to, subject=subject, body=body)


def send_mail(*, to: str, subject: str, body: str) -> None:
    """Send it now, through the configured relay."""
    EmailMessage(subject=subject, body=body, to=[to]).send()
