"""The published tree and its articles, as conversations walk through it."""

from chatbot.models import ChatbotVersion
from chatbot.tree import Article, Content, Tree, articles_named, tree_of
from chatbot.versions import published
from kernel.kept import Kept
from knowledge.models import KnowledgeArticle

_CURRENT = Kept(published, "chatbot.ChatbotVersion")


def current_version() -> ChatbotVersion | None:
    """What was published last; kept in memory until a version changes."""
    return _CURRENT()


def tree_for(version: ChatbotVersion) -> Tree:
    return with_articles(version.content)


def with_articles(content: Content) -> Tree:
    """A content's tree with its articles as they are now: what is corrected or retired there is so here at once."""
    rows = KnowledgeArticle.objects.filter(status=KnowledgeArticle.Status.PUBLISHED, code__in=articles_named(content))
    return tree_of(content, {row.code: Article(row.title, row.body) for row in rows})
