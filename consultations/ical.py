"""Calendar files (RFC 5545) of consultations. Pure: events in, text out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//DJPK//Dering//ID"
_LONGEST = 75  # octets of a line


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment. `sequence` grows with every change; moments are aware; `organizer` is a mail address."""

    uid: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    stamped_at: datetime
    description: str = ""
    location: str = ""
    url: str = ""
    organizer: str = ""
    attendee: str = ""
    sequence: int = 0
    cancelled: bool = False


def calendar(entries: Iterable[Entry], *, method: str = "PUBLISH", name: str = "") -> str:
    """The file. `method` REQUEST invites, CANCEL takes back, PUBLISH is a feed."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    if name:
        lines.append(f"X-WR-CALNAME:{_text(name)}")
    for entry in entries:
        lines += _event(entry)
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _event(entry: Entry) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"DTSTAMP:{_moment(entry.stamped_at)}",
        f"DTSTART:{_moment(entry.starts_at)}",
        f"DTEND:{_moment(entry.ends_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_text(entry.summary)}",
    ]
    for name, value in (("DESCRIPTION", entry.description), ("LOCATION", entry.location)):
        if value:
            lines.append(f"{name}:{_text(value)}")
    if entry.url:
        lines.append(f"URL:{_plain(entry.url)}")
    if entry.organizer:
        lines.append(f"ORGANIZER:mailto:{_plain(entry.organizer)}")
    if entry.attendee:
        lines.append(f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{_plain(entry.attendee)}")
    return [*lines, "END:VEVENT"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join(_plain(line) for line in lines)


def _plain(value: str) -> str:
    """Without what would end the line or is no text."""
    return "".join(character for character in value if character.isprintable() or character == "\t")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets, cut between characters; what goes on starts with a space."""
    found, current, size = [], "", 0
    for character in line:
        width = len(character.encode())
        if size + width > _LONGEST:
            found.append(current)
            current, size = " ", 1
        current, size = current + character, size + width
    return [*found, current]
