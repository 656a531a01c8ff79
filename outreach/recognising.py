"""Which document a lapor mail holds, of what period, from which region, for which unit. Pure but for the rules.

Corrections win over the rules that were written: the sender's region, the subject's document. What nothing says
stays open for a person to fill in.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import Refused
from outreach.models import LaporRule
from people.models import Region
from people.regions import RegionIndex

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("januari jan", "februari feb", "maret mar", "april apr", "mei", "juni jun", "juli jul", "agustus agt agu",
         "september sept sep", "oktober okt", "november nov", "desember des"), 1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, words in enumerate(("i satu pertama 1", "ii dua kedua 2", "iii tiga ketiga 3", "iv empat keempat 4"), 1)
    for word in words.split()
}
_YEAR = re.compile(r"\b(20[0-9]{2})\b")
_PART = re.compile(r"\b(triwulan|tw|semester|smt|tahap)[\s.-]*(?:ke[\s-]*)?(" + "|".join(_NUMBERS) + r")\b")
_PARTS = {"triwulan": "TW", "tw": "TW", "semester": "S", "smt": "S", "tahap": "T"}
_MONTH = re.compile(
    r"\b(" + "|".join(_MONTHS) + r")\b[\s,.]*(?:(?:tahun|thn|th|ta)\b\.?\s*)?(?:anggaran\s+)?(20[0-9]{2})\b"
)
# "09-2026" and "2026-09"; not within a date or the number of a letter.
_NUMERIC = re.compile(
    r"(?<![\w./-])(?:(?P<m>0[1-9]|1[0-2])[-/.](?P<y>20[0-9]{2})|(?P<y2>20[0-9]{2})[-/.](?P<m2>0[1-9]|1[0-2]))(?![\w/-])"
)
_PLACE = re.compile(
    r"\b(pemerintah\s+)?(kabupaten|kab|pemkab|kota|pemkot|provinsi|prov|pemprov)(?:\.\s*|\s+)((?:kep\.\s*)?[a-z'-]+(?:\s+[a-z'-]+){0,3})"
)
_KINDS = {"pemkab": "kab", "pemkot": "kota", "pemprov": "prov"}
_DOMAIN = re.compile(r"(?:^|\.)([a-z-]+?)(kab|kota|prov)\.go\.id$")
PUBLIC = frozenset({"gmail.com", "yahoo.com", "yahoo.co.id", "outlook.com", "hotmail.com", "ymail.com", "icloud.com"})


@dataclass(frozen=True, slots=True)
class Found:
    document_type: str = ""
    period: str = ""
    region: Region | None = None
    unit_code: str = ""


def recognise(*, subject: str, text: str = "", names: Iterable[str] = (), sender: str = "") -> Found:
    """What the mail is, by the rules as they are now; fields that nothing tells are empty."""
    rules = list(LaporRule.objects.select_related("region"))
    whole = " ".join([subject, *names, text[:4000]]).lower().replace("_", " ")
    rule = _by_subject(rules, subject) or _by_words(rules, whole)
    return Found(
        document_type=rule.document_type if rule else "",
        unit_code=rule.unit_code if rule else "",
        period=period_of(subject) or period_of(whole),
        region=_by_sender(rules, sender) or place_of(whole) or _by_domain(sender),
    )


def period_of(text: str) -> str:
    """ "Triwulan III 2024" is 2024-TW3, "Semester I" S1, "Tahap II" T2, "Agustus 2024" 2024-08, a year alone itself."""
    low = text.lower().replace("_", " ")
    year = _YEAR.search(low)
    if part := _PART.search(low):
        year = _YEAR.search(low, part.end()) or year
        return f"{year[1]}-{_PARTS[part[1]]}{_NUMBERS[part[2]]}" if year else ""
    if month := _MONTH.search(low):
        return f"{month[2]}-{_MONTHS[month[1]]:02d}"
    if numeric := _NUMERIC.search(low):
        return f"{numeric['y'] or numeric['y2']}-{numeric['m'] or numeric['m2']}"
    return year[1] if year else ""


def place_of(text: str) -> Region | None:
    """The first kabupaten, kota or provinsi that is named with its kind."""
    for match in _PLACE.finditer(text.lower()):
        kind, words = match[2], match[3].split()
        for length in range(len(words), 0, -1):
            if region := _region(f"{_KINDS.get(kind, kind)} {' '.join(words[:length])}"):
                return region
    return None


def skeleton(subject: str) -> str:
    """The subject without place, period and numbers, by which the next one of its kind is known."""
    low = _PLACE.sub(" ", _MONTH.sub(" ", _PART.sub(" ", subject.lower())))
    low = re.sub(r"\b(re|fw|fwd|ta|tahun|anggaran)\b|[^a-z\s]", " ", low)
    return " ".join(low.split())[:255]


def sender_keys(sender: str) -> list[str]:
    """The address, then its domain unless anybody may have one there."""
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    return [address, *([domain] if domain and domain not in PUBLIC else [])] if "@" in address else []


def _by_subject(rules: list[LaporRule], subject: str) -> LaporRule | None:
    wanted = skeleton(subject)
    found = (rule for rule in rules if rule.kind == LaporRule.Kind.SUBJECT and rule.pattern == wanted)
    return next(found, None) if wanted else None


def _by_words(rules: list[LaporRule], text: str) -> LaporRule | None:
    """The first rule all of whose words, comma between them, stand in the text."""
    for rule in rules:
        words = [word.strip() for word in rule.pattern.lower().split(",") if word.strip()]
        if rule.kind == LaporRule.Kind.WORDS and words and all(re.search(rf"\b{re.escape(w)}\b", text) for w in words):
            return rule
    return None


def _by_sender(rules: list[LaporRule], sender: str) -> Region | None:
    known = {rule.pattern: rule.region for rule in rules if rule.kind == LaporRule.Kind.SENDER}
    return next((known[key] for key in sender_keys(sender) if known.get(key)), None)


def _by_domain(sender: str) -> Region | None:
    match = _DOMAIN.search(sender.lower().rpartition("@")[2])
    return _region(f"{match[2]} {match[1].replace('-', ' ')}") if match else None


def _region(text: str) -> Region | None:
    try:
        return RegionIndex.load().resolve(text)
    except Refused:
        return None
