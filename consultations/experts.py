"""Who may be the expert of a consultation: people of the units (Layer 2)."""

from django.db.models import QuerySet

from people.models import Role, User


def experts(unit_code: str = "") -> QuerySet[User]:
    """Active Layer 2 agents by name; those of one unit where it is named."""
    rows = User.objects.filter(is_active=True, roles__role=Role.AGENT_L2)
    if unit_code:
        rows = rows.filter(roles__unit__code=unit_code)
    return rows.distinct().order_by("display_name", "username")
