"""Tickets as rows in column order; what the columns cannot carry is named in `docs/import.md`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from djpk.records.agents import AgentIndex
from djpk.records.tickets.columns import COLUMNS, ESCALATION_COLUMNS
from djpk.records.tickets.stored import StoredTicket, in_order
from kernel.importing.cells import Cell
from messaging.models import Channel
from people.models import Region
from tickets.models import Topic

Period = tuple[datetime | None, datetime | None]


def export_tickets(period: Period) -> Iterator[list[Cell]]:
    """Rows of the tickets created in the period [start, end); further escalations in rows of their own."""
    codes = {model: dict(model.objects.values_list("id", "code")) for model in (Channel, Region, Topic)}
    agents = AgentIndex.load()
    for one in in_order(*period):
        yield _cells(_main(one, codes, agents))
        for stretch in one.escalations[1:]:
            yield _cells({"number": one.number, **_escalation(stretch)})


def _cells(values: dict[str, Any]) -> list[Cell]:
    return [values.get(column.name) for column in COLUMNS]


def _main(one: StoredTicket, codes: dict[Any, dict[int, str]], agents: AgentIndex) -> dict[str, Any]:
    rated = one.closed_at is not None
    return {
        "number": one.number,
        "created_at": one.created_at,
        "channel": codes[Channel][one.channel_id],
        "contact_name": one.contact_name,
        "contact_email": one.email,
        "contact_phone": one.phone,
        "user_group": one.user_group,
        "region": codes[Region].get(one.region_id or 0),
        "topic": codes[Topic].get(one.topic_id or 0),
        "subject": one.subject,
        "message": one.message,
        "agent": agents.names.get(one.agent_id or 0),
        "status": one.status,
        "closed_at": one.closed_at,
        "service_score": one.service_score if rated else None,
        "substance_score": one.substance_score if rated else None,
        **(_escalation(one.escalations[0]) if one.escalations else {}),
    }


def _escalation(stretch: Any) -> dict[str, Any]:
    return dict(zip(ESCALATION_COLUMNS, (stretch.unit, stretch.escalated_at, stretch.answered_at), strict=True))
