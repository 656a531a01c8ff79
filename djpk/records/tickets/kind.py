"""Tickets as a kind of import."""

from django.utils.translation import gettext_lazy as _

from djpk.records.tickets.columns import COLUMNS, CONTINUATION
from djpk.records.tickets.exporting import export_tickets
from djpk.records.tickets.loading import TicketLoader
from kernel.importing.engine import Kind

TICKETS = Kind("tickets", _("Tiket"), COLUMNS, TicketLoader, export_tickets, CONTINUATION)
