from django.apps import AppConfig


class DjpkConfig(AppConfig):
    name = "djpk"
    verbose_name = "Dering"

    def ready(self) -> None:
        from djpk.accounts import signals  # noqa: F401
