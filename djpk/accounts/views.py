"""Sign-in, sign-out and the pages of one's own account."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.logout import logout
from allauth.account.stages import LoginStage
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from djpk.accounts.forms import ProfileForm
from djpk.accounts.second_factor import SecondFactorAdapter
from djpk.accounts.sessions import described
from djpk.demo_accounts import offered_accounts
from kernel.errors import Refused
from people.staff import change_staff

View = Callable[..., HttpResponse]


class SignIn(account.LoginView):
    """User name and password. The demonstration accounts stand below it when DERING_DEMO is set."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            next=self.get_next_url() or "",
            demo_accounts=offered_accounts(),
            mail_configured=settings.MAIL_CONFIGURED,
            sso_label=settings.OIDC_LABEL if settings.OIDC_ISSUER else "",
            **kwargs,
        )

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> HttpResponseRedirect | None:
        """Whoever comes back to this page halfway begins anew; a second factor is asked for after that."""
        if request.method == "POST":
            logout(request, show_message=False)
            return None
        return super()._redirect_to_pending_stage(request, stage)


sign_in = SignIn.as_view()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, or a sign-in that waits for its second factor; to whoever only follows a link, the button."""
    if request.method != "POST":
        return render(request, "account/sign_out.html")
    logout(request, show_message=False)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def needs_mail(view: View) -> View:
    """A page that exists only where mail can be sent."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.MAIL_CONFIGURED:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """Name, mail and telephone of whoever is signed in."""
    user = request.user
    known = {"display_name": user.display_name, "email": user.email, "phone": user.phone}
    form = ProfileForm(request.POST or None, initial=known, mail_is_identity=bool(settings.OIDC_ISSUER))
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(user=user, **{**known, **form.cleaned_data}, at=timezone.now(), actor=user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Profil tersimpan."))
            return redirect("account")
    return render(request, "account/profile.html", {"form": form})


class ChangePassword(account.PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Accounts without a password sign in elsewhere and have none to change."""
        if not request.user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


change_password = login_required(never_cache(ChangePassword.as_view()))


@login_required
def keys(request: HttpRequest) -> HttpResponse:
    """The keys stand among the other factors."""
    return redirect("mfa_index")


class RemoveKey(webauthn.RemoveWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        """The last factor of someone who must have one stays."""
        adapter = SecondFactorAdapter()
        if not adapter.can_delete_authenticator(self.object):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


remove_key = never_cache(RemoveKey.as_view())


class Sessions(usersessions.ListUserSessionsView):
    """Where the account is signed in; posting ends all other sessions."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if not UserSession.objects.filter(session_key=self.request.session.session_key).exists():
            UserSession.objects.create_from_request(self.request)
        shown = super().get_context_data(**kwargs)
        rows = sorted(shown["sessions"], key=lambda row: (row.is_current(), row.last_seen_at), reverse=True)
        return {**shown, "sessions": [described(row) for row in rows]}


sessions = never_cache(Sessions.as_view())


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    row = get_object_or_404(UserSession, pk=pk, user=request.user)
    current = row.is_current()
    end_sessions(request, [row])
    if current:
        return redirect("sign-in")
    messages.success(request, _("Sesi diakhiri."))
    return redirect(reverse("usersessions_list"))
