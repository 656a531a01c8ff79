"""What a file says of one ticket, with ids for what was looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from djpk.records.contacts import NAMELESS, Handle, handles_of
from djpk.records.tickets.checks import Stretch
from djpk.records.tickets.stored import StoredTicket


@dataclass(frozen=True, slots=True)
class Facts:
    """One ticket of the file; `stored` is the ticket that has its number already."""

    number: str
    created_at: datetime
    channel_id: int
    contact_name: str
    email: str
    phone: str
    user_group: str
    region_id: int | None
    topic_id: int | None
    subject: str
    message: str
    agent: str
    status: str
    closed_at: datetime | None
    service_score: int | None
    substance_score: int | None
    escalations: list[Stretch]
    stored: StoredTicket | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any], escalations: list[Stretch]) -> "Facts":
        """From parsed columns."""
        region, topic = values["region"], values["topic"]
        return cls(
            number=values["number"],
            created_at=values["created_at"],
            channel_id=values["channel"].pk,
            contact_name=values["contact_name"] or NAMELESS,
            email=values["contact_email"],
            phone=values["contact_phone"],
            user_group=values["user_group"],
            region_id=region.pk if region else None,
            topic_id=topic.pk if topic else None,
            subject=values["subject"],
            message=values["message"],
            agent=values["agent"],
            status=values["status"],
            closed_at=values["closed_at"],
            service_score=values["service_score"],
            substance_score=values["substance_score"],
            escalations=escalations,
        )

    @property
    def handles(self) -> list[Handle]:
        """What the contact is recognised by, e-mail first."""
        return handles_of(self.email, self.phone)
