from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"
    verbose_name = "Eskalasi Layer 2"
    default_auto_field = "django.db.models.BigAutoField"
