"""What an agent may set right on a ticket."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from kernel.errors import Refused
from people.access import TICKET_WORKERS
from people.models import Region, User
from people.regions import RegionIndex


def agents() -> QuerySet[User]:
    """Active staff who may be given tickets."""
    return (
        User.objects.filter(is_active=True)
        .filter(Q(roles__role__in=TICKET_WORKERS))
        .distinct()
        .order_by("display_name", "username")
    )


class RegionField(forms.CharField):
    """A region by code, name or alias, as people write it; cleaned to the Region or None."""

    def clean(self, value: Any) -> Region | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return RegionIndex.load().resolve(text)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message, refusal.code) from refusal
