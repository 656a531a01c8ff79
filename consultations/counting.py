"""How many guests the front desk has counted."""

from django.utils.translation import gettext_lazy as _

from consultations.models import Reservation
from kernel.errors import Refused

MOST_GUESTS = 200


def counted(reservation: Reservation) -> int:
    """How many the desk has counted; 0 before they came."""
    event = reservation.events.filter(code__in=("reservation.checked_in", "reservation.recounted")).last()
    return int(event.data["guest_count"]) if event else 0


def check_count(count: int) -> None:
    if not 1 <= count <= MOST_GUESTS:
        raise Refused("reservation.needs_guests", _("Isi jumlah tamu yang hadir."))
