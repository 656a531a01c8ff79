"""The pages that belong to no app: sign-in and sign-out, home, and the choice of theme."""

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from djpk.context import THEMES
from djpk.demo_accounts import offered_accounts
from djpk.forms import SignInForm
from people.access import roles_of
from people.models import Role
from reports.access import may_read_reports

_AT_THE_INBOX = frozenset({Role.AGENT_L1, Role.AGENT_L2, Role.SUPERVISOR})
_YEAR = 365 * 24 * 60 * 60


class SignIn(auth.LoginView):
    """User name and password. The demonstration accounts stand below it when DERING_DEMO is set."""

    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = None

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(demo_accounts=offered_accounts(), **kwargs)


sign_in = SignIn.as_view()
sign_out = auth.LogoutView.as_view()


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Agents and supervisors start at the inbox, managers at the report, others at a page that names their roles."""
    if roles_of(request.user) & _AT_THE_INBOX:
        return redirect("inbox")
    if may_read_reports(request.user):
        return redirect("reports")
    return render(request, "home.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie for a year and go back to where the form stood."""
    wanted = request.POST.get("theme", "auto")
    if wanted == "toggle":
        wanted = "light" if request.COOKIES.get("theme") == "dark" else "dark"
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = settings.LOGIN_REDIRECT_URL
    response: HttpResponseRedirect = redirect(back)
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=_YEAR, samesite="Lax", secure=request.is_secure())
    return response
