"""The admin for administrators: settings, reference data and what was done, in the shell's clothes."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from djpk.context import may_administer


class DeringAdminSite(AdminSite):
    """Only administrators (and superusers) come in, by role; Django's own permissions are not asked."""

    site_title = _("Administrasi Dering")
    site_header = _("Administrasi Dering")
    index_title = _("Pengaturan dan catatan")
    enable_nav_sidebar = True
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return may_administer(request.user)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Strangers sign in where everybody does; others than administrators are told no."""
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect("admin:index")
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': wanted})}")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """One's own password is changed where everybody changes it."""
        return redirect("account_change_password")
