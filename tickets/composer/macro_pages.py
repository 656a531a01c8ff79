"""/tiket/makro/: the macros an agent has, their own and everybody's, and changing them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import Refused
from people.guard import Page
from tickets.access import may_work_on_tickets
from tickets.actions import who
from tickets.composer import macros as verbs
from tickets.composer.forms import MacroForm
from tickets.composer.macro_actions import in_words
from tickets.composer.variables import KNOWN
from tickets.models import Macro
from tickets.views import ticket_page


def _for_workers(view: Page) -> Page:
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_work_on_tickets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return ticket_page(checked)


@require_safe
@_for_workers
def macros(request: HttpRequest) -> HttpResponse:
    """All one may use, everybody's first."""
    rows = verbs.visible_macros(who(request))
    lines = [(row, in_words(row.actions), verbs.may_change(row, who(request))) for row in rows]
    groups = [
        (_("Bersama"), [line for line in lines if line[0].owner_id is None]),
        (_("Milik saya"), [line for line in lines if line[0].owner_id is not None]),
    ]
    return render(request, "tickets/macros.html", {"groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
@_for_workers
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new macro, or one that the user may change."""
    macro = _changeable(request, pk) if pk else None
    may_share = verbs.may_share(who(request))
    form = MacroForm(macro, who(request), may_share, request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            verbs.save_macro(macro=macro, at=timezone.now(), actor=who(request), **form.given)
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("Makro disimpan."))
            return redirect("macros")
    context = {"form": form, "macro": macro, "refusal": refusal, "variables": KNOWN.items()}
    return render(request, "tickets/macro.html", context, status=422 if form.is_bound else 200)


@require_POST
@_for_workers
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """It is gone, after the page has asked."""
    verbs.delete_macro(macro=_changeable(request, pk), actor=who(request))
    messages.success(request, _("Makro dihapus."))
    return redirect("macros")


def _changeable(request: HttpRequest, pk: int) -> Macro:
    macro = get_object_or_404(verbs.visible_macros(who(request)), pk=pk)
    if not verbs.may_change(macro, who(request)):
        raise PermissionDenied
    return macro
