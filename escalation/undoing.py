"""Taking back an escalation that has just been made, from the ticket page: it is recalled."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from escalation.models import Escalation
from escalation.verbs import recall
from kernel.errors import Refused
from people.models import User
from tickets.models import Ticket, TicketEvent


def take_back(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> None:
    """Recall the escalation that the ticket's event tells of. What was only resumed stays with the unit."""
    escalation = Escalation.objects.filter(ticket=ticket, pk=event.data.get("escalation")).first()
    if escalation is None or event.data.get("resumed"):
        raise Refused("undo.impossible", _("Langkah ini tidak dapat diurungkan."))
    recall(escalation, reason=str(_("Eskalasi diurungkan.")), at=at, actor=actor)
