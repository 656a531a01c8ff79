"""Which articles someone may read: the published ones, for all who read tickets."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from knowledge.models import KnowledgeArticle
from people.models import User
from tickets.access import may_read_tickets


def visible_articles(user: User | AnonymousUser) -> QuerySet[KnowledgeArticle]:
    """None for those who have no inbox."""
    if not may_read_tickets(user):
        return KnowledgeArticle.objects.none()
    return KnowledgeArticle.objects.filter(status=KnowledgeArticle.Status.PUBLISHED)
