"""Which tickets someone may see and work on. Every page, form and serializer starts here."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from people.access import TICKET_READERS, TICKET_WORKERS, has_role, roles_of, unit_codes_of
from people.models import Role, User
from tickets.models import Notification, Ticket


def visible_tickets(user: User | AnonymousUser) -> QuerySet[Ticket]:
    """All tickets for Layer 1, supervisors, managers and administrators; for Layer 2 agents those that
    were ever escalated to their unit; none for the front desk, PPID officers and strangers."""
    if has_role(user, TICKET_READERS):
        return Ticket.objects.all()
    if units := unit_codes_of(user):
        return escalated_to(units)
    return Ticket.objects.none()


def escalated_to(units: Collection[str]) -> QuerySet[Ticket]:
    """Tickets that one of these units was ever asked about, by the units' codes."""
    return Ticket.objects.filter(pk__in=escalations().filter(unit__code__in=units).values("ticket"))


def escalations() -> QuerySet[Any]:
    """What units were asked, without importing who asked them."""
    return Ticket._meta.get_field("escalations").related_model._default_manager.order_by()


def may_read_tickets(user: User | AnonymousUser) -> bool:
    """Who has an inbox: those who see all tickets, and Layer 2 agents for their unit's."""
    return has_role(user, TICKET_READERS) or bool(unit_codes_of(user))


def may_be_told(user: User | AnonymousUser) -> bool:
    """Who has a bell and live pages: whoever reads tickets, and the front desk for its consultations."""
    return may_read_tickets(user) or has_role(user, {Role.FRONT_DESK})


def kinds_told(user: User | AnonymousUser) -> list[Notification.Code]:
    """Of which kinds somebody may be told: of tickets where they read them, of free places at the front desk."""
    at_desk, reads = Role.FRONT_DESK in roles_of(user), may_read_tickets(user)
    return [code for code in Notification.Code if (at_desk if code == Notification.Code.PLACE_FREE else reads)]


def may_work_on_tickets(user: User | AnonymousUser) -> bool:
    """Who may create, answer, edit and close tickets."""
    return has_role(user, TICKET_WORKERS)
