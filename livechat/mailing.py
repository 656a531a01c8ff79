"""By mail: answers that no longer reach a browser, and the transcript."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.errors import Refused
from kernel.formats import clock_time, long_date
from kernel.locks import lock
from kernel.months import JAKARTA
from livechat.models import ChatLine, ChatSession
from livechat.reading import ticket_of, writer
from messaging.models import Channel, Connection, Message
from messaging.outbox import retry
from messaging.verbs import write_message
from tickets.receiving.answering import reply_subject

CLAIMER, AUTOMATIC = "livechat", "automatic"


@transaction.atomic
def mail_instead(message: Message, session: ChatSession, *, at: datetime) -> Message | None:
    """The answer as a mail to the visitor, once however often it is asked for; None where no mail leaves.

    It answers on the ticket: what is said to it is found by the ticket's number.
    """
    row = lock(message)
    if known := row.details.get("by_mail"):
        copy = Message.objects.get(pk=known)
        failed = copy.delivery in (Message.Delivery.FAILED, Message.Delivery.UNKNOWN)
        return retry(message=copy, at=at, actor=row.author) if failed else copy
    ticket = ticket_of(session)
    channel = Channel.objects.get(code="EMAIL")
    if ticket is None or not Connection.objects.filter(channel=channel, paused_at=None).exists():
        return None
    copy = write_message(
        channel=channel,
        contact=row.contact,  # type: ignore[arg-type]  # a session has a contact
        subject=reply_subject(ticket),
        body=row.body,
        files=[(part.file, part.name) for part in row.attachments.select_related("file")],
        reply_to=_last_said(session),
        thread=ticket.number,
        at=at,
        actor=row.author,
        claimed_by=CLAIMER,
    )
    copy.details = {**copy.details, "copy_of": row.pk}
    copy.save(update_fields=["details"])
    row.details = {**row.details, "by_mail": copy.pk}
    row.save(update_fields=["details"])
    return copy


def mail_unread(session: ChatSession, *, at: datetime) -> int:
    """Mail what agents wrote and the browser never fetched; how many answers that were."""
    lines = ChatLine.objects.filter(
        session=session,
        seq__gt=session.delivered_seq,
        message__direction=Message.Direction.OUT,
        message__author__isnull=False,
    )
    sent = [mail_instead(line.message, session, at=at) for line in lines.select_related("message").order_by("seq")]
    return sum(copy is not None for copy in sent)


@transaction.atomic
def send_transcript(*, session: ChatSession, at: datetime) -> Message:
    """The whole conversation to the visitor's address."""
    channel = Channel.objects.get(code="EMAIL")
    if not Connection.objects.filter(channel=channel, paused_at=None).exists():
        raise Refused("chat.no_mail", _("Transkrip belum dapat dikirim. Coba lagi nanti."))
    lines = list(ChatLine.objects.filter(session=session).select_related("message__author").order_by("seq"))
    if not lines:
        raise Refused("chat.nothing_said", _("Belum ada pesan dalam obrolan ini."))
    ticket = ticket_of(session)
    with override(session.language):
        subject = _("Transkrip obrolan {day}").format(
            day=long_date(session.started_at.astimezone(JAKARTA), session.language)
        )
        return write_message(
            channel=channel,
            contact=session.contact,
            subject=f"{subject} [{ticket.number}]" if ticket else subject,
            body=transcript(session, lines),
            reply_to=_last_said(session),
            flags=[AUTOMATIC],
            thread=ticket.number if ticket else "",
            at=at,
            actor=None,
            claimed_by=CLAIMER,
        )


def transcript(session: ChatSession, lines: list[ChatLine]) -> str:
    """The text, in the language in force."""
    said = [_("Yth. {name},").format(name=session.name), "", _("Berikut isi obrolan Anda dengan Contact Center DJPK.")]
    for line in lines:
        message = line.message
        who = session.name if message.direction == Message.Direction.IN else writer(message)
        clock = clock_time(message.received_at.astimezone(JAKARTA), session.language)
        said += ["", f"{clock} WIB, {who}:", message.body]
        said += [_("Lampiran: {name}").format(name=part.name) for part in message.attachments.all()]
    return "\n".join(said)


def _last_said(session: ChatSession) -> Message | None:
    """It holds the address the visitor gave (`answer_to`)."""
    rows = Message.objects.filter(chat_line__session=session, direction=Message.Direction.IN)
    return rows.order_by("-chat_line__seq").first()
