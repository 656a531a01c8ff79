"""Whether a message may leave: not to those who opted out, and no free text after the 24-hour window (rules 10).

Asked when a message is written and again when it is sent, so that neither an agent nor an automation gets round it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from messaging.models import Channel, Message, OptOut
from messaging.whatsapp.window import CODE, window_of
from people.models import Contact, ContactEvent, User

CONSENT = "consent"
"""Flag of the one message that may still leave: it says that somebody has opted out."""


def opted_out(contact: Contact, channel: Channel) -> QuerySet[OptOut]:
    """The open opt-outs of a contact and of those merged into it."""
    who = Q(contact=contact) | Q(contact__merged_into=contact)
    return OptOut.objects.filter(who, channel=channel, ended_at=None)


def check_may_write(
    *, channel: Channel, contact: Contact, details: Mapping[str, Any], flags: Any = (), at: datetime
) -> None:
    """Raises Refused: `contact.opted_out`, `whatsapp.window_closed`."""
    if channel.code != CODE:
        return
    if CONSENT not in flags and opted_out(contact, channel).exists():
        raise Refused("contact.opted_out", _("Pemohon meminta berhenti menerima pesan lewat WhatsApp."))
    window = window_of(contact, channel, at)
    if window is not None and not window.open and not details.get("template"):
        raise Refused("whatsapp.window_closed", _("Jendela 24 jam sudah tertutup. Kirim dengan templat."))


@transaction.atomic
def opt_out(
    *, channel: Channel, contact: Contact, message: Message | None = None, at: datetime, actor: User | None
) -> OptOut:
    """Send nothing more by this channel. The same message again, or opted out already: nothing new."""
    if channel.code != CODE:
        raise Refused("opt_out.channel", _("Hanya WhatsApp yang dapat dihentikan."))
    Contact.objects.select_for_update().get(pk=contact.pk)
    known = OptOut.objects.filter(message=message).first() if message else None
    found = known or opted_out(contact, channel).first()
    if found:
        return found
    row = OptOut.objects.create(channel=channel, contact=contact, message=message, at=at, actor=actor)
    ContactEvent.objects.create(
        contact=contact, code="contact.opted_out", at=at, actor=actor, to_value=channel.code, data={"opt_out": row.pk}
    )
    return row


@transaction.atomic
def opt_in(*, channel: Channel, contact: Contact, reason: str, at: datetime, actor: User | None) -> int:
    """Messages may be sent again, because the person said so; `reason` says where. How many opt-outs ended."""
    if not reason.strip():
        raise Refused("opt_in.reason", _("Tuliskan kapan dan bagaimana pemohon memintanya."))
    Contact.objects.select_for_update().get(pk=contact.pk)
    rows = list(opted_out(contact, channel))
    if not rows:
        raise Refused("opt_in.not_out", _("Pemohon ini tidak sedang berhenti menerima pesan."))
    OptOut.objects.filter(pk__in=[row.pk for row in rows]).update(
        ended_at=at, ended_by=actor, reason=reason.strip()[:255]
    )
    ContactEvent.objects.create(
        contact=contact, code="contact.opted_in", at=at, actor=actor, to_value=channel.code, reason=reason.strip()[:255]
    )
    return len(rows)
