from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Basis pengetahuan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from knowledge.searching import source
        from knowledge.suggesting import suggest
        from tickets.search.slots import register_source
        from tickets.slots import register_suggester

        register_suggester("knowledge", suggest)
        register_source("knowledge", source)
