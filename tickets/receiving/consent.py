"""The first claimer: who asks us to stop is not written to any more, until they ask to be again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.errors import Refused
from messaging.models import Message
from messaging.permission import CONSENT, opt_in, opt_out, opted_out
from messaging.verbs import claim_message, write_message
from messaging.whatsapp.consent import wish_of
from messaging.whatsapp.window import CODE
from tickets import journal
from tickets.intake import CLAIMER
from tickets.receiving import claimer
from tickets.receiving.acknowledging import AUTOMATIC
from tickets.receiving.finding import ticket_for


@transaction.atomic(savepoint=False)  # the pipeline has one around each claimer's turn
def claim(message: Message, at: datetime) -> bool:
    """Take words that stop or start our messages, and whatever those who stopped them write: an agent reads it."""
    if message.channel.code != CODE or message.contact is None:
        return False
    wish = wish_of(message.body)
    out = opted_out(message.contact, message.channel).exists()
    if wish == "out":
        opt_out(channel=message.channel, contact=message.contact, message=message, at=message.received_at, actor=None)
        return _told(message, at, _STOPPED)
    if wish == "in" and out:
        with override("id"):
            reason = _("Pemohon menulis “{text}”.").format(text=message.body[:60])
        opt_in(channel=message.channel, contact=message.contact, reason=reason, at=message.received_at, actor=None)
        return _told(message, at, _STARTED)
    return claimer.claim(message, at) if out else False


def _told(message: Message, at: datetime, what: str) -> bool:
    """Say once that it is done, and show both on the ticket that is open, if any."""
    claim_message(message=message, claimer=CLAIMER)
    with override("id"):
        text = {_STOPPED: _stopped, _STARTED: _started}[what]()
    ticket = ticket_for(message).ticket
    shown = ticket if ticket is not None and not ticket.merged_into_id else None
    if shown is not None:
        journal.show_message(shown, message, at=message.received_at)
    try:
        answer = write_message(
            channel=message.channel, contact=message.contact, body=text, flags=[AUTOMATIC, CONSENT],  # type: ignore[arg-type]
            reply_to=message, at=at, actor=None, claimed_by=CLAIMER,
        )  # fmt: skip
    except Refused:  # found a day later: the window has closed
        return True
    if shown is not None:
        journal.show_message(shown, answer, at=at)
    return True


_STOPPED, _STARTED = "stopped", "started"


def _stopped() -> str:
    return _("Anda tidak lagi menerima pesan dari Contact Center DJPK. Ketik MULAI untuk menerimanya lagi.")


def _started() -> str:
    return _("Anda menerima lagi pesan dari Contact Center DJPK. Ketik BERHENTI untuk menghentikannya.")
