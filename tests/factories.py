"""The cast every test knows, and short ways to the rows tests start from.

Laras answers as Layer 1, Bima too; Sekar supervises; Damar answers for PK.2 and Tirta for PK.4; Wening
keeps the front desk, Galih the PPID desk. Who asks: Pak Arung of Kab. Gowa, Bu Melati of Kota Bandung,
Yosef of Kab. Jayapura, and Rangga, a student without a region.
"""

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from messaging.models import Channel
from people.contacts import find_or_create_contact
from people.models import Contact, Region, Role, Unit, User
from people.staff import Grant, create_staff
from tickets.models import Ticket, Topic

JAKARTA = ZoneInfo("Asia/Jakarta")
_serial = count(1)


def wib(text: str) -> datetime:
    """A moment in Jakarta: wib("2024-08-15 09:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


NOW = wib("2024-08-15 09:30")  # a Thursday inside service hours
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

STAFF: dict[str, tuple[str, Role, str]] = {
    "laras": ("Laras Setyani", Role.AGENT_L1, ""),
    "bima": ("Bima Pradipta", Role.AGENT_L1, ""),
    "sekar": ("Sekar Anjani", Role.SUPERVISOR, ""),
    "damar": ("Damar Wicaksono", Role.AGENT_L2, "PK.2"),
    "tirta": ("Tirta Maheswari", Role.AGENT_L2, "PK.4"),
    "wening": ("Wening Lestari", Role.FRONT_DESK, ""),
    "galih": ("Galih Prakoso", Role.PPID_OFFICER, ""),
    "ratna": ("Ratna Wulandari", Role.MANAGER, ""),
    "nala": ("Nala Kirana", Role.ADMINISTRATOR, ""),
}
CONTACTS: dict[str, tuple[str, str, str, str, str]] = {
    "arung": ("Arung Mappatunru", "arung@gowa.example", "+62 000 1000 0001", "PEMDA", "73.06"),
    "melati": ("Melati Kusumah", "melati@bandung.example", "+62 000 1000 0002", "PEMDA", "32.73"),
    "yosef": ("Yosef Wanggai", "yosef@jayapura.example", "+62 000 1000 0003", "PEMDA", "91.03"),
    "rangga": ("Rangga Aditya", "rangga@kampus.example", "", "AKADEMISI", ""),
}


def staff(username: str) -> User:
    """A member of the cast, made when first asked for."""
    user = User.objects.filter(username=username).first()
    if user:
        return user
    name, role, unit_code = STAFF[username]
    grant = Grant(role, unit(unit_code) if unit_code else None)
    return create_staff(username=username, display_name=name, grants=[grant], at=NOW, actor=None)


def contact(key: str = "arung") -> Contact:
    """A requester of the cast, made when first asked for."""
    name, email, phone, group, region_code = CONTACTS[key]
    found, _created = find_or_create_contact(
        name=name,
        email=email,
        phone=phone,
        user_group=group,
        region=region(region_code) if region_code else None,
        at=NOW,
        actor=None,
    )
    return found


def stranger(**fields: Any) -> Contact:
    """A new contact nobody knows, without handles."""
    fields = {"name": f"Pemohon {next(_serial)}", **fields}
    return find_or_create_contact(at=NOW, actor=None, **fields)[0]


def region(code: str) -> Region:
    return Region.objects.get(code=code)


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def channel(code: str = "EMAIL") -> Channel:
    return Channel.objects.get(code=code)


def topic(code: str = "DAU") -> Topic:
    return Topic.objects.get(code=code)


def ticket(**fields: Any) -> Ticket:
    """An open question of Pak Arung by e-mail at NOW, unless told otherwise."""
    from tickets.intake import open_ticket

    given = {
        "channel": channel(),
        "contact": fields.pop("contact", None) or contact(),
        "subject": "Penyaluran DAU Agustus",
        "text": "Kapan DAU bulan Agustus disalurkan?",
        "at": NOW,
        "actor": None,
        **fields,
    }
    return open_ticket(**given)
