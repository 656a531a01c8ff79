from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tiket"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from messaging import hearing, targets
        from tickets.deadlines import on_calendar_change, on_channel_target
        from tickets.receiving.bounced import delivery_heard
        from worktime import deadlines

        user_logged_out.connect(_signed_out, dispatch_uid="tickets.live")
        deadlines.register("tickets", on_calendar_change)
        targets.register("tickets", on_channel_target)
        hearing.register("tickets", delivery_heard)


def _signed_out(user: Any, **_rest: Any) -> None:
    """Open pages of that session learn it at once."""
    from tickets.live.announce import user_left

    if user is not None:
        user_left(user.pk)
