"""The automatic answer to a first mail: its number, and outside service hours when someone will read it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.formats import clock_time, day_name, long_date
from kernel.months import JAKARTA
from messaging.models import Message
from messaging.verbs import write_message
from tickets import journal
from tickets.intake import CLAIMER
from tickets.models import Ticket
from tickets.receiving.answering import reply_subject
from worktime.clock import is_open, next_opening
from worktime.loading import SERVICE, load_calendar

ANSWERED = frozenset({"EMAIL"})
MOST_PER_DAY, MOST_PER_TICKET = 3, 1
AUTOMATIC = "automatic"


def acknowledge(ticket: Ticket, message: Message, *, at: datetime) -> Message | None:
    """Say that the question has arrived; nothing for somebody who has had enough such answers, or none to reach."""
    if message.channel.code not in ANSWERED or not message.details.get("answer_to") or _enough(ticket, at):
        return None
    with override("id"):
        text = acknowledgement(ticket, at)
    answer = write_message(
        channel=message.channel,
        contact=ticket.contact,
        subject=reply_subject(ticket),
        body=text,
        reply_to=message,
        flags=[AUTOMATIC],
        thread=ticket.number,
        at=at,
        actor=None,
        claimed_by=CLAIMER,
    )
    journal.show_message(ticket, answer, at=at)
    return answer


def _enough(ticket: Ticket, at: datetime) -> bool:
    """Whether a machine has written often enough: to the contact, whatever its addresses, in a day; on the ticket."""
    sent = Message.objects.filter(direction=Message.Direction.OUT, flags__contains=[AUTOMATIC])
    day = sent.filter(contact=ticket.contact, received_at__gt=at - timedelta(days=1))
    return day.count() >= MOST_PER_DAY or sent.filter(ticket_entry__ticket=ticket).count() >= MOST_PER_TICKET


def acknowledgement(ticket: Ticket, at: datetime) -> str:
    """The text, in the language in force."""
    lines = [
        _("Yth. Bapak/Ibu {name},").format(name=ticket.contact.name),
        "",
        _("Pertanyaan Anda kami terima dengan nomor tiket {number}.").format(number=ticket.number),
        _when(ticket, at),
        _("Balas surat ini bila ada yang perlu ditambahkan."),
        "",
        _("Contact Center DJPK"),
    ]
    return "\n".join(line for line in lines if line is not None)


def _when(ticket: Ticket, at: datetime) -> str:
    calendar = load_calendar(SERVICE).calendar
    zone = ZoneInfo(ticket.region.iana_zone) if ticket.region else JAKARTA
    if is_open(calendar, at, JAKARTA):
        return _("Petugas kami segera membacanya.")
    opening = next_opening(calendar, at, JAKARTA).astimezone(zone)
    named = f"{day_name(opening.date(), 'id')}, {long_date(opening.date(), 'id')}"
    label = ticket.zone or "WIB"
    return _("Layanan buka kembali {day} pukul {time} {zone}.").format(
        day=named, time=clock_time(opening, "id"), zone=label
    )
