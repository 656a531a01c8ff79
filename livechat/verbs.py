"""What may happen to a chat: begun, written in, followed, ended. Messages travel through `messaging` as all do."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from livechat import telling
from livechat.availability import availability
from livechat.models import ChatLine, ChatSession
from livechat.reading import ticket_of
from livechat.tokens import digest, new_token
from messaging.incoming import Incoming, Part, Sender, fit, receive
from messaging.models import SIMULATED, Channel, Connection, EarlyReceipt, Message
from messaging.sniffing import sniff
from messaging.verbs import record_delivery
from people.contacts import find_or_create_contact, survivor_of
from people.handles import normalise_email
from tickets import journal
from tickets.live.announce import ticket_changed

CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST = 4000
_D = Message.Delivery
MARK_OF = {False: _D.DELIVERED, True: _D.READ}


@transaction.atomic
def start_session(
    *,
    connection: Connection,
    name: str,
    email: str,
    consent: bool,
    language: str,
    page: str,
    simulated: bool = False,
    at: datetime,
) -> tuple[ChatSession, str]:
    """A new session and its token, which is told this once and kept nowhere.

    The visitor is the contact with that address, as with a mail; what is known of them is never shown here.
    Refused outside service hours (`chat.closed`), without consent (`chat.consent`) or a name.
    """
    if not availability(connection, at).open:
        raise Refused("chat.closed", _("Obrolan sedang tutup. Tinggalkan pertanyaan Anda."))
    if not consent:
        raise Refused("chat.consent", _("Setujui pemrosesan data untuk memulai obrolan."))
    name, email = _who(name, email)
    contact, _new = find_or_create_contact(name=name, email=email, at=at, actor=None)
    token = new_token()
    session = ChatSession.objects.create(
        connection=connection, token_hash=digest(token), contact=survivor_of(contact), name=name, email=email,
        language=language, page=_page(page), simulated=simulated, started_at=at, consent_at=at, seen_at=at,
    )  # fmt: skip
    return session, token


def take_message(
    *,
    session: ChatSession,
    client_id: str,
    text: str,
    files: Sequence[tuple[str, bytes]] = (),
    choice: str = "",
    at: datetime,
) -> ChatLine:
    """What the visitor wrote, stored under the id that their browser gave it: the same id again is the same line.

    Stored first, then given its place: a browser that was not answered asks again, and finds what is missing.
    """
    if not CLIENT_ID.fullmatch(client_id):
        raise Refused("chat.id", _("Pesan tidak terbaca. Muat ulang halaman, lalu coba lagi."))
    external_id = f"chat:{session.pk}:{client_id}"
    channel = session.connection.channel
    known = Message.objects.filter(channel=channel, external_id=external_id).first()
    if known is None and session.ended_at is not None:
        raise Refused("chat.ended", _("Obrolan ini sudah berakhir. Mulai obrolan baru."))
    parts = [] if known else _checked(text, files)
    details = {"conversation": f"chat:{session.pk}", "answer_to": session.email, "name": session.name}
    message = (
        known
        or receive(
            Incoming(
                external_id=external_id,
                sender=Sender(email=session.email, name=session.name),
                contact=session.contact,
                body=text.strip() or ", ".join(part.name for part in parts),
                parts=parts,
                flags=_flags(session.simulated),
                details=details | ({"choice": choice[:200]} if choice else {}),
            ),
            channel=channel,
            connection=session.connection,
            at=at,
        )[0]
    )
    with transaction.atomic():
        Connection.objects.filter(pk=session.connection_id).update(last_in_at=at)
        return add_line(lock(session), message, at=at)


def add_line(session: ChatSession, message: Message, *, at: datetime) -> ChatLine:
    """Give a message its place at the end of a locked session; once, however often it is asked for."""
    found = ChatLine.objects.filter(message=message).first()
    if found:
        return found
    session.last_seq += 1
    if message.direction == Message.Direction.IN:
        session.seen_at = max(session.seen_at, at)
    session.save(update_fields=["last_seq", "seen_at"])
    line = ChatLine.objects.create(session=session, seq=session.last_seq, message=message)
    telling.session_has_news(session.pk)
    return line


@transaction.atomic
def note_marks(*, session: ChatSession, delivered: int, read: int, at: datetime) -> None:
    """The browser holds the lines up to `delivered` and showed those up to `read`; marks never go back."""
    row = lock(session)
    delivered = max(row.delivered_seq, min(delivered, row.last_seq))
    read = max(row.read_seq, min(read, delivered))
    if (delivered, read) == (row.delivered_seq, row.read_seq):
        return
    lines = ChatLine.objects.filter(
        session=row, seq__gt=row.read_seq, seq__lte=delivered, message__direction=Message.Direction.OUT
    ).select_related("message")  # fmt: skip
    changed = [_marked(line.message, MARK_OF[line.seq <= read], at) for line in lines]
    row.delivered_seq, row.read_seq = delivered, read
    row.save(update_fields=["delivered_seq", "read_seq"])
    if any(changed) and (ticket := ticket_of(row)):
        ticket_changed(ticket.pk)


def _marked(message: Message, delivery: str, at: datetime) -> bool:
    """Write down that the browser has it; what the sender has not settled yet is told to it as an early receipt."""
    current = lock(message)
    if current.delivery == _D.SENDING and current.provider_id:
        EarlyReceipt.objects.get_or_create(
            channel_id=current.channel_id, provider_id=current.provider_id, delivery=delivery, defaults={"at": at}
        )  # fmt: skip
        return False
    return record_delivery(message=current, delivery=delivery, at=at)


def note_seen(*, session: ChatSession, at: datetime) -> None:
    """The browser is there; written twice a minute at most."""
    ChatSession.objects.filter(pk=session.pk, ended_at=None, seen_at__lt=at - timedelta(seconds=30)).update(seen_at=at)


@transaction.atomic
def end_session(*, session: ChatSession, by: str, at: datetime) -> ChatSession:
    """No more is written in it; the ticket says so and stays with its agent. Ending it twice changes nothing."""
    row = lock(session)
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by = at, by
    row.save(update_fields=["ended_at", "ended_by"])
    ticket = ticket_of(row)
    if ticket is not None and ticket.closed_at is None:
        journal.append(ticket, "ticket.chat_ended", at=at, actor=None, to_value=by)
    telling.session_has_news(row.pk)
    return row


def take_offline_form(
    *, client_id: str, name: str, email: str, text: str, page: str, simulated: bool = False, at: datetime
) -> Message:
    """A question left while nobody is there: it comes in as a mail of that address, and is answered by mail."""
    if not CLIENT_ID.fullmatch(client_id):
        raise Refused("chat.id", _("Pesan tidak terbaca. Muat ulang halaman, lalu coba lagi."))
    name, email = _who(name, email)
    _checked(text, ())
    message, _created = receive(
        Incoming(
            external_id=f"form:{digest(email)[:12]}:{client_id}",
            sender=Sender(email=email, name=name),
            body=text.strip(),
            flags=_flags(simulated),
            details={"form": "live_chat", "page": _page(page), "answer_to": email},
        ),
        channel=Channel.objects.get(code="EMAIL"),
        at=at,
    )
    return message


def _flags(simulated: bool) -> list[str]:
    return ["unverified", *([SIMULATED] if simulated else [])]


def _who(name: str, email: str) -> tuple[str, str]:
    name = " ".join(fit(name).split())[:160]
    if not name:
        raise Refused("chat.name", _("Tuliskan nama Anda."))
    return name, normalise_email(email)


def _page(address: str) -> str:
    """Where the widget stands, without query and fragment: they may hold what is nobody's business."""
    try:
        parts = urlsplit(fit(address))
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:300]


def _checked(text: str, files: Sequence[tuple[str, bytes]]) -> list[Part]:
    """The files as parts of a message. Refuses what is empty, too long, too much, too big or of a refused type."""
    if not text.strip() and not files:
        raise Refused("message.empty", _("Tulis dahulu pesan Anda."))
    if len(text) > LONGEST:
        raise Refused("chat.too_long", _("Pesan paling panjang {most} huruf."), most=LONGEST)
    if len(files) > settings.CHAT_FILES:
        raise Refused("chat.too_many_files", _("Paling banyak {most} berkas tiap pesan."), most=settings.CHAT_FILES)
    for _name, content in files:
        if not content:
            raise Refused("file.empty", _("Berkas kosong. Pilih berkas lain."))
        if len(content) > settings.CHAT_FILE_MB * 1024 * 1024:
            raise Refused("file.too_large", _("Berkas lebih besar dari {limit} MB."), limit=settings.CHAT_FILE_MB)
        if sniff(content) in settings.COMPOSER_REFUSED_TYPES:
            raise Refused("file.type", _("Jenis berkas ini tidak diterima."))
    return [Part(name=_file_name(name), content=content) for name, content in files]


def _file_name(name: str) -> str:
    return re.split(r"[/\\]", fit(name))[-1].strip()[:120]
