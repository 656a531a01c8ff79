from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kernel"
    verbose_name = "Inti"
    default_auto_field = "django.db.models.BigAutoField"
