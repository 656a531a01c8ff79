"""How calls are told to people."""

from datetime import timedelta

from django.utils.translation import gettext as _

from calls.models import Call
from tickets.clocks import span

MINUTE = timedelta(minutes=1)


def talked(call: Call) -> str:
    """How long they talked: "43 d", "2 m 43 d", from an hour on "1 j 02 m"; empty of a call that nobody took."""
    if call.answered_at is None or call.ended_at is None:
        return ""
    length = call.ended_at - call.answered_at
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    if length < MINUTE:
        return _("{seconds} d").format(seconds=seconds)
    return (
        span(length) if minutes >= 60 else _("{minutes} m {seconds} d").format(minutes=minutes, seconds=f"{seconds:02}")
    )
