"""Who may open a page of consultations."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

Page = Callable[..., HttpResponse]


def page_for(allowed: Callable[[Any], bool]) -> Callable[[Page], Page]:
    """For those who are allowed; others get 403, strangers the way to sign in."""

    def decorated(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401)
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorated
