"""Finding a region by code, name or alias, as people write it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.kept import Kept
from people.models import Region, RegionAlias

_TYPES = (
    ("provinsi", re.compile(r"^(provinsi|propinsi|prov|prop)\b\.?\s*")),
    ("kabupaten", re.compile(r"^(kabupaten|kab)\b\.?\s*")),
    ("kota", re.compile(r"^(kotamadya|kota)\b\.?\s*")),
)
_ADMINISTRATIVE = re.compile(r"^(administrasi|adm)\b\.?\s*")
_REMARK = re.compile(r"\s*\(?\b(tbc|to be confirmed)\b\)?\s*$")
_ISLANDS = re.compile(r"\bkep\b\.?\s*")


def normalise(text: str) -> str:
    """`type|name` with type `provinsi`, `kabupaten`, `kota` or `?`; name without spaces, hyphens and marks.

    >>> normalise("Kab. Kep. Meranti")
    'kabupaten|kepulauanmeranti'
    """
    rest = _REMARK.sub("", " ".join(text.lower().split()))
    kind = "?"
    for name, pattern in _TYPES:
        if pattern.match(rest):
            kind, rest = name, pattern.sub("", rest, count=1)
            break
    rest = _ISLANDS.sub("kepulauan ", _ADMINISTRATIVE.sub("", rest))
    return f"{kind}|{re.sub(r'[^a-z0-9]', '', rest)}"


@dataclass
class RegionIndex:
    """All names of all regions, read once and kept until one changes; then look-ups cost nothing."""

    by_code: dict[str, Region] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls) -> "RegionIndex":
        """The index of the regions as they are now; shared, so nobody may change it."""
        return _INDEX()

    @classmethod
    def read(cls) -> "RegionIndex":
        """A new one, by two queries."""
        index = cls()
        index._add_regions(Region.objects.all())
        for alias in RegionAlias.objects.select_related("region"):
            index._add_name(alias.normalised, alias.region.code)
        index.by_name = dict(index.by_name)
        return index

    def _add_regions(self, regions: Iterable[Region]) -> None:
        for region in regions:
            self.by_code[region.code] = region
            for name in (region.full_name, region.display_name):
                self._add_name(normalise(name), region.code)

    def _add_name(self, normalised: str, code: str) -> None:
        kind, name = normalised.split("|")
        self.by_name[normalised].add(code)
        if kind != "?":
            self.by_name[f"?|{name}"].add(code)

    def resolve(self, text: str) -> Region:
        """The region meant by a code, name or alias.

        Raises Refused: `region.unknown`, or `region.ambiguous` when kabupaten and kota share the name.
        """
        text = text.strip()
        if text in self.by_code:
            return self.by_code[text]
        codes = self.by_name.get(normalise(text), set())
        if len(codes) == 1:
            return self.by_code[next(iter(codes))]
        if not codes:
            raise Refused("region.unknown", _("Daerah “{name}” tidak dikenal."), name=text)
        names = ", ".join(sorted(self.by_code[code].display_name for code in codes))
        raise Refused(
            "region.ambiguous",
            _("Daerah “{name}” tidak jelas: {names}. Tulis dengan jenisnya."),
            name=text,
            names=names,
        )


_INDEX = Kept(RegionIndex.read, "people.Region", "people.RegionAlias")
