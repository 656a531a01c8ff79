"""Who handed an escalation on or took it back, and why, in words."""

from datetime import datetime

from django.utils.translation import gettext as _

from escalation.ladder import moment
from escalation.models import Escalation, EscalationEvent

_Status = Escalation.Status
_CLOSING = {_Status.TRANSFERRED: "escalation.transferred", _Status.RECALLED: "escalation.recalled"}


def handed(row: Escalation, now: datetime) -> list[str]:
    """Where it came from and how it ended without an answer; no query for one that was neither."""
    found = []
    if row.transferred_from_id:
        found.append(_said(row.transferred_from_id, _CLOSING[_Status.TRANSFERRED], _("Dialihkan dari {origin}"), now))
    if code := _CLOSING.get(_Status(row.status)):
        words = _("Dialihkan ke {unit}") if row.status == _Status.TRANSFERRED else _("Ditarik")
        found.append(_said(row.pk, code, words, now))
    return [line for line in found if line]


def _said(key: int, code: str, words: str, now: datetime) -> str:
    events = EscalationEvent.objects.filter(escalation=key, code=code)
    event = events.select_related("actor", "escalation__unit").last()
    if event is None:
        return ""
    what = words.format(unit=event.data.get("unit", ""), origin=event.escalation.unit.code)
    return f"{', '.join(filter(None, [what, str(event.actor or ''), moment(event.at, now)]))}: {event.reason}"
