"""Audit by trigger: the earlier states of business rows (decisions 14)."""

from typing import TypeVar

import pghistory
from django.db import models

M = TypeVar("M", bound=type[models.Model])


def keep_history(model: M) -> M:
    """Class decorator: keep each row as it was before every UPDATE and DELETE in `<Model>History`.

    INSERT is the row itself. Never for messages or events, which are append-only.
    """
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        model_name=f"{model.__name__}History",
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="history"),
    )(model)
