"""Variables of macros: known ones are filled in, others are refused with the list, empty ones leave no hole."""

import pytest

from kernel.errors import Refused
from tickets.composer.variables import KNOWN, check, fill

FULL = {
    "salam": "Selamat pagi",
    "pemohon.sapaan": "Bapak/Ibu Arung",
    "daerah": "Kab. Gowa",
    "tiket.nomor": "DRG-24-00001",
    "agen.nama": "Laras",
}


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{{ salam }}, {{ pemohon.sapaan }}.", FULL, "Selamat pagi, Bapak/Ibu Arung."),
        ("{{salam}}, {{  pemohon.sapaan }}.", FULL, "Selamat pagi, Bapak/Ibu Arung."),
        (
            "{{ salam }} {{ pemohon.sapaan }}, tiket {{ tiket.nomor }}.",
            {**FULL, "pemohon.sapaan": ""},
            "Selamat pagi, tiket DRG-24-00001.",
        ),
        ("Data {{ daerah }} kami cek.", {}, "Data kami cek."),
        ("Data {{ daerah }} {{ tiket.nomor }} kami cek.", {}, "Data kami cek."),
        ("{{ daerah }}, terima kasih.", {}, "terima kasih."),
        ("Halo\n{{ daerah }}\nSalam", {}, "Halo\nSalam"),
        ("Dari {{ daerah }}", {}, "Dari"),
        ("Baris satu\n\nBaris dua  rapat", FULL, "Baris satu\n\nBaris dua  rapat"),
    ],
)
def test_values_are_filled_in_and_empty_ones_leave_no_hole(text, values, filled):
    check(text)
    assert fill(text, values) == filled


@pytest.mark.parametrize(
    "text", ["{{ pemohon.gaji }}", "{{ 7*7 }}", "{{ salam|upper }}", "{{ salam", "{{}}", "{{ agen.nama.x }}"]
)
def test_anything_else_is_refused_with_the_list(text):
    with pytest.raises(Refused) as refused:
        check(text)
    assert refused.value.code == "macro.unknown_variable"
    assert all(name in refused.value.message for name in KNOWN)


def test_a_value_is_never_read_as_a_variable():
    assert fill("Halo {{ daerah }}", {"daerah": "{{ salam }}", "salam": "x"}) == "Halo {{ salam }}"
