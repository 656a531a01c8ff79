"""The populations that figures count in, in words (report outline, "Populations")."""

import re

from django.utils.translation import gettext_lazy as _

POPULATIONS = {
    "P1": _(
        "Tiket yang dibuat pada bulan itu melalui WhatsApp, telepon, email call center, HAI, dan Live Chat; tanpa "
        "tiket gabungan, spam, dan simulator."
    ),
    "P2": _("Tiket P1 yang zona waktunya dikenal dari daerah kontak."),
    "P3": _("Tiket P2 di luar jam layanan menurut jam daerahnya."),
    "P4": _("Kontak berbeda dengan sedikitnya satu tiket P1."),
    "P5": _("Sesi chatbot yang berakhir tanpa Chat Agent; tidak menjadi tiket."),
    "P6": _("Email ke kotak lapor.djpk; bukan tiket."),
    "P7": _("Eskalasi melalui aplikasi ke Layer 2 dari tiket P1."),
}


def populations(text: str) -> list[tuple[str, object]]:
    """The populations that a figure's description names, with what they mean."""
    return [(code, POPULATIONS[code]) for code in dict.fromkeys(re.findall(r"\bP[1-7]\b", text))]
