"""Reference data by any of its names, read once per import and remembered by what was written."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.importing.cells import Cell, as_text
from kernel.importing.fields import Lookup, Lookups, plain
from messaging.models import Channel
from people.regions import RegionIndex
from people.units import UnitIndex
from tickets.topics import TopicIndex

T = TypeVar("T")


def region_text(cell: Cell) -> str:
    """What a cell says of a region; 73.10 typed into a spreadsheet is the number 73.1, and means 73.10."""
    return f"{cell:.2f}" if isinstance(cell, float) and not cell.is_integer() else as_text(cell)


REGION = Lookup("region", _("daerah: kode Kemendagri, nama, atau nama lain"), text=region_text)
TOPIC = Lookup("topic", _("topik: kode, nama, atau nama lain"))
CHANNEL = Lookup("channel", _("saluran: kode atau nama"))
UNIT = Lookup("unit", _("kode unit, misalnya PK.2"), code=lambda code: str(code))


def load_lookups() -> Lookups:
    """`region`, `topic` and `channel` give rows, `unit` gives the code as it is stored."""
    units = UnitIndex.load()
    return {
        "region": remembered(RegionIndex.load().resolve),
        "topic": remembered(TopicIndex.load().resolve),
        "channel": by_names(Channel.objects.all(), _("Saluran “{name}” tidak dikenal. Pilih: {codes}.")),
        "unit": remembered(lambda text: _unit_code(units, text)),
    }


def remembered(resolve: Callable[[str], T]) -> Callable[[str], T]:
    """The same look-up, asked once per text."""
    known: dict[str, T] = {}

    def find(text: str) -> T:
        found = known.get(text)
        if found is None:
            found = known[text] = resolve(text)
        return found

    return find


def by_names(rows: Iterable[Any], unknown: Any) -> Callable[[str], Any]:
    """Find a row by code or label, whatever the case and marks."""
    names: dict[str, Any] = {}
    codes = []
    for row in rows:
        codes.append(row.code)
        for name in (row.label_en, row.label, row.code):
            if name:
                names[plain(name)] = row

    def find(text: str) -> Any:
        try:
            return names[plain(text)]
        except KeyError:
            raise Refused("lookup.unknown", unknown, name=text, codes=", ".join(codes)) from None

    return find


def _unit_code(units: UnitIndex, text: str) -> str:
    code = text.upper()
    if code not in units.by_code:
        raise Refused(
            "unit.unknown",
            _("Unit “{unit}” tidak dikenal. Pilih: {codes}."),
            unit=text,
            codes=", ".join(units.by_code),
        )
    return code
