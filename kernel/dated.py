"""Dated rows: a new version ends the one before it; what was in force on a past day never changes."""

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_names

M = TypeVar("M", bound=models.Model)


def supersede(model: type[M], *, valid_from: date, today: date, key: dict[str, Any] | None = None, **values: Any) -> M:
    """A new row in force from `valid_from` on; the row in force until then ends there (exclusive).

    `key` tells the rows of one series apart, e.g. {"code": "PK.2"}. Versions planned for later days have
    to go first. Needs a transaction. Raises Refused for a past day or one that is taken.
    """
    key = key or {}
    lock_names(f"dated:{model._meta.label_lower}:{sorted(key.items())}")
    if valid_from < today:
        raise Refused("dated.past", _("Tanggal mulai berlaku tidak boleh di masa lalu."))
    rows = model._default_manager.filter(**key)
    if rows.filter(valid_from__gte=valid_from).exists():
        raise Refused("dated.taken", _("Sudah ada versi yang mulai berlaku pada atau setelah tanggal itu."))
    rows.filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=valid_from)).update(valid_to=valid_from)
    return model._default_manager.create(**key, **values, valid_from=valid_from)
