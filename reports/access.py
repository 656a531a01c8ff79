"""Who may read the monthly report and the rows behind its figures."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from people.access import has_role
from people.models import Role, User

READERS = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR})


def may_read_reports(user: User | AnonymousUser) -> bool:
    """Managers, supervisors and administrators read reports."""
    return has_role(user, READERS)


def readers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send strangers to the sign-in page and everyone without the role to the 403 page."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_read_reports(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
