"""Who sees the lapor mails and works on them."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from outreach.models import LaporMail
from people.access import TICKET_READERS, TICKET_WORKERS, has_role
from people.models import User


def may_read_lapor(user: User | AnonymousUser) -> bool:
    return has_role(user, TICKET_READERS)


def may_work_on_lapor(user: User | AnonymousUser) -> bool:
    return has_role(user, TICKET_WORKERS)


def visible_lapor_mails(user: User | AnonymousUser) -> QuerySet[LaporMail]:
    return LaporMail.objects.all() if may_read_lapor(user) else LaporMail.objects.none()
