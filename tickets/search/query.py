"""The language of a search, pure: `dak fisik "tahap II" -dbh kanal:wa wilayah:"Kab. Gowa"`.

Words must all occur. `"…"` is a phrase, `-` in front leaves out, `*` behind means "begins with"; so does the last
word as long as nothing follows it. `name:value` narrows; several values are separated by commas. Any text can be
read; what is not understood comes back as a `Problem`, never as silence.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 300
MOST = 16  # words and filters
SHORTEST_PREFIX = 2
_TOKEN = re.compile(
    r"""(?P<out>-(?=[^\s-]))?                       # leave out
        (?:(?P<name>[a-z][a-z_-]*):(?!//))?   # a filter, not http://
        (?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s"]+)|(?P<space>\s+)|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_QUOTES = str.maketrans("“”„«»", '"""""')

FILTERS: dict[str, tuple[str, ...]] = {
    "topik": ("topic", "subjek"),
    "kanal": ("channel", "lewat"),
    "zona": ("zone",),
    "status": ("state",),
    "prioritas": ("priority",),
    "agen": ("agent", "assignee", "petugas"),
    "wilayah": ("region", "daerah", "pemda", "lokasi"),
    "kelompok": ("group",),
    "unit": (),
    "tanda": ("tag", "label"),
    "dari": ("from", "after", "since", "sejak"),
    "sampai": ("to", "before", "until", "hingga"),
    "nomor": ("number", "no", "tiket", "ticket"),
    "berkas": ("file", "lampiran", "attachment"),
    "pemohon": ("contact", "kontak", "requester"),
    "adalah": ("is",),
}
"""The filters by the name they are shown with, and other names for them."""
FLAGS: dict[str, tuple[str, ...]] = {
    "belum-dibaca": ("unread",),
    "lewat-tenggat": ("overdue", "late"),
    "jatuh-tempo": ("due",),
    "berlampiran": ("has-file", "attached"),
    "spam": ("junk",),
}
"""What may stand behind `adalah:`. Those with a hyphen may also stand alone."""
_FILTER_OF = {name: own for own, others in FILTERS.items() for name in (own, *others)}
_FLAG_OF = {name: own for own, others in FLAGS.items() for name in (own, *others)}
_ALONE = {name: own for name, own in _FLAG_OF.items() if "-" in name}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that must occur, or must not."""

    text: str
    phrase: bool = False
    out: bool = False
    prefix: bool = False

    def __str__(self) -> str:
        return ("-" if self.out else "") + (f'"{self.text}"' if self.phrase else self.text + "*" * self.prefix)


@dataclass(frozen=True, slots=True)
class Filter:
    """`name:value,value`: one of the values must hold, or with `out` none of them."""

    name: str
    values: tuple[str, ...]
    out: bool = False

    def __str__(self) -> str:
        spaced = len(self.values) == 1 and not _plain(self.values[0])
        value = f'"{self.values[0]}"' if spaced else ",".join(self.values)
        return f"{'-' if self.out else ''}{self.name}:{value}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was not understood: the sentence, and texts that may have been meant."""

    message: "str | Promise"
    params: dict[str, str] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return str(self.message).format(**self.params)


@dataclass(frozen=True, slots=True)
class Query:
    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        """The same search in one way of writing; reading it again gives the same query."""
        return " ".join([*map(str, self.filters), *map(str, self.terms)]) + (" " if self._closes else "")

    @property
    def _closes(self) -> bool:
        last = self.terms[-1] if self.terms else None
        return last is not None and not (last.phrase or last.prefix or last.out)

    @property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if not term.out)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.out)

    @property
    def plain(self) -> str:
        """The wanted words alone, as typed."""
        return " ".join(term.text for term in self.wanted)

    def without_filters(self) -> "Query":
        return replace(self, filters=(), problems=())


def parse(text: str) -> Query:
    """Read what was typed; never raises. Only the last word, with nothing behind it, is taken as a beginning."""
    clean = _clean(text)
    terms: list[Term] = []
    filters: list[Filter] = []
    problems: list[Problem] = []
    for match in _TOKEN.finditer(clean):
        if match["space"] is not None and match["name"] is None:
            continue
        if match["name"]:
            _filter(match, filters, terms, problems)
        elif match["bare"] is not None or match["quoted"] is not None:
            _word(match, filters, terms, typing=match.end() == len(clean))
    if len(terms) + len(filters) > MOST:
        problems.append(Problem(_("Hanya {most} kata dan saringan pertama yang dipakai."), {"most": str(MOST)}))
        terms, filters = terms[: max(MOST - len(filters[:MOST]), 0)], filters[:MOST]
    return Query(tuple(terms), tuple(filters), tuple(problems))


def close_to(word: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Those of `known` that look like `word`, best first; without any likeness the first few."""
    names = {name.lower(): name for name in known}
    begun = [name for low, name in names.items() if low.startswith(word.lower())]
    alike = [names[low] for low in difflib.get_close_matches(word.lower(), names, most, 0.5)]
    return tuple(dict.fromkeys([*begun, *alike]))[:most]


def quoted(value: str) -> str:
    """A value as it must be written in a filter."""
    return value if _plain(value) else f'"{value}"'


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text[:LONGEST].translate(_QUOTES))
    return "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text).lstrip()


def _plain(value: str) -> bool:
    return bool(value) and not re.search(r'[\s",]', value)


def _filter(match: re.Match[str], filters: list[Filter], terms: list[Term], problems: list[Problem]) -> None:
    name, written = match["name"].lower(), match["quoted"] if match["quoted"] is not None else match["bare"] or ""
    own = _FILTER_OF.get(name)
    if own is None and not written:  # "Re:" is a word
        if name in _ALONE:
            filters.append(Filter("adalah", (_ALONE[name],), bool(match["out"])))
        else:
            terms.append(Term(match["name"], out=bool(match["out"])))
        return
    if own is None:
        near = tuple(f"{other}:{quoted(written) if written else ''}" for other in close_to(name, FILTERS))
        message = _("Saringan “{name}” tidak dikenal. Beri tanda kutip untuk mencari tulisannya.")
        problems.append(Problem(message, {"name": name}, near or tuple(f"{other}:" for other in FILTERS)))
        return
    values = (written,) if match["quoted"] is not None else tuple(written.split(","))
    values = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if not values:
        problems.append(Problem(_("Tulis nilai di belakang “{name}:”."), {"name": own}))
        return
    filters.append(Filter(own, values, bool(match["out"])))


def _word(match: re.Match[str], filters: list[Filter], terms: list[Term], *, typing: bool) -> None:
    out = bool(match["out"])
    if match["quoted"] is not None:
        text = " ".join(match["quoted"].split())
        if any(map(str.isalnum, text)):
            terms.append(Term(text, phrase=True, out=out))
        return
    bare = match["bare"]
    if bare.lower() in _ALONE:
        filters.append(Filter("adalah", (_ALONE[bare.lower()],), out))
        return
    text = bare.rstrip("*")
    if not any(char.isalnum() for char in text):
        return
    begins = bare.endswith("*") or (typing and not out)
    terms.append(Term(text, out=out, prefix=begins and len(text) >= SHORTEST_PREFIX))
