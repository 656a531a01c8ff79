"""By which channels and addresses someone can be written to."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from messaging.models import Channel, Connection
from people.masking import mask
from people.models import Contact, ContactHandle

KINDS = {"EMAIL": ContactHandle.Kind.EMAIL, "WHATSAPP": ContactHandle.Kind.PHONE}
"""Channels that reach anybody whose address is known, and which kind of address."""


@dataclass(frozen=True, slots=True)
class Route:
    """A channel that is connected, and an address of the contact's on it."""

    channel: Channel
    handle: ContactHandle

    @property
    def key(self) -> str:
        return f"{self.channel.code}:{self.handle.pk}"

    @property
    def address(self) -> str:
        """As agents see it (rules 8.8)."""
        return mask(self.handle.kind, self.handle.value)


def handles_of(contact: Contact) -> QuerySet[ContactHandle]:
    """Addresses of a contact, those of contacts merged into it included."""
    return ContactHandle.objects.filter(Q(contact=contact) | Q(contact__merged_into=contact)).order_by("pk")


def routes_of(contact: Contact) -> list[Route]:
    """Every way to write to a contact now: by a channel with a line that is not paused."""
    open_lines = Connection.objects.filter(paused_at=None).values("channel")
    rows = Channel.objects.filter(
        pk__in=open_lines, active=True, code__in=set(KINDS) & set(settings.MESSAGE_TRANSPORTS)
    )
    handles = list(handles_of(contact))
    return [Route(row, handle) for row in rows for handle in handles if handle.kind == KINDS[row.code]]
