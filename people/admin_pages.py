"""Admin pages of the apps that know staff: histories show the access log, and reading people's records is logged."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import admin_pages
from kernel.admin_events import in_words
from kernel.admin_pages import SHOWN_EVENTS, Line
from people.log import log_access
from people.models import AccessLog

READING = r"\.(read|listed)$"


class LoggedHistory:
    """The row's events together with what the access log says was done to it."""

    def history_lines(self, row: Any) -> Iterable[Line]:
        lines = [*super().history_lines(row), *logged_changes(row)]  # type: ignore[misc]
        return sorted(lines, key=lambda line: line.at, reverse=True)


class ReadPages(LoggedHistory, admin_pages.ReadPages):
    pass


class VerbPages(LoggedHistory, admin_pages.VerbPages):
    pass


class PersonalPages(ReadPages):
    """Rows about persons: who looked is written down (rules 8.2)."""

    log_name = ""

    def note_read(self, request: HttpRequest, record: Any) -> None:
        one = isinstance(record, models.Model)
        name = self.log_name or self.opts.model_name
        log_access(
            user=request.user,  # type: ignore[arg-type]
            action=f"{name}.{'read' if one else 'listed'}",
            record=record,
            reason="admin" if one else f"admin {request.META.get('QUERY_STRING', '')}".strip(),
            at=timezone.now(),
        )


def logged_changes(row: models.Model) -> list[Line]:
    """What was done to a row according to the access log, readings left out; the latest first."""
    rows = AccessLog.objects.filter(record=row._meta.label_lower, record_id=row.pk).exclude(action__regex=READING)
    return [
        Line(line.at, str(line.user) if line.user else _("Sistem"), in_words(line.action), "", line.reason)
        for line in rows.select_related("user").order_by("-at", "-id")[:SHOWN_EVENTS]
    ]
