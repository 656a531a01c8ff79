"""How fast a line may send: so many messages a second, with a short burst, for all workers together.

One statement on the connection's row decides (GCRA): it moves the moment from which the next message is on time.
"""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce, Greatest

from messaging.models import Connection, Message, Pace

PER_SECOND = {"WHATSAPP": 80.0}
"""Where the line's setting `per_second` says nothing: what the Cloud API lets a number send."""
BURST = timedelta(seconds=1)
PAIR_STEP, PAIR_BURST = {"WHATSAPP": timedelta(seconds=6)}, 45
"""To one person: a message every six seconds, 45 at once if they were saved up (Meta's pair rate limit, 131056)."""


def rate_of(connection: Connection, channel_code: str) -> float:
    """Messages a second; 0 for no limit."""
    given = connection.settings.get("per_second")
    try:
        return max(float(str(given)), 0.0) if given not in (None, "") else PER_SECOND.get(channel_code, 0.0)
    except ValueError:
        return PER_SECOND.get(channel_code, 0.0)


def wait_for_turn(connection: Connection, channel_code: str, at: datetime) -> timedelta:
    """How long a message must wait before it may leave by this line; none when it may now, and is counted."""
    rate = rate_of(connection, channel_code)
    if not rate:
        return timedelta(0)
    now = Value(at, output_field=DateTimeField())
    step = timedelta(seconds=1 / rate)
    row = Connection.objects.filter(pk=connection.pk)
    free = row.filter(Q(next_send_at=None) | Q(next_send_at__lte=at + max(BURST - step, timedelta(0))))
    if free.update(next_send_at=Greatest(Coalesce(F("next_send_at"), now), now) + Value(step)):
        return timedelta(0)
    due = row.values_list("next_send_at", flat=True).first()
    return max(due - at, step) if due else step


def wait_for_pair(message: Message, connection: Connection, at: datetime) -> timedelta:
    """How long a message must wait because so many went to its contact; none when it may go, and is counted."""
    step = PAIR_STEP.get(message.channel.code)
    if step is None or message.contact is None:
        return timedelta(0)
    now = Value(at, output_field=DateTimeField())
    row, new = Pace.objects.get_or_create(
        connection=connection, contact=message.contact, defaults={"next_at": at + step}
    )
    if new:
        return timedelta(0)
    pair = Pace.objects.filter(pk=row.pk)
    free = pair.filter(next_at__lte=at + step * (PAIR_BURST - 1))
    if free.update(next_at=Greatest(F("next_at"), now) + Value(step)):
        return timedelta(0)
    due = pair.values_list("next_at", flat=True).get()
    return max(due - step * (PAIR_BURST - 1) - at, timedelta(milliseconds=1))


def give_back_pair(message: Message, connection: Connection) -> None:
    """It did not go after all: something else made it wait."""
    step = PAIR_STEP.get(message.channel.code, timedelta(0))
    rows = Pace.objects.filter(connection=connection, contact=message.contact_id)
    rows.update(next_at=F("next_at") - Value(step))


def hold_pair(message: Message, connection: Connection, at: datetime) -> None:
    """The other side says that this person has had too many: what was saved up is used up."""
    if (step := PAIR_STEP.get(message.channel.code)) and message.contact is not None:
        spent = at + step * PAIR_BURST
        Pace.objects.update_or_create(connection=connection, contact=message.contact, defaults={"next_at": spent})


def hold(connection: Connection, until: datetime) -> None:
    """The other side is busy: nothing leaves by this line before then."""
    Connection.objects.filter(Q(next_send_at=None) | Q(next_send_at__lt=until), pk=connection.pk).update(
        next_send_at=until
    )
