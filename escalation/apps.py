from django.apps import AppConfig


class EscalationConfig(AppConfig):
    name = "escalation"
    verbose_name = "Eskalasi Layer 2"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from escalation.absences import away_on
        from escalation.ticket_panel import ACTIONS, panel
        from escalation.ticket_side import object_to_closing, row_marks
        from escalation.undoing import take_back
        from tickets.slots import register_away, register_panel, register_row_marker, register_undo, register_veto

        register_away("escalation", away_on)
        register_veto("escalation", object_to_closing)
        register_row_marker("escalation", row_marks)
        register_undo("ticket.escalated", take_back)
        register_panel("escalation", panel, ACTIONS)
