"""What is known of a requester before the form, and what the form teaches us."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chatbot.identity import AGENCY, EMAIL, NAME, REGION, Known, group_of
from kernel.errors import Refused
from people.contacts import add_handle, change_contact
from people.models import Contact, ContactHandle, Region, UserGroup

EMAIL_ELSEWHERE = "email_elsewhere"
"""Of a session's state: the address given belongs to another contact; an agent may merge the two (rules 2.6)."""
SOMEWHERE = "-"


def known_of(contact: Contact) -> Known:
    """Names that only the channel gave are offered, not taken for known."""
    handles = ContactHandle.objects.filter(contact=contact, kind=ContactHandle.Kind.EMAIL)
    email = handles.order_by("pk").values_list("value", flat=True).first() or ""
    region = contact.region.code if contact.region else ""
    introduced = bool(region or contact.organization or email)
    if not email and contact.chatbot_sessions.filter(**{f"state__{EMAIL_ELSEWHERE}": True}).exists():
        email = SOMEWHERE
    return Known(
        name=contact.name if introduced else "",
        region=region,
        organization=contact.organization,
        email=email,
        nickname="" if introduced else contact.name,
    )


@transaction.atomic
def learn(*, contact: Contact, form: Mapping[str, str], at: datetime) -> dict[str, Any]:
    """Complete the contact from a filled form; what the session has to remember beside it."""
    changes: dict[str, Any] = {NAME: form[NAME], AGENCY: form[AGENCY]}
    changes["region"] = Region.objects.filter(code=form[REGION]).first() or contact.region
    if contact.user_group == UserGroup.LAINNYA:
        changes["user_group"] = group_of(form[AGENCY])
    change_contact(contact=contact, changes=changes, at=at, actor=None)
    if form[EMAIL] == SOMEWHERE:
        return {EMAIL_ELSEWHERE: True}
    try:
        add_handle(contact=contact, email=form[EMAIL], at=at, actor=None)
    except Refused:
        return {EMAIL_ELSEWHERE: True}
    return {}
