"""Chatbot sessions without an agent, lapor mails and PPID requests of the demonstration months."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotStep
from djpk.demo.copying import insert
from djpk.demo.people import FIRST, LAST
from djpk.demo.plans import AUGUST_2023, AUGUST_2024, JULY_2024
from djpk.demo.registers import table
from djpk.demo.writing import Reference
from information.models import PpidEvent, PpidRequest
from kernel.months import JAKARTA, Month
from outreach.models import LaporMail
from people.models import Contact, Region
from worktime.clock import Calendar, add_working, add_working_days, is_working_day, received_on

# Sessions per menu in the report's order; the last is dropped before a menu was chosen.
MENUS = ("ANGGARAN_TKD", "JF_AKPD", "KUNJUNGAN", "PERMOHONAN_DATA", "PDRD", "PEMBIAYAAN", "SIKD", "SHSR", "")
SESSIONS = {
    JULY_2024: (290, 31, 27, 20, 14, 6, 18, 3, 121),
    AUGUST_2024: (220, 23, 20, 15, 10, 4, 13, 2, 90),
}
# What some looked for first, and what the chatbot does not know.
UNKNOWN_WORDS = ("jadwal diklat", "dana kelurahan", "gaji honorer", "dana kelurahan", "opsen PKB")
LOOKED_EVERY = 19
MAILS = {
    AUGUST_2023: {"DBH": 900, "DAK_NONFISIK": 250, "DAU": 40, "APBD": 30},
    JULY_2024: {"DBH": 180, "DAK_NONFISIK": 21, "DAU": 9, "APBD": 7},
    AUGUST_2024: {"DBH": 218, "DAK_NONFISIK": 20, "DAU": 9, "APBD": 9},
}
MAIL_UNITS = {"DBH": "PK.2", "DAU": "PK.2", "DAK_NONFISIK": "PK.3", "APBD": "PK.7"}
MAIL_SUBJECTS = {
    "DBH": "Laporan Syarat Salur DBH Triwulan {tw} {tahun} {daerah}",
    "DAU": "Laporan Syarat Salur DAU yang Ditentukan Penggunaannya {tahun} {daerah}",
    "DAK_NONFISIK": "Laporan Realisasi DAK Nonfisik Tahap I {tahun} {daerah}",
    "APBD": "Penyampaian Laporan Realisasi APBD Semester I {tahun} {daerah}",
}
REQUESTS = {AUGUST_2023: 13, JULY_2024: 16, AUGUST_2024: 14}


def write_inflows(reference: Reference, office: Calendar) -> None:
    """All three, for all months that have them."""
    _sessions(reference)
    _mails(reference, office)
    _requests(reference, office)


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60, minute * 7 % 60), JAKARTA).astimezone(UTC)


def _spread(count: int, days: Sequence[date], opens: int, closes: int) -> Iterator[datetime]:
    """`count` moments over the days, between two minutes of the day."""
    for index in range(count):
        yield _moment(days[index * len(days) // count], opens + index * 53 % (closes - opens))


def _sessions(reference: Reference) -> None:
    menus = {menu.code: menu for menu in ChatbotMenu.objects.all()}
    people = list(reference.contacts.values())
    sessions = []
    for month, counts in SESSIONS.items():
        chosen = [code for code, count in zip(MENUS, counts, strict=True) for _ in range(count)]
        order = sorted(range(len(chosen)), key=lambda index: (index * 179) % len(chosen))
        for turn, (index, at) in enumerate(
            zip(order, _spread(len(chosen), list(month.days()), 390, 1290), strict=True)
        ):
            sessions.append(_session(reference, month, turn, at, menus.get(chosen[index]), people))
    insert(sessions)
    insert(step for turn, session in enumerate(sessions) for step in _looked(turn, session))


def _session(
    reference: Reference, month: Month, turn: int, at: datetime, menu: ChatbotMenu | None, people: list[Contact]
) -> ChatbotSession:
    """One user each; who drops out before choosing has not said who they are."""
    return ChatbotSession(
        external_id=f"demo-bot-{month}-{turn + 1:04d}", channel=reference.channels["WHATSAPP"], started_at=at,
        ended_at=at + timedelta(minutes=1 + turn % 6), menu=menu, outcome="ANSWERED" if menu else "DROPPED",
        contact=people[turn * 2 % len(people)] if menu else None,
    )  # fmt: skip


def _looked(turn: int, session: ChatbotSession) -> Iterator[ChatbotStep]:
    """What the user found no menu for, and the menu that was opened."""
    if turn % LOOKED_EVERY == 0:
        words = UNKNOWN_WORDS[turn // LOOKED_EVERY % len(UNKNOWN_WORDS)]
        yield ChatbotStep(session=session, at=session.started_at + timedelta(seconds=20), kind="MISSED", words=words)
    if session.menu:
        at = session.started_at + timedelta(seconds=45)
        yield ChatbotStep(session=session, at=at, kind="OPENED", menu=session.menu)


def _mails(reference: Reference, office: Calendar) -> None:
    regions = [region for region in reference.regions.values() if region.is_autonomous]
    mails = []
    for month, counts in MAILS.items():
        days = [day for day in month.days() if is_working_day(office, day)]
        kinds = [kind for kind, count in counts.items() for _ in range(count)]
        order = sorted(range(len(kinds)), key=lambda index: (index * 101) % len(kinds))
        for turn, (index, at) in enumerate(zip(order, _spread(len(kinds), days, 450, 1080), strict=True)):
            region = regions[(turn * 17 + month.month) % len(regions)]
            mails.append(_mail(reference, month, turn, at, kinds[index], region))
    insert(mails)


def _mail(reference: Reference, month: Month, turn: int, at: datetime, kind: str, region: Region) -> LaporMail:
    quarter = "III" if turn % 4 else "II"
    domain = "".join(filter(str.isalpha, region.display_name.lower()))
    return LaporMail(
        external_id=f"<demo-lapor-{month}-{turn + 1:04d}@example.go.id>", received_at=at, document_type=kind,
        sender=f"keuangan@{domain}.example.go.id", unit=reference.units[MAIL_UNITS[kind]], region=region,
        subject=MAIL_SUBJECTS[kind].format(tw=quarter, tahun=month.year, daerah=region.display_name),
        period=f"{month.year}-TW{len(quarter)}" if kind == "DBH" else f"{month.year}-S1",
    )  # fmt: skip


def _requests(reference: Reference, office: Calendar) -> None:
    wishes = list(table("ppid_requests"))
    requests, events = [], []
    for month, count in REQUESTS.items():
        days = [day for day in month.days() if is_working_day(office, day)]
        for turn, at in enumerate(_spread(count, days, 500, 900)):
            request = _request(reference, office, month, turn, at, wishes[turn % len(wishes)])
            request.answered_at = answered = add_working(office, at, 900 + turn * 331 % 3000)
            requests.append(request)
            events += _steps(request, reference, answered)
    insert(requests)
    insert(events)


def _request(
    reference: Reference, office: Calendar, month: Month, turn: int, at: datetime, wish: dict[str, str]
) -> PpidRequest:
    serial = turn * 13 + month.month + month.year
    region = list(reference.regions.values())[serial * 7 % 38]
    slots = {"tahun_lalu": month.year - 1, "daerah": region.display_name}
    return PpidRequest(
        number=f"PPID-{month.year}{month.month:02d}-{turn + 1:02d}", unit=reference.units["PK.7"],
        applicant_name=f"{FIRST[serial * 5 % len(FIRST)]} {LAST[serial * 11 % len(LAST)]}",
        applicant_kind="LEGAL_ENTITY" if wish["purpose_kind"] == "ADVOCACY" else "CITIZEN",
        data_requested=wish["data_requested"].format(**slots), purpose=wish["purpose"],
        purpose_kind=wish["purpose_kind"], data_category=wish["data_category"], status="ANSWERED", received_at=at,
        due_on=add_working_days(office, received_on(office, at), 10),
        answer="Data yang dimohon tersedia dan telah dikirimkan ke alamat surel pemohon tanpa biaya.",
    )  # fmt: skip


def _steps(request: PpidRequest, reference: Reference, answered: datetime) -> list[PpidEvent]:
    officer = reference.users["ppid"]
    taken = request.received_at + timedelta(minutes=35)
    unit = request.unit.code if request.unit else ""
    return [
        PpidEvent(request=request, at=request.received_at, code="ppid.registered", to_value="RECEIVED"),
        PpidEvent(
            request=request, at=taken, actor=officer, code="ppid.unit_assigned", to_value=unit,
            data={"status": ["RECEIVED", "IN_PROGRESS"]},
        ),
        PpidEvent(
            request=request, at=answered, actor=officer, code="ppid.answered", from_value="IN_PROGRESS",
            to_value="ANSWERED",
        ),
    ]  # fmt: skip
