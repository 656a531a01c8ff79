"""Articles and their reviews, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from knowledge.models import KnowledgeArticle, ReviewRequest
from people.admin_pages import ReadPages


@admin.register(KnowledgeArticle)
class ArticlePages(ReadPages):
    title = _("Artikel pengetahuan")
    list_display = ("code", "title", "topic", "unit", "status", "updated_at")
    list_select_related = ("topic", "unit")
    list_filter = ("status", "unit", "topic")
    search_fields = ("code", "title")


@admin.register(ReviewRequest)
class ReviewPages(ReadPages):
    title = _("Permintaan reviu")
    list_display = ("article", "requested_at", "requested_by", "due_on", "reviewed_at", "reviewed_by")
    list_select_related = ("article", "requested_by", "reviewed_by")
    search_fields = ("article__code", "article__title")
    ordering = ("-requested_at", "-id")
