"""The access log: who read or changed whose record, append-only (UU 27/2022 art. 31; rules 8.2)."""

from datetime import datetime

from django.db import models

from kernel.writing import insert
from people.models import AccessLog, User


def log_access(
    *, user: User | None, action: str, record: models.Model | type[models.Model], reason: str = "", at: datetime
) -> AccessLog:
    """Append one line; `record` is the row, or the model when a list was read or exported."""
    line = AccessLog(
        user=user,
        action=action,
        record=record._meta.label_lower,
        record_id=record.pk if isinstance(record, models.Model) else None,
        reason=reason[:200],
        at=at,
    )
    return insert(line)
