from django.apps import AppConfig


class DjpkConfig(AppConfig):
    name = "djpk"
    verbose_name = "Dering"
