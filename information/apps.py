from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "information"
    verbose_name = "Informasi publik"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from information.deadlines import move_open_deadlines
        from worktime import deadlines

        deadlines.register("ppid", move_open_deadlines)
