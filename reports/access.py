"""Who may read the monthly report and the rows behind its figures."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from people.models import Role, User

READERS = {Role.MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR}


def roles_of(user: User) -> list[Role]:
    """The user's roles, read once per request."""
    if not hasattr(user, "_roles"):
        user._roles = sorted({Role(role) for role in user.roles.values_list("role", flat=True)})
    return user._roles


def may_read_reports(user: User) -> bool:
    """Managers, supervisors and administrators read reports."""
    return user.is_superuser or not READERS.isdisjoint(roles_of(user))


def readers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send strangers to the sign-in page and everyone without the role to the 403 page."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_read_reports(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
