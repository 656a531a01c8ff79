"""A calendar invitation (RFC 5545) in words: what, when, where, who asks. Pure."""

import re
from datetime import UTC, datetime

from messaging.email.cleaning import text_of_html

_WORDS = {
    "SUMMARY": "Undangan",
    "DTSTART": "Mulai",
    "DTEND": "Selesai",
    "LOCATION": "Tempat",
    "ORGANIZER": "Oleh",
}
_CANCELLED = "Undangan dibatalkan"
_MOMENT = re.compile(r"^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
LONGEST = 200_000


def invitation(text: str) -> str:
    """Lines for the first event, in Indonesian, the language of the desk; empty when there is none."""
    lines = re.sub(r"\r?\n[ \t]", "", text[:LONGEST]).splitlines()
    cancelled = any(line.strip().upper() == "METHOD:CANCEL" for line in lines)
    said: dict[str, str] = {}
    inside = False
    for line in lines:
        if line.strip().upper() in ("BEGIN:VEVENT", "END:VEVENT"):
            if inside:
                break
            inside = True
        elif inside:
            head, _colon, value = line.partition(":")
            name, *given = head.split(";")
            if name.upper() in _WORDS and name.upper() not in said:
                said[name.upper()] = _value(name.upper(), value.strip(), given)
    words = {**_WORDS, **({"SUMMARY": _CANCELLED} if cancelled else {})}
    return "\n".join(f"{words[name]}: {said[name]}" for name in _WORDS if said.get(name))


def _value(name: str, value: str, given: list[str]) -> str:
    if name in ("DTSTART", "DTEND"):
        return _moment(value, given)
    if name == "ORGANIZER":
        named = next((one.partition("=")[2].strip('"') for one in given if one.upper().startswith("CN=")), "")
        address = value.partition(":")[2] if value.lower().startswith("mailto:") else value
        return f"{named} <{address}>" if named else address
    return text_of_html(re.sub(r"\\([,;\\nN])", lambda one: " " if one[1] in "nN" else one[1], value))


def _moment(value: str, given: list[str]) -> str:
    match = _MOMENT.match(value)
    if match is None:
        return value
    zone = next((one.partition("=")[2] for one in given if one.upper().startswith("TZID=")), "")
    try:
        day = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=UTC)
    except ValueError:
        return value
    clock = f" {match[4]}.{match[5]}" if match[4] else ""
    return f"{day:%d/%m/%Y}{clock} {'UTC' if match[7] else zone}".strip()
