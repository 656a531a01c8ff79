"""Two tickets about one question: one points to the other and leaves the counts; undo is possible (decisions 9)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_all
from kernel.merging import point_back, point_to
from people.models import User
from tickets import journal
from tickets.live.announce import ticket_changed
from tickets.models import Ticket
from tickets.slots import check_vetoes
from tickets.splitting import taken_back
from tickets.verbs import bring_back, set_aside


@transaction.atomic
def merge_tickets(*, ticket: Ticket, into: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Close `ticket` as a part of `into`. Its entries stay where they are; its event names the survivor."""
    if ticket.pk == into.pk:
        raise Refused("ticket.same", _("Pilih tiket lain untuk digabungkan."))
    journal.lock_relations()
    ticket, into, *_followers = lock_all(ticket, into, *Ticket.objects.filter(merged_into=ticket))
    journal.check_workable(ticket, at=at, closed_too=True)
    journal.check_workable(into, at=at, closed_too=True)
    if into.is_spam:
        raise Refused("ticket.is_spam", _("Tiket tujuan ditandai spam. Pilih tiket lain."))
    check_vetoes(ticket)
    how = set_aside(ticket, at)
    followers = point_to(ticket, into)
    journal.save(ticket, "merged_into", "closed_at", at=at, status=Ticket.Status.CLOSED)
    journal.append(
        ticket,
        "ticket.merged",
        at=at,
        actor=actor,
        reason=reason,
        to_value=into.number,
        data={**how, "followers": followers},
    )
    ticket_changed(into.pk)
    return ticket


@transaction.atomic
def unmerge_ticket(*, ticket: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Undo the last merge of this ticket: as it was before."""
    journal.lock_relations()
    merge = ticket.events.filter(code="ticket.merged").last()
    followers = merge.data["followers"] if merge else []
    ticket, *_followers = lock_all(ticket, *Ticket.objects.filter(pk__in=followers))
    survivor = ticket.merged_into
    if survivor is None:
        raise Refused("ticket.not_merged", _("Tiket ini tidak sedang digabungkan."))
    if taken_back(ticket):
        raise Refused("split.taken_back", _("Pemisahan tiket ini dibatalkan. Pisahkan pesannya sekali lagi."))
    status = bring_back(ticket, "ticket.merged")
    point_back(ticket, followers)
    journal.save(ticket, "merged_into", "closed_at", at=at, status=status)
    journal.append(
        ticket, "ticket.unmerged", at=at, actor=actor, reason=reason, from_value=survivor.number, to_value=status
    )
    ticket_changed(survivor.pk)
    return ticket
