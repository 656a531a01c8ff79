"""Calendar files as RFC 5545 asks: folded lines, escaped text, moments in UTC."""

from consultations.ical import Entry, calendar
from tests import factories as make

ENTRY = Entry(
    uid="RSV-24-00001@dering.djpk",
    summary="Konsultasi Kab. Gowa; DAU, DBH",
    starts_at=make.wib("2024-08-20 09:00"),
    ends_at=make.wib("2024-08-20 10:00"),
    stamped_at=make.NOW,
)


def lines(**changes):
    from dataclasses import replace

    return calendar([replace(ENTRY, **changes)]).split("\r\n")


def test_the_whole_file():
    assert calendar([ENTRY], method="REQUEST", name="Konsultasi") == "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//DJPK//Dering//ID", "CALSCALE:GREGORIAN", "METHOD:REQUEST",
            "X-WR-CALNAME:Konsultasi", "BEGIN:VEVENT", "UID:RSV-24-00001@dering.djpk", "DTSTAMP:20240815T023000Z",
            "DTSTART:20240820T020000Z", "DTEND:20240820T030000Z", "SEQUENCE:0", "STATUS:CONFIRMED",
            r"SUMMARY:Konsultasi Kab. Gowa\; DAU\, DBH", "END:VEVENT", "END:VCALENDAR", "",
        ]
    )  # fmt: skip


def test_text_cannot_add_lines():
    found = lines(description="Satu\nDua\r\nBEGIN:VALARM", url="https://a.example/\r\nX-A:1", location="a\\b")
    assert r"DESCRIPTION:Satu\nDua\nBEGIN:VALARM" in found
    assert "URL:https://a.example/X-A:1" in found
    assert r"LOCATION:a\\b" in found


def test_long_lines_are_folded_between_characters():
    found = lines(description="é" * 100)
    start = next(index for index, line in enumerate(found) if line.startswith("DESCRIPTION:"))
    folded = [found[start]]
    while found[start + len(folded)].startswith(" "):
        folded.append(found[start + len(folded)])
    assert all(len(line.encode()) <= 75 for line in folded)
    assert "".join([folded[0], *(line[1:] for line in folded[1:])]) == "DESCRIPTION:" + "é" * 100
