"""The English catalogue covers what the pages say."""

from babel.messages.catalog import Message
from babel.messages.mofile import read_mo

from djpk.catalogue import ENGLISH, compile_catalogues, english, texts


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
