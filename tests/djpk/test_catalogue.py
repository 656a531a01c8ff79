"""The English catalogue covers what the pages say."""

from datetime import date

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from django.utils.dateformat import format as by_template
from django.utils.translation import gettext, override

from djpk.catalogue import ENGLISH, compile_catalogues, english, texts
from kernel.formats import short_date


def test_every_text_of_the_pages_is_translated_and_no_other():
    catalogue = english()
    used = {(context, singular): plural for (context, singular, plural), _place in texts()}
    kept = {(entry.context, entry.id[0] if entry.pluralizable else entry.id): entry for entry in catalogue if entry.id}
    assert len(used) > 1000
    assert used.keys() - kept.keys() == set()
    assert kept.keys() - used.keys() == set()
    assert [key for key, entry in kept.items() if not _whole(entry)] == []


def _whole(entry: Message) -> bool:
    return all(entry.string) if entry.pluralizable else bool(entry.string)


def test_the_catalogue_compiles_to_what_it_says():
    compile_catalogues()
    with ENGLISH.with_suffix(".mo").open("rb") as stream:
        compiled = read_mo(stream)
    assert compiled["Kata sandi"].string == "Password"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("month", range(1, 13))
def test_templates_write_short_dates_as_everything_else(month, language):
    day = date(2024, month, 20)
    with override(language):
        assert by_template(day, "j M Y") == short_date(day, language, year=True)


def test_the_length_of_a_list_is_said_in_indonesian():
    with override("id"):
        said = gettext("Ensure this field has at least {min_length} elements.")
    assert said == "Isi sedikitnya {min_length} butir."
