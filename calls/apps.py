from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = "Telepon"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from calls.ticket_panel import panel
        from tickets.slots import register_panel

        register_panel("calls", panel, {})
