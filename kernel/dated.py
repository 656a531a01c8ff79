"""Dated rows: a new version ends the one before it; what was in force on a past day never changes."""

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import ProtectedError
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
    lock_series(model, key)
    if valid_from < today:
        raise Refused("dated.past", _("Tanggal mulai berlaku tidak boleh di masa lalu."))
    rows = model._default_manager.filter(**key)
    if rows.filter(valid_from__gte=valid_from).exists():
        raise Refused("dated.taken", _("Sudah ada versi yang mulai berlaku pada atau setelah tanggal itu."))
    rows.filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=valid_from)).update(valid_to=valid_from)
    return model._default_manager.create(**key, **values, valid_from=valid_from)


def lock_series(model: type[models.Model], key: dict[str, Any] | None = None, *, shared: bool = False) -> None:
    """Let nobody else start or withdraw a version until the transaction ends; `shared` for those who read."""
    lock_names(f"dated:{model._meta.label_lower}:{sorted((key or {}).items())}", shared=shared)


def withdraw(row: models.Model, *, today: date, key: dict[str, Any] | None = None) -> None:
    """Delete a version that has not begun and let the one before it go on; `key` as it was given to `supersede`.

    Needs a transaction. Raises Refused: `dated.begun`, `dated.in_use`.
    """
    begins, ends, model = row.valid_from, row.valid_to, type(row)  # type: ignore[attr-defined]
    key = key or {}
    lock_series(model, key)
    if begins <= today:
        raise Refused("dated.begun", _("Versi yang sudah berlaku tidak dapat dicabut. Tambahkan versi baru."))
    try:
        row.delete()
    except ProtectedError:
        raise Refused("dated.in_use", _("Versi ini sudah dipakai, jadi tidak dapat dicabut.")) from None
    model._default_manager.filter(**key, valid_to=begins).update(valid_to=ends)
