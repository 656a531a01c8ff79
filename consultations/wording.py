"""A consultation in words: its time in one or both zones, its place, its mails."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consultations.models import Mode, Reservation
from kernel.formats import clock_time, day_name, long_date, short_date
from kernel.months import JAKARTA

_A_MONDAY = date(2024, 1, 1)


def spoken() -> str:
    return get_language() or "id"


def visitor(reservation: Reservation) -> str:
    """Who comes, as the register names it: the region, else the organisation."""
    of_region = reservation.region is not None and reservation.user_group == "PEMDA"
    return reservation.region.display_name if of_region and reservation.region else reservation.organization


def span(start: datetime, end: datetime, zone: ZoneInfo = JAKARTA) -> str:
    """ "10.30 s.d. 11.30", by the clock of a zone."""
    first, last = (clock_time(moment.astimezone(zone), spoken()) for moment in (start, end))
    return _("{first} s.d. {last}").format(first=first, last=last)


def clocks(reservation: Reservation) -> str:
    """ "10.30 s.d. 11.30 WIB", and where the requester's clock is another "(12.30 s.d. 13.30 WIT)" too."""
    said = f"{span(reservation.starts_at, reservation.ends_at)} WIB"
    theirs = there(reservation)
    return f"{said} ({theirs})" if theirs else said


def there(reservation: Reservation) -> str:
    """The time by the requester's clock with its zone; empty where it is that of Jakarta or not known."""
    region = reservation.region
    if region is None or not region.iana_zone or region.zone == "WIB":
        return ""
    return f"{span(reservation.starts_at, reservation.ends_at, ZoneInfo(region.iana_zone))} {region.zone}"


def day(reservation: Reservation, *, short: bool = False) -> str:
    """ "Rabu, 7 Agustus 2024"."""
    date = reservation.starts_at.astimezone(JAKARTA).date()
    if short:
        return f"{day_name(date, spoken())[:3]} {short_date(date, spoken(), year=True)}"
    return f"{day_name(date, spoken())}, {long_date(date, spoken())}"


def weekday_names() -> list[tuple[int, str]]:
    """(0, "Senin") to (6, "Minggu")."""
    return [(day, day_name(_A_MONDAY + timedelta(days=day), spoken())) for day in range(7)]


def weekdays_in_words(days: Collection[int]) -> str:
    """ "Senin s.d. Jumat", "Selasa, Kamis"; 0 is Monday."""
    by_number = dict(weekday_names())
    names = [by_number[day] for day in sorted(days)]
    if len(names) > 2 and max(days) - min(days) == len(names) - 1:
        return _("{first} s.d. {last}").format(first=names[0], last=names[-1])
    return ", ".join(names)


def hours_in_words(hours: tuple[int, int]) -> str:
    """(540, 720) -> "09.00 s.d. 12.00", as clocks are written in the language in force; midnight ends at 24.00."""
    first, last = (clock_in_words(minutes) for minutes in hours)
    return _("{first} s.d. {last}").format(first=first, last=last)


def clock_in_words(minutes: int) -> str:
    """570 -> "09.30"."""
    mark = clock_time(datetime(2024, 1, 1, tzinfo=JAKARTA), spoken())[2]
    return f"{minutes // 60:02d}{mark}{minutes % 60:02d}"


def place(reservation: Reservation) -> str:
    """The room, or that it is by video."""
    if reservation.mode == Mode.VIDEO:
        return _("Video conference")
    return str(reservation.room) if reservation.room else _("Ruang belum ditentukan")


def topics(reservation: Reservation) -> str:
    return ", ".join(str(topic) for topic in reservation.topics.all())


def invitation(reservation: Reservation) -> str:
    """The mail that confirms: when, where, how to get there or the link."""
    return _letter(
        reservation,
        _("Konsultasi Anda dengan DJPK telah dikonfirmasi dengan nomor {number}.").format(number=reservation.number),
        *_facts(reservation),
        *way(reservation),
        "",
        _("Undangan kalender terlampir. Bila berhalangan, mohon segera membalas surat ini."),
    )


def reminder(reservation: Reservation) -> str:
    """The mail of the day before."""
    told = _("Kami mengingatkan konsultasi Anda dengan DJPK.")
    return _letter(reservation, told, *_facts(reservation), *way(reservation))


def way(reservation: Reservation) -> list[str]:
    """How to come there: the link of the meeting, or the room and its directions."""
    if reservation.mode == Mode.VIDEO:
        return [_("Tautan rapat: {url}").format(url=reservation.meeting_url)] if reservation.meeting_url else []
    room = reservation.room
    return [line for line in (_("Tempat: {room}").format(room=room), room.directions) if line] if room else []


def place_found(reservation: Reservation) -> str:
    """What somebody who waited is told: there is a place, and what comes next."""
    found = _("Tempat untuk konsultasi Anda dengan DJPK sudah tersedia, nomor {number}.").format(
        number=reservation.number
    )
    confirmed = reservation.status == Reservation.Status.CONFIRMED
    following = _("Permohonan Anda sedang kami periksa; undangan menyusul.")
    if confirmed:
        following = _("Konsultasi Anda sudah dikonfirmasi; tautan rapat menyusul.")
    return _letter(reservation, found, *_facts(reservation), "", following)


def cancellation(reservation: Reservation, reason: str) -> str:
    """The mail that takes an invitation back."""
    told = _("Konsultasi berikut dibatalkan: {reason}").format(reason=reason)
    return _letter(reservation, told, *_facts(reservation))


def moved(reservation: Reservation, successor: Reservation, reason: str) -> str:
    """The mail that takes an invitation back because another time was agreed."""
    told = _("Jadwal konsultasi berikut diubah: {reason}").format(reason=reason)
    when = _("Jadwal baru: {day}, {clocks}, nomor {number}. Undangannya menyusul.").format(
        day=day(successor), clocks=clocks(successor), number=successor.number
    )
    return _letter(
        reservation, told if reason else _("Jadwal konsultasi berikut diubah."), *_facts(reservation), "", when
    )


def rating_request(reservation: Reservation, address: str) -> str:
    """The mail that asks for a rating."""
    asked = _("Terima kasih telah berkonsultasi dengan DJPK. Mohon beri nilai layanan kami lewat tautan berikut:")
    return _letter(reservation, asked, address)


def _facts(reservation: Reservation) -> list[str]:
    expert = reservation.expert
    return [
        "",
        _("Waktu: {day}, {clocks}").format(day=day(reservation), clocks=clocks(reservation)),
        _("Topik: {topics}").format(topics=topics(reservation)),
        *([_("Narasumber: {expert}").format(expert=expert)] if expert else []),
    ]


def _letter(reservation: Reservation, *lines: str) -> str:
    name = reservation.contact.name if reservation.contact else visitor(reservation)
    greeting = _("Yth. Bapak/Ibu {name},").format(name=name)
    return "\n".join([greeting, "", *(line for line in lines), "", _("Contact Center DJPK")])
