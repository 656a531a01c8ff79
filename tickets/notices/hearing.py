"""Which events of tickets are told to whom. `journal.append` passes every event on."""

from typing import Any

from tickets.models import Notification, Ticket, TicketEvent, TicketFollower
from tickets.notices.verbs import notify, withdraw

FOLLOWED = frozenset(
    {
        "ticket.message_received",
        "ticket.noted",
        "ticket.layer2_answered",
        "ticket.closed",
        "ticket.reopened",
        "ticket.merged",
    }
)


def hear(ticket: Ticket, event: TicketEvent) -> None:
    """Tell the new assignee, or the ticket's followers; take back what was told of an event that is undone.

    One query for events that nobody waits for, none for most.
    """
    key = f"event:{event.pk}"
    if event.code == "ticket.assigned":
        if ticket.assignee_id:
            _tell(ticket, event, [ticket.assignee_id], Notification.Code.ASSIGNED, key)
    elif event.code in FOLLOWED:
        followers = TicketFollower.objects.filter(ticket=ticket).values_list("user_id", flat=True)
        _tell(ticket, event, list(followers), Notification.Code.FOLLOWED, key, what=event.code)
    elif event.code == "ticket.undone" and "event" in event.data:
        withdraw(key=f"event:{event.data['event']}")


def _tell(ticket: Ticket, event: TicketEvent, users: list[int], code: str, key: str, **data: Any) -> None:
    if set(users) - {event.actor_id}:
        notify(ticket=ticket, users=users, code=code, key=key, at=event.at, actor=event.actor, **data)
