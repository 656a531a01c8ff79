"""What is under way "today" besides tickets: coming consultations, information requests, a complaint."""

from datetime import date, datetime, time, timedelta

from consultations.booking import Wish, check_reservation, request_reservation
from consultations.models import Mode, Reservation, Room
from consultations.verbs import confirm
from djpk.demo.drafts import World
from djpk.demo.writing import Reference
from information import complaints, ppid
from kernel.months import JAKARTA
from worktime.clock import Calendar, add_working_days, is_working_day, subtract_working

# (visitor's region, topics, hour, working days from today, mode, how far it has come, guests)
CONSULTATIONS = (
    ("73.08", ("DBH",), 9, 0, Mode.FACE_TO_FACE, "confirmed", 3),
    ("33.19", ("DAU", "DBH"), 14, 0, Mode.FACE_TO_FACE, "confirmed", 4),
    ("53.09", ("DAK_FISIK",), 10, 1, Mode.VIDEO, "confirmed", 5),
    ("91.03", ("OTSUS",), 13, 1, Mode.FACE_TO_FACE, "confirmed", 2),
    ("16.08", ("PDRD",), 9, 2, Mode.FACE_TO_FACE, "checked", 3),
    ("63.10", ("JF_AKPD",), 11, 3, Mode.VIDEO, "requested", 2),
    ("12.19", ("SHSR",), 10, 4, Mode.FACE_TO_FACE, "requested", 6),
    ("81.04", ("DANA_DESA",), 13, 5, Mode.VIDEO, "requested", 4),
)  # fmt: skip
NO_LETTER = "Surat asli diterima melalui loket persuratan."
GUEST_POSTS = ("Kepala BPKAD", "Kepala Bidang Anggaran", "Analis Keuangan", "Staf", "Kepala Bagian", "Inspektur")


def write_coming(reference: Reference, world: World, today: datetime) -> None:
    """All of it, led through the verbs."""
    _consultations(reference, world, today)
    _requests(reference, world.office, today)
    _complaint(reference, world.office, today)


def _day(office: Calendar, today: datetime, ahead: int) -> date | None:
    """The n-th working day from today; None for today itself when it is none or past its morning."""
    local = today.astimezone(JAKARTA)
    if ahead:
        return add_working_days(office, local.date(), ahead)
    return local.date() if is_working_day(office, local.date()) else None


def _consultations(reference: Reference, world: World, today: datetime) -> None:
    desk, rooms = reference.users["mejadepan"], list(Room.objects.filter(active=True))
    asked = subtract_working(world.office, today, 6 * 480)
    for turn, (code, topics, hour, ahead, mode, progress, guests) in enumerate(CONSULTATIONS):
        day = _day(world.office, today, ahead)
        starts = datetime.combine(day, time(hour), JAKARTA) if day else today
        if starts <= today:
            continue
        person = world.directory.person("PEMDA", code, 1)
        reference.add_contacts([(person, asked)])
        wish = Wish(
            mode=mode, organization=reference.regions[code].display_name, user_group="PEMDA", starts_at=starts,
            topics=[reference.topics[topic] for topic in topics], region=reference.regions[code],
            guests=[(_guest(world, code, n), GUEST_POSTS[n % len(GUEST_POSTS)]) for n in range(guests)],
            contact=reference.contact(person),
            reason_face_to_face="Pembahasan memerlukan pencocokan dokumen asli." if mode == Mode.FACE_TO_FACE else "",
        )  # fmt: skip
        reservation = request_reservation(wish=wish, at=asked + timedelta(minutes=17 * turn), actor=desk)
        _advance(reservation, reference, rooms[turn % len(rooms)], progress, asked + timedelta(hours=2 + turn))


def _advance(reservation: Reservation, reference: Reference, room: Room, progress: str, at: datetime) -> None:
    desk = reference.users["mejadepan"]
    if progress == "requested":
        return
    waivers = dict.fromkeys(("letter", "lead_time", "guests"), NO_LETTER)
    reservation = check_reservation(reservation=reservation, waivers=waivers, at=at, actor=desk)
    if progress == "checked":
        return
    unit = reservation.unit or reference.units["PK.2"]
    video = reservation.mode == Mode.VIDEO
    confirm(
        reservation=reservation, room=None if video else room, expert=reference.experts[unit.code][1],
        meeting_url=f"https://teams.example/dering/{reservation.number.lower()}" if video else "",
        at=at + timedelta(minutes=20), actor=desk,
    )  # fmt: skip


def _guest(world: World, code: str, number: int) -> str:
    return world.directory.person("PEMDA", code, 1 + number).name


def _requests(reference: Reference, office: Calendar, today: datetime) -> None:
    officer = reference.users["ppid"]
    wishes = (
        ("Data realisasi APBD seluruh kota tahun lalu", "Data anggaran dan realisasi APBD", "Penelitian tesis", 240),
        ("Penyaluran DAK Nonfisik per jenis", "Data anggaran dan realisasi Transfer ke Daerah", "Skripsi", 1700),
        ("Data pinjaman daerah lima tahun terakhir", "Data anggaran dan realisasi APBD", "Bahan liputan", 4100),
    )  # fmt: skip
    names = ("Kadek Baskara", "Melati Wanabakti", "Yohanis Samudra")
    for name, (data, category, purpose, minutes) in zip(names, wishes, strict=True):
        at = subtract_working(office, today, minutes)
        research = "MEDIA" if purpose == "Bahan liputan" else "RESEARCH"
        request = ppid.register_request(
            applicant_name=name, data_requested=data, purpose=purpose, purpose_kind=research, data_category=category,
            at=at, actor=officer,
        )  # fmt: skip
        if minutes > 1000:
            ppid.assign_unit(request=request, unit=reference.units["PK.7"], at=at + timedelta(hours=1), actor=officer)
        if minutes > 4000:
            ppid.extend(
                request=request, days=5, reason="Data masih dihimpun dari beberapa unit.",
                at=subtract_working(office, today, 300), actor=officer,
            )  # fmt: skip


def _complaint(reference: Reference, office: Calendar, today: datetime) -> None:
    at = subtract_working(office, today, 500)
    complaints.register_complaint(
        kind="COMPLAINT", subject="Surat palsu undangan sosialisasi alokasi DAK Fisik",
        description="Pemerintah daerah menerima surat yang meminta biaya pendaftaran peserta.",
        topic=reference.topics["DAK_FISIK"], region=reference.regions["35.07"], at=at, actor=reference.users["laras"],
    )  # fmt: skip
