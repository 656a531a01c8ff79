"""Answering by replying to the mail: the text above the quotation is the unit's answer to Layer 1.

Who may: the person the letter went to, writing from their own address, while they are of the unit and the escalation
waits. A reply is known by the letter it answers or by the signed address it went to.
"""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

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
from tickets.inbox.quoting import parts_of

_THREAD = re.compile(r"ESK-([1-9]\d{0,17})-([1-9]\d{0,17})")


@transaction.atomic
def claim(message: Message, at: datetime) -> bool:
    """Take replies to letters of ours; machines' notes are kept aside, what cannot be an answer is told of."""
    found = _addressed(message)
    if found is None or {"spam", "loop"}.intersection(message.flags):
        return False
    escalation, user = found
    if str(message.details.get("from", "")).lower() != user.email.lower():
        return False
    if not claim_message(message=message, claimer=CLAIMER):
        return True
    if not {"bounce", "auto_reply"}.intersection(message.flags):
        _answer(message, escalation, user, at)
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


def _answer(message: Message, escalation: Escalation, user: User, at: datetime) -> None:
    files = [(row.file, row.name) for row in message.attachments.select_related("file") if not why_held(row)]
    text = "\n".join(part.text for part in parts_of(message.body) if not part.folded).strip()
    try:
        if not may_answer(user, escalation):
            raise Refused("escalation.not_of_unit", _("{name} bukan agen Layer 2 unit ini."), name=str(user))
        with transaction.atomic():
            verbs.answer(escalation, answer=text, files=files, at=message.received_at, actor=user)
    except Refused as refusal:
        with override("id"):
            body = _("Balasan Anda belum menjadi jawaban: {reason}").format(reason=refusal.message)
            subject = _("Balasan tidak diterima [{number}]").format(number=escalation.ticket.number)
            given = {"key": f"refused:{message.pk}", "subject": subject, "body": body}
            write_letter(user=user, kind=Letter.Kind.REFUSED, **given, escalation=escalation, at=at)
