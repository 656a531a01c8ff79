"""Answering by replying to the mail: the text above the quotation is the unit's answer to Layer 1.

Who may: the person the letter went to, writing from their own address, while they are of the unit and the escalation
waits. A reply is known by the letter it answers or by the signed address it went to. What is refused is told to whoever
of the staff wrote it; where nobody here has the address, to the person whose letter it was, and that mail goes its way.
"""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from escalation import verbs
from escalation.letters import CLAIMER, write_letter
from escalation.links import may_answer
from escalation.models import Escalation, Letter
from kernel.errors import Refused
from messaging.email.plus import threads_in
from messaging.models import Message
from messaging.scanning.verbs import why_held
from messaging.verbs import claim_message
from people.models import User
from tickets.inbox.quoting import own_text

_TOLD = 5_000
_THREAD = re.compile(r"ESK-([1-9]\d{0,17})-([1-9]\d{0,17})")


@transaction.atomic
def claim(message: Message, at: datetime) -> bool:
    """Take replies to letters of ours; machines' notes are kept aside, what cannot be an answer is told of."""
    found = _addressed(message)
    if found is None or {"spam", "loop"}.intersection(message.flags):
        return False
    escalation, user = found
    sender = str(message.details.get("from", "")).lower()
    by_machine = bool({"bounce", "auto_reply"}.intersection(message.flags))
    writer = user if sender == user.email.lower() else _staff_at(sender)
    if writer is None:
        if not by_machine:
            reason = gettext_lazy("{address} bukan alamat Anda. Surat itu diteruskan ke kotak masuk Layer 1.")
            _refuse(message, escalation, user, Refused("escalation.not_your_letter", reason, address=sender), at)
        return False
    if not claim_message(message=message, claimer=CLAIMER):
        return True
    if not by_machine:
        _answer(message, escalation, user, writer, at)
    return True


def _addressed(message: Message) -> tuple[Escalation, User] | None:
    """The escalation and the person whose letter this answers."""
    if message.reply_to_id and message.reply_to and message.reply_to.claimed_by == CLAIMER:
        letter = Letter.objects.filter(message=message.reply_to_id, escalation__isnull=False).first()
        return (letter.escalation, letter.user) if letter and letter.escalation else None
    for thread in threads_in(str(address) for address in message.details.get("to", [])):
        if match := _THREAD.fullmatch(thread):
            escalation = Escalation.objects.filter(pk=int(match[1])).first()
            user = User.objects.filter(pk=int(match[2])).first()
            return (escalation, user) if escalation and user else None
    return None


def _staff_at(address: str) -> User | None:
    return User.objects.filter(email__iexact=address, is_active=True).first() if address else None


def _answer(message: Message, escalation: Escalation, user: User, writer: User, at: datetime) -> None:
    """`user` is whose letter it was, `writer` who answers it."""
    files = [(row.file, row.name) for row in message.attachments.select_related("file") if not why_held(row)]
    try:
        if writer.pk != user.pk:
            raise Refused(
                "escalation.not_your_letter",
                gettext_lazy("Surat ini hanya dapat dijawab oleh {name}. Balas surat Anda sendiri."),
                name=str(user),
            )
        if not may_answer(user, escalation):
            raise Refused("escalation.not_of_unit", gettext_lazy("{name} bukan agen Layer 2 unit ini."), name=str(user))
        with transaction.atomic():
            verbs.answer(escalation, answer=own_text(message.body), files=files, at=message.received_at, actor=user)
    except Refused as refusal:
        _refuse(message, escalation, writer, refusal, at)


def _refuse(message: Message, escalation: Escalation, user: User, refusal: Refused, at: datetime) -> None:
    """Tell the user why a reply is no answer, with what it said."""
    number, written = escalation.ticket.number, own_text(message.body)[:_TOLD]
    with override("id"):
        said = _("Balasan Anda belum menjadi jawaban: {reason}")
        if str(message.details.get("from", "")).lower() != user.email.lower():
            said = _("Balasan atas surat Anda bukan jawaban: {reason}")
        lines = [_("Yth. {name},").format(name=user), "", said.format(reason=refusal.message)]
        if written:
            lines += ["", _("Yang tertulis:"), *(f"> {line}".rstrip() for line in written.splitlines())]
        lines += ["", f"{number}, {escalation.unit}"]
        subject = _("Balasan tidak diterima [{number}]").format(number=number)
        given = {"key": f"refused:{message.pk}", "subject": subject, "body": "\n".join(lines)}
        write_letter(user=user, kind=Letter.Kind.REFUSED, **given, escalation=escalation, at=at)
