"""Links that open one answer page: for one person and one escalation, expiring, revocable, nothing else behind them."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from escalation.models import AnswerLink, Escalation
from escalation.steps import record
from escalation.ticket_side import UNFINISHED
from people.access import unit_codes_of
from people.models import User
from people.tokens import digest_of

VALID = timedelta(days=14)


@transaction.atomic
def issue_link(*, escalation: Escalation, user: User, at: datetime) -> str:
    """A fresh address for this person; the earlier one ends. Its secret cannot be read again."""
    AnswerLink.objects.filter(escalation=escalation, user=user, revoked_at=None).update(revoked_at=at)
    secret = secrets.token_urlsafe(32)
    AnswerLink.objects.create(
        escalation=escalation, user=user, digest=digest_of(secret), created_at=at, expires_at=at + VALID
    )
    return settings.PUBLIC_URL + reverse("layer2-answer", args=[secret])


@transaction.atomic
def revoke_links(*, escalation: Escalation, at: datetime, actor: User | None) -> int:
    """No link to this escalation opens any more; how many ended."""
    ended = escalation.links.filter(revoked_at=None).update(revoked_at=at)
    record(escalation, "escalation.links_revoked", at, actor, data={"links": ended})
    return ended


def opened(secret: str, at: datetime) -> AnswerLink | None:
    """The link of this secret while it holds: not expired or revoked, its person still of the unit, the escalation
    not handed on or recalled. What was answered may still be read."""
    rows = AnswerLink.objects.select_related(
        "user", "escalation__ticket__contact", "escalation__ticket__topic", "escalation__unit"
    )
    link = rows.filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=at).first()
    if link is None or not may_answer(link.user, link.escalation):
        return None
    readable = (*UNFINISHED, Escalation.Status.ANSWERED)
    return link if link.escalation.status in readable else None


def may_answer(user: User, escalation: Escalation) -> bool:
    """Whether this person answers for the escalation's unit now."""
    return user.is_active and escalation.unit.code in unit_codes_of(user)


def mark_used(link: AnswerLink, at: datetime) -> None:
    """When it was first opened."""
    AnswerLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at)
