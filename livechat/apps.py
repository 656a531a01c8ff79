from django.apps import AppConfig


class LivechatConfig(AppConfig):
    name = "livechat"
    verbose_name = "Live chat"
    default_auto_field = "django.db.models.BigAutoField"
