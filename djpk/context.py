"""What every page of the staff shell needs."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from calls.access import may_read_calls
from calls.extensions import EXTENSIONS
from chatbot.access import may_read_chatbot
from consultations.access import may_book, may_read_consultations
from djpk.simulator.access import may_simulate
from escalation.access import may_see_queue
from outreach.access import may_read_lapor
from people.access import has_role, roles_of
from people.models import Role, User
from reports.access import may_read_reports
from tickets.access import may_be_told, may_read_tickets, may_work_on_tickets
from tickets.duty.access import may_see_roster
from tickets.inbox.notices import bell_of

THEMES = {"light": _("Terang"), "dark": _("Gelap"), "auto": _("Otomatis")}
DENSITIES = {"comfortable": _("Lega"), "compact": _("Rapat")}
KEYS = {"on": _("Nyala"), "off": _("Mati")}
CHOICES = {"theme": THEMES, "density": DENSITIES, "keys": KEYS}
"""What each may choose for this browser, by the name of the cookie that keeps it."""


def may_administer(user: User | AnonymousUser) -> bool:
    return has_role(user, {Role.ADMINISTRATOR})


# url name, label, icon, for whom (None: for everyone)
_PLACES = [
    ("inbox", _("Kotak masuk"), "ti-inbox", may_read_tickets),
    ("layer2", _("Layer 2"), "ti-stairs-up", may_see_queue),
    ("calls", _("Telepon"), "ti-phone", may_read_calls),
    ("duty", _("Piket"), "ti-calendar-user", may_see_roster),
    ("consultations", _("Konsultasi"), "ti-calendar-event", may_read_consultations),
    ("front-desk", _("Meja depan"), "ti-door-enter", may_book),
    ("chatbot-statistics", _("Chatbot"), "ti-robot", may_read_chatbot),
    ("lapor", _("Email Lapor"), "ti-mail-forward", may_read_lapor),
    ("quarantine", _("Karantina"), "ti-mail-off", may_work_on_tickets),
    ("reports", _("Laporan"), "ti-chart-bar", may_read_reports),
    ("imports", _("Unggah data"), "ti-upload", may_read_reports),
    ("lines", _("Kanal"), "ti-plug-connected", may_administer),
    ("simulator", _("Simulator"), "ti-device-gamepad", may_simulate),
    ("api-docs", _("Dokumentasi API"), "ti-api", None),
    ("admin:index", _("Administrasi"), "ti-settings", may_administer),
]
_PLACE_KEYS = {
    "inbox": "g i", "layer2": "g l", "calls": "g t", "consultations": "g k", "front-desk": "g m", "reports": "g r",
}  # fmt: skip


def shell(request: HttpRequest) -> dict[str, object]:
    """The looks chosen for this browser, and for someone signed in the places of the rail and how to name them."""
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    shown: dict[str, object] = {
        "theme": chosen(request, "theme", "auto"),
        "themes": list(THEMES.items()),
        "density": chosen(request, "density", "comfortable"),
        "densities": list(DENSITIES.items()),
        "keys": chosen(request, "keys", "on"),
        "key_choices": list(KEYS.items()),
        "languages": settings.LANGUAGES,
        "live_pace": str(settings.LIVE_PACE),
    }
    if user.is_authenticated:
        shown |= {
            "navigation": navigation(request, user),
            "searches": may_read_tickets(user),
            "initials": initials(str(user)),
            "hears": may_be_told(user),
            "bell": SimpleLazyObject(lambda: bell_of(user)) if may_be_told(user) else None,
            "has_telephone": SimpleLazyObject(lambda: user.pk in EXTENSIONS().values()),
            "role_labels": [role.label for role in sorted(roles_of(user))],
        }
    return shown


def chosen(request: HttpRequest, name: str, default: str) -> str:
    """A choice kept in this browser, or the default where there is none or none that we offer."""
    value = request.COOKIES.get(name, default)
    return value if value in CHOICES[name] else default


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
        places.append({"url": url, "label": label, "icon": icon, "key": _PLACE_KEYS.get(name, "")})
    here = max(
        (str(place["url"]) for place in places if request.path.startswith(str(place["url"]))), key=len, default=""
    )
    return [place | {"current": place["url"] == here} for place in places]
