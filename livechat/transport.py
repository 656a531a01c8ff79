"""Answers to a chat: a line of its session, which the browser fetches; by mail once the visitor is gone."""

import re
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.locks import lock
from livechat.mailing import mail_instead
from livechat.models import ChatSession
from livechat.verbs import add_line
from messaging.models import Connection, Message
from messaging.transports import Permanent, Sent
from people.contacts import survivor_of

_NAME = re.compile(r"chat:(\d+)")


class LiveChatTransport:
    """A line is made once for each message, so sending it twice does no harm."""

    repeatable = True

    def prepare(self, message: Message, connection: Connection) -> str:
        return message.external_id.removeprefix("out:")

    def send(self, message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> Sent:
        session = session_for(message)
        if session is None:
            raise Permanent(_("Tidak ada obrolan dengan pemohon ini. Kirim lewat kanal lain."), "no_session")
        with transaction.atomic():
            session = lock(session)
            if session.ended_at is None:
                add_line(session, message, at=timezone.now())
                return Sent()
        copy = mail_instead(message, session, at=timezone.now())
        if copy is None:
            raise Permanent(_("Pemohon sudah meninggalkan obrolan. Kirim lewat surel."), "chat_ended")
        return Sent(details={"by_mail": copy.pk})


def session_for(message: Message) -> ChatSession | None:
    """The session of the conversation that the message answers, else the last one on its ticket; and only if
    the person of that session is the one the message is for."""
    if message.contact is None:
        return None
    person = survivor_of(message.contact)
    named = [_named(message.details), _named(message.reply_to.details) if message.reply_to else None]
    return next((one for one in [*named, *_on_ticket(message)] if one and survivor_of(one.contact) == person), None)


def _on_ticket(message: Message) -> Iterator[ChatSession]:
    number = message.details.get("thread")
    if number:
        rows = ChatSession.objects.filter(lines__message__ticket_entry__ticket__number=number)
        yield from rows.select_related("contact__merged_into").order_by("-started_at", "-lines__seq")[:20]


def _named(details: dict[str, object]) -> ChatSession | None:
    name = _NAME.fullmatch(str(details.get("conversation", "")))
    return ChatSession.objects.select_related("contact__merged_into").filter(pk=int(name[1])).first() if name else None
