"""How connections do: last message in and out, lag, errors of the last hours, what waits. Six queries for all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from messaging.models import Connection, Message

HOURS = 6
RECENT = timedelta(days=7)
SLOW, LATE = timedelta(minutes=5), timedelta(minutes=10)
_D = Message.Delivery
_LOST = (_D.FAILED, _D.BOUNCED, _D.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Health:
    """Of one connection. `lag` is how long the last message was under way to us. Queues are the channel's: a message
    chooses its line when it leaves. `error` is the last one, as long as nothing has gone through since."""

    last_in_at: datetime | None
    last_out_at: datetime | None
    lag: timedelta | None
    sent: int
    lost: int
    queued: int
    queued_since: datetime | None
    unclaimed: int
    paused: bool
    troubled: bool
    error: str = ""

    @property
    def error_rate(self) -> float:
        """Percent of what was to leave in the last hours."""
        return 100 * self.lost / self.sent if self.sent else 0.0

    @property
    def state(self) -> str:
        """paused, trouble, or ok."""
        return "paused" if self.paused else "trouble" if self.troubled else "ok"


def health_of(rows: Iterable[Connection], at: datetime) -> dict[int, Health]:
    """The health of each, by its id."""
    lines = list(rows)
    said = _last_in([line.pk for line in lines], at)
    counts = _counts([line.pk for line in lines], at)
    queues, unclaimed = _queues(at), _unclaimed()
    made = {}
    for line in lines:
        last, lag = said.get(line.pk, (line.last_in_at, None))
        sent, lost = counts.get(line.pk, (0, 0))
        queued, since = queues.get(line.channel_id, (0, None))
        erring = bool(line.last_error_at and at - line.last_error_at < timedelta(hours=HOURS) and _unmended(line))
        waits = bool(since and at - since > LATE) and line.paused_at is None
        made[line.pk] = Health(
            last, line.last_out_at, lag, sent, lost, queued, since, unclaimed.get(line.channel_id, 0),
            line.paused_at is not None, erring or waits or (sent >= 10 and lost / sent > 0.1),
            line.last_error if erring else "",
        )  # fmt: skip
    return made


def _unmended(line: Connection) -> bool:
    """Nothing has gone through since the last error."""
    good = max((moment for moment in (line.last_in_at, line.last_out_at) if moment), default=None)
    return good is None or line.last_error_at is None or good <= line.last_error_at


def _last_in(lines: list[int], at: datetime) -> dict[int, tuple[datetime, timedelta | None]]:
    rows = Message.objects.filter(
        connection__in=lines, direction=Message.Direction.IN, received_at__gt=at - RECENT, received_at__lte=at
    )
    newest = rows.order_by("connection", "-received_at").distinct("connection")
    found = {}
    for line, received, details in newest.values_list("connection", "received_at", "details"):
        found[line] = (received, _under_way(str(details.get("date") or ""), received))
    return found


def _under_way(written: str, received: datetime) -> timedelta | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return max(received - moment, timedelta(0)) if moment.tzinfo else None


def _counts(lines: list[int], at: datetime) -> dict[int, tuple[int, int]]:
    """(left or was to leave, lost) in the last hours."""
    since = at - timedelta(hours=HOURS)
    rows = Message.objects.filter(connection__in=lines, direction=Message.Direction.OUT, received_at__gt=since)
    counted = (
        rows.order_by().values("connection").annotate(n=Count("pk"), lost=Count("pk", filter=Q(delivery__in=_LOST)))
    )
    return {row["connection"]: (row["n"], row["lost"]) for row in counted}


def _queues(at: datetime) -> dict[int, tuple[int, datetime | None]]:
    """Per channel: what may leave and has not, and since when the first of it waits."""
    rows = Message.objects.filter(Q(send_after=None) | Q(send_after__lte=at), delivery__in=(_D.QUEUED, _D.SENDING))
    counted = rows.filter(direction=Message.Direction.OUT).order_by().values("channel")
    return {
        row["channel"]: (row["n"], row["first"]) for row in counted.annotate(n=Count("pk"), first=Min("received_at"))
    }


def _unclaimed() -> dict[int, int]:
    rows = Message.objects.filter(claimed_by="", direction=Message.Direction.IN).order_by().values("channel")
    return {row["channel"]: row["n"] for row in rows.annotate(n=Count("pk"))}
