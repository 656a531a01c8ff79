"""Regions are recognised from what people write: types, aliases, noise around, misspellings."""

import pytest

from chatbot.places import recognise
from people.regions import RegionIndex


@pytest.fixture(scope="module")
def index(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return RegionIndex.read()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kab. Gowa", ["73.06"]),
        ("saya dari pemkab gowa, sulsel", ["73.06"]),
        ("Pemerintah Kabupaten Gowa", ["73.06"]),
        ("pemkot bandung", ["32.73"]),
        ("bandung", ["32.04", "32.73"]),
        ("DKI", ["31"]),
        ("pemprov jawa barat", ["32"]),
        ("73.06", ["73.06"]),
        ("kab goa", ["73.06"]),
        ("Kabupaten Jaypura", ["91.03"]),
        ("Kab. Gwoa", ["73.06"]),
        ("kota Smearang", ["33.74"]),
        ("Kab. Oagw", []),
        ("BPKAD Kota Surabaya ya pak", ["35.78"]),
        ("", []),
        ("?!", []),
        ("Atlantis", []),
        ("di", []),
    ],
)
def test_what_is_meant(index, text, codes):
    found = [place.code for place in recognise(text, index)]
    assert found[: len(codes)] == codes
    assert codes or not found


@pytest.mark.parametrize("text", ["x" * 5000, "a b c d e f g h i j k l m n o p", "\x00", "🙂" * 40])
def test_nothing_breaks_it(index, text):
    assert len(recognise(text, index)) <= 3


def test_a_place_is_named_with_its_province(index):
    assert recognise("kab gowa", index)[0].label == "Kabupaten Gowa, Sulawesi Selatan"
