"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

Page = Callable[..., HttpResponse]


def page_for(allowed: Callable[[Any], bool]) -> Callable[[Page], Page]:
    """For users who are allowed; others get 403, strangers the way to sign in.

    A stranger's htmx request gets 401: the page stays, with what was typed. Caches are told that answers differ.
    """

    def decorated(view: Page) -> Page:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=401)
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            patch_vary_headers(response, ["HX-Request"])
            return response

        return checked

    return decorated
