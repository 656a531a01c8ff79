from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "information"
    verbose_name = "Informasi publik"
    default_auto_field = "django.db.models.BigAutoField"
