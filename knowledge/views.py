"""An article as agents read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from knowledge.access import visible_articles
from tickets.views import ticket_page


@require_safe
@ticket_page
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One published article by its code."""
    rows = visible_articles(request.user).select_related("topic", "unit")
    return render(request, "knowledge/article.html", {"article": get_object_or_404(rows, code=code)})
