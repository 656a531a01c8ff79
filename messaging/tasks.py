"""What workers do with messages; each task makes one domain call and is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from kernel.compiled import Compiled
from kernel.errors import Refused
from messaging import claiming, outbox
from messaging.email.holding import unheld
from messaging.email.mailbox import read_mailbox, unreadable
from messaging.models import Connection, Message
from messaging.scanning.verbs import scan_waiting
from messaging.waking import wake_claimers, workers_are_behind
from messaging.whatsapp import media as whatsapp
from messaging.whatsapp import templates as whatsapp_templates

_NAMED = Compiled(lambda rows, pk: rows.filter(pk=pk).only("channel", "contact"), "pk")


@shared_task
def claim_messages(*, contact_id: int | None, message_id: int) -> int:
    """Have a contact's messages claimed, in order."""
    message = next(iter(_NAMED(Message.objects.all(), pk=message_id)), None)
    return claiming.claim_in_order(message=message, at=timezone.now()) if message else 0


@shared_task
def sweep_unclaimed() -> int:
    """Find messages that nobody was woken for."""
    found = claiming.waiting(timezone.now())
    if not workers_are_behind(len(found)):
        for _channel, contact, message in found:
            wake_claimers(contact, message)
    return len(found)


@shared_task
def send_message(*, message_id: int) -> str:
    """Send one message that is due."""
    return outbox.send(message_id=message_id, at=timezone.now())


@shared_task
def sweep_outbox() -> int:
    """Find messages that nobody was woken for, and leases that ran out."""
    return outbox.sweep(at=timezone.now())


@shared_task
def read_mailboxes() -> int:
    """Read every mailbox that nobody holds open; one that cannot be reached does not keep others waiting."""
    found = unheld(timezone.now())
    for pk in found:
        read_one_mailbox.delay(connection_id=pk)
    return len(found)


@shared_task
def read_one_mailbox(*, connection_id: int) -> int:
    """New mails of one mailbox."""
    connection = Connection.objects.select_related("channel").get(pk=connection_id)
    at = timezone.now()
    try:
        return read_mailbox(connection=connection, at=at)
    except Exception as error:  # network, credentials, protocol: said on the channel's page, tried again
        unreadable(connection, error, at)
        return 0


@shared_task
def fetch_media() -> int:
    """Bring files of WhatsApp messages that are not here yet."""
    at = timezone.now()
    return sum(whatsapp.fetch_media(message=message, at=at) for message in whatsapp.waiting(at)[:50])


@shared_task
def scan_files() -> int:
    """Have files that came in checked for viruses."""
    return scan_waiting(at=timezone.now())


@shared_task
def synchronise_templates() -> int:
    """The catalogue of every WhatsApp number that names its business account."""
    at, count = timezone.now(), 0
    lines = Connection.objects.filter(
        channel__code=whatsapp_templates.CODE, paused_at=None, settings__has_key="business_account_id"
    )
    for line in lines.select_related("channel"):
        try:
            count += whatsapp_templates.synchronise(connection=line, at=at)
        except Refused as refusal:
            Connection.objects.filter(pk=line.pk).update(last_error=refusal.message[:255], last_error_at=at)
    return count
