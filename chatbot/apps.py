from django.apps import AppConfig


class ChatbotConfig(AppConfig):
    name = "chatbot"
    verbose_name = "Chatbot"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatbot.ticket_panel import panel
        from tickets.slots import register_panel

        register_panel("chatbot", panel, {})
