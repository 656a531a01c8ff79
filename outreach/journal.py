"""The one way to write an event of a register row."""

from datetime import datetime
from typing import Any

from django.db import models

from outreach.models import OutreachEvent
from people.models import User


def append(row: models.Model, code: str, *, at: datetime, actor: User | None, **rest: Any) -> OutreachEvent:
    return OutreachEvent.objects.create(
        record=str(row._meta.model_name), record_id=row.pk, code=code, at=at, actor=actor, **rest
    )
