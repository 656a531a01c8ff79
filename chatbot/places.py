"""Which region someone means who writes freely: "saya dari pemkab goa sulsel". Pure over the index of regions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from people.models import Region
from people.regions import RegionIndex, normalise

MOST = 3
LONGEST = 120  # letters that are looked at
CLOSE_ENOUGH = 0.78
SWAPPED = 0.95
_WRITTEN = (
    (re.compile(r"\b(pemerintah|pemda|pem|daerah)\s+(?=(kab|kota|prov|prop))"), ""),
    (re.compile(r"\bpemkab\b"), "kabupaten"),
    (re.compile(r"\bpem(kot|ko)\b"), "kota"),
    (re.compile(r"\bpemprov\b"), "provinsi"),
)
_AROUND = re.compile(
    r"\b(saya|kami|dari|di|asal|nya|daerah|wilayah|pemda|pemerintah|bpkad|bkad|bppkad|dinas|ya|pak|bu)\b"
)
_LEVEL = re.compile(r"^(?:provinsi|kabupaten|kota)\|")


@dataclass(frozen=True, slots=True)
class Place:
    """A region to confirm: its code, and its full name with its province."""

    code: str
    label: str
    short: str


def place_of(region: Region, index: RegionIndex) -> Place:
    province = index.by_code.get(region.code[:2]) if "." in region.code else None
    label = f"{region.full_name}, {province.name}" if province else region.full_name
    return Place(region.code, label, region.display_name)


def recognise(text: str, index: RegionIndex) -> list[Place]:
    """At most three regions that may be meant, the likeliest first; several also where a name has two owners."""
    said = _cleaned(text)
    for words in _windows(said):
        if found := _exact(words, index):
            return [place_of(index.by_code[code], index) for code in found[:MOST]]
    return [place_of(index.by_code[code], index) for code in _close(said, index)]


def _cleaned(text: str) -> str:
    said = " ".join(re.sub(r"[^\w\s.'-]", " ", text.lower()[:LONGEST]).split())
    for pattern, instead in _WRITTEN:
        said = pattern.sub(instead, said)
    return " ".join(said.split())


def _windows(said: str) -> Iterator[str]:
    """The text whole, then its runs of words from long to short, each also without what stands around names."""
    yield said
    words = _AROUND.sub(" ", said).split()[:12]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _exact(words: str, index: RegionIndex) -> list[str]:
    if words in index.by_code:
        return [words]
    name = normalise(words)
    if len(name.partition("|")[2]) < 3:
        return []
    return sorted(index.by_name.get(name, ()))


def _close(said: str, index: RegionIndex) -> list[str]:
    """By likeness of the letters, for names that are misspelt."""
    kind, _bar, name = normalise(_AROUND.sub(" ", said)).partition("|")
    if len(name) < (3 if kind != "?" else 4):
        return []
    scored: dict[str, float] = {}
    for known in _names(tuple(index.by_name)):
        level, _bar, other = known.partition("|")
        if kind not in ("?", level) or abs(len(other) - len(name)) > max(3, len(name) // 3):
            continue
        likeness = _likeness(name, other)
        if likeness >= CLOSE_ENOUGH:
            for code in index.by_name[known]:
                scored[code] = max(scored.get(code, 0), likeness)
    return [code for code, _score in sorted(scored.items(), key=lambda one: (-one[1], one[0]))][:MOST]


def _likeness(one: str, other: str) -> float:
    if _swapped(one, other):
        return SWAPPED
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= CLOSE_ENOUGH else 0.0


def _swapped(one: str, other: str) -> bool:
    """Whether two letters beside each other changed places, the commonest slip of fast fingers: "gwoa"."""
    if len(one) != len(other):
        return False
    off = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    return len(off) == 2 and off[1] == off[0] + 1 and one[off[0]] == other[off[1]] and one[off[1]] == other[off[0]]


@lru_cache(maxsize=4)
def _names(all_names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with their level; those without say the same twice."""
    return tuple(name for name in all_names if _LEVEL.match(name))
