"""Channels as they are now, without a query each time (`kernel.kept`); shared, so nobody may change them."""

from kernel.kept import Kept
from messaging.models import Channel

CHANNELS = Kept(lambda: {row.pk: row for row in Channel.objects.all()}, "messaging.Channel")
