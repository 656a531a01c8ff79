"""The customer-service window: free text only within 24 hours after the requester's last message (rules 10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from messaging.models import Channel, Message
from people.models import Contact

LENGTH = timedelta(hours=24)
WARNING = timedelta(hours=2)
CODE = "WHATSAPP"


@dataclass(frozen=True, slots=True)
class Window:
    """`closes_at` is None for someone who has never written."""

    closes_at: datetime | None
    now: datetime

    @property
    def open(self) -> bool:
        return self.closes_at is not None and self.now < self.closes_at

    @property
    def left(self) -> timedelta:
        return max(self.closes_at - self.now, timedelta(0)) if self.closes_at else timedelta(0)

    @property
    def closing(self) -> bool:
        """Less than two hours left."""
        return self.open and self.left < WARNING


def window_of(contact: Contact, channel: Channel, at: datetime) -> Window | None:
    """The window of a contact at `at`; None for channels that have none."""
    if channel.code != CODE:
        return None
    who = Contact.objects.filter(Q(pk=contact.pk) | Q(merged_into=contact.pk)).values("pk")
    said = Message.objects.filter(
        contact__in=who, channel=channel, direction=Message.Direction.IN, received_at__lte=at
    ).exclude(flags__contains=["reaction"])
    last = said.order_by("-received_at").values_list("received_at", flat=True).first()
    return Window(last + LENGTH if last else None, at)
