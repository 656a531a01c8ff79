from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = "Konsultasi"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from consultations.ticket_panel import panel
        from tickets.slots import register_panel

        register_panel("visits", panel, {})
