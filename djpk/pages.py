"""The pages that belong to no app: home and the choice of looks."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from djpk.context import CHOICES
from people.access import roles_of
from people.models import Role
from reports.access import may_read_reports

_AT_THE_INBOX = frozenset({Role.AGENT_L1, Role.SUPERVISOR})
_YEAR = 365 * 24 * 60 * 60


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Layer 1 and supervisors start at the inbox, Layer 2 at the unit's queue, the front desk at its page, managers at
    the report, others at one that names roles."""
    if roles_of(request.user) & _AT_THE_INBOX:
        return redirect("inbox")
    if Role.AGENT_L2 in roles_of(request.user):
        return redirect("layer2")
    if Role.FRONT_DESK in roles_of(request.user):
        return redirect("front-desk")
    if may_read_reports(request.user):
        return redirect("reports")
    return render(request, "home.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme, density or use of keys in a cookie for a year and go back to where the form stood."""
    wanted = {name: request.POST[name] for name in CHOICES if name in request.POST}
    if wanted.get("theme") == "toggle":
        wanted["theme"] = "light" if request.COOKIES.get("theme") == "dark" else "dark"
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = settings.LOGIN_REDIRECT_URL
    response: HttpResponseRedirect = redirect(back)
    for name, value in wanted.items():
        if value in CHOICES[name]:
            response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
