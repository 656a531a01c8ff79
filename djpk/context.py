"""What every page of the staff shell needs."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from people.access import has_role, roles_of
from people.models import Role, User
from reports.access import may_read_reports
from tickets.access import may_read_tickets

THEMES = {"light": _("Terang"), "dark": _("Gelap"), "auto": _("Otomatis")}


def may_administer(user: User | AnonymousUser) -> bool:
    return has_role(user, {Role.ADMINISTRATOR})


# url name, label, icon, for whom (None: for everyone)
_PLACES = [
    ("inbox", _("Kotak masuk"), "ti-inbox", may_read_tickets),
    ("reports", _("Laporan"), "ti-chart-bar", may_read_reports),
    ("imports", _("Unggah data"), "ti-upload", may_read_reports),
    ("api-docs", _("Dokumentasi API"), "ti-api", None),
    ("admin:index", _("Administrasi"), "ti-settings", may_administer),
]


def shell(request: HttpRequest) -> dict[str, object]:
    """The theme, and for someone signed in the places of the rail and how to name them."""
    theme = request.COOKIES.get("theme", "auto")
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    shown: dict[str, object] = {
        "theme": theme if theme in THEMES else "auto",
        "themes": list(THEMES.items()),
        "languages": settings.LANGUAGES,
    }
    if user.is_authenticated:
        shown |= {
            "navigation": navigation(request, user),
            "initials": initials(str(user)),
            "role_labels": [role.label for role in sorted(roles_of(user))],
        }
    return shown


def initials(name: str) -> str:
    """Two letters for the avatar: "Rina Kartika" -> "RK", "manajer" -> "MA"."""
    words = name.split()
    letters = words[0][0] + words[1][0] if len(words) > 1 else name[:2]
    return letters.upper()


def navigation(request: HttpRequest, user: User | AnonymousUser) -> list[dict[str, object]]:
    places = []
    for name, label, icon, allowed in _PLACES:
        if allowed and not allowed(user):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        places.append({"url": url, "label": label, "icon": icon, "current": request.path.startswith(url)})
    return places
