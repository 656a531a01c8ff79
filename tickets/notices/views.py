"""/pemberitahuan/: what one was told, the bell, and of which kinds one wants to be told."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tickets.access import kinds_told
from tickets.inbox.notices import bell_of, lines_of, notices_of, page_of_notices
from tickets.models import MutedNotification
from tickets.notices import verbs
from tickets.views import told_page

_LONGEST = 18  # digits of a key


@require_safe
@told_page
def notices(request: HttpRequest) -> HttpResponse:
    """The list; for htmx the list alone."""
    new_only = request.GET.get("hanya") == "baru"
    rows, following = page_of_notices(request.user, new_only=new_only, before=_key(request.GET.get("dari", "")))
    context = {"lines": lines_of(rows, timezone.now()), "following": following, "new_only": new_only}
    if request.headers.get("HX-Request"):
        return render(request, "tickets/notices/_list.html", context)
    muted = set(MutedNotification.objects.filter(user=request.user).values_list("code", flat=True))
    context["kinds"] = [(code, code.label, code not in muted) for code in kinds_told(request.user)]
    return render(request, "tickets/notices/page.html", context)


@require_safe
@told_page
def bell(request: HttpRequest) -> HttpResponse:
    """The bell as it is now, and a toast for what has come since `sejak`."""
    known = _key(request.GET.get("sejak", "")) or 0
    now_there = bell_of(request.user)
    response = render(request, "tickets/notices/_bell.html", {"bell": now_there})
    if now_there.last > known:
        rows = notices_of(request.user).select_related("ticket__contact").filter(pk=now_there.last)
        for line in lines_of(rows, timezone.now()):
            response["HX-Trigger"] = json.dumps({"dering:toast": _toast(line)})
    return response


@require_POST
@told_page
def all_seen(request: HttpRequest) -> HttpResponse:
    verbs.mark_all_seen(user=request.user, at=timezone.now())
    return redirect("notifications")


@require_POST
@told_page
def choose(request: HttpRequest) -> HttpResponse:
    """Which kinds to be told of."""
    verbs.choose(user=request.user, codes=request.POST.getlist("jenis"), among=kinds_told(request.user))
    return redirect("notifications")


def _toast(line: Any) -> dict[str, str]:
    tone = "danger" if line.urgent else ""
    return {"text": f"{line.text}: {line.title}", "url": line.address, "tone": tone}


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None
