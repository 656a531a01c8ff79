"""The language of a search: what words, phrases and filters mean, and that any text can be read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.search.query import FILTERS, FLAGS, Filter, Query, Term, parse, quoted

ALPHABET = st.sampled_from([*list('ab0"“-:*,. \n\x00é'), "topik:", "kanal:", "foo:", "saya", "belum-dibaca", "http://"])
TEXTS = st.one_of(st.lists(ALPHABET, max_size=40).map("".join), st.text(max_size=60))


@given(TEXTS)
def test_any_text_can_be_read_and_reads_the_same_when_written_down(text):
    query = parse(text)
    again = parse(str(query))
    assert (again.terms, again.filters) == (query.terms, query.filters)
    assert again.problems == ()


@given(TEXTS)
def test_what_is_read_can_be_looked_up(text):
    query = parse(text)
    for term in query.terms:
        assert any(map(str.isalnum, term.text)), "a word has a letter or digit"
        assert term.text == " ".join(term.text.split())
    for chosen in query.filters:
        assert chosen.name in FILTERS
        assert chosen.values
    assert len(query.terms) + len(query.filters) <= 16


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), st.sampled_from(sorted(FILTERS)))
def test_a_value_written_with_quotes_where_needed_is_read_as_it_was(value, name):
    spaced = unicodedata.normalize("NFC", f"{value} {value}")
    assert parse(f"{name}:{quoted(spaced)}").filters == (Filter(name, (spaced,)),)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("dak fisik", (Term("dak"), Term("fisik", prefix=True))),
        ("dak fisik ", (Term("dak"), Term("fisik"))),
        ("dak fis* alokasi ", (Term("dak"), Term("fis", prefix=True), Term("alokasi"))),
        ('"tahap  II" ', (Term("tahap II", phrase=True),)),
        ("“tahap II”", (Term("tahap II", phrase=True),)),
        ('"belum ditutup', (Term("belum ditutup", phrase=True),)),
        ('-dbh -"dana desa" dau ', (Term("dbh", out=True), Term("dana desa", phrase=True, out=True), Term("dau"))),
        ("S-50/PK/2024 ", (Term("S-50/PK/2024"),)),
        ("a", (Term("a"),)),
        ("http://djpk.example/x ", (Term("http://djpk.example/x"),)),
        ("pukul 10:30 ", (Term("pukul"), Term("10:30"))),
        ("Re: salur ", (Term("Re"), Term("salur"))),
        ("- -- * … ", ()),
    ],
)
def test_words_phrases_and_beginnings(text, terms):
    assert parse(text) == Query(terms)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("topik:DAU", (Filter("topik", ("DAU",)),)),
        ("Topic:DAU,DBH", (Filter("topik", ("DAU", "DBH")),)),
        ('wilayah:"Kab. Gowa"', (Filter("wilayah", ("Kab. Gowa",)),)),
        ("-kanal:wa", (Filter("kanal", ("wa",), out=True),)),
        ("assignee:me", (Filter("agen", ("me",)),)),
        ("belum-dibaca overdue is:spam", (Filter("adalah", ("belum-dibaca",)), Filter("adalah", ("spam",)))),
    ],
)
def test_filters_have_indonesian_and_english_names(text, filters):
    query = parse(text)
    assert query.filters == filters
    assert query.problems == ()


def test_every_other_name_of_a_filter_or_flag_is_its_own():
    names = [name for own, others in FILTERS.items() for name in (own, *others)]
    flags = [name for own, others in FLAGS.items() for name in (own, *others)]
    assert len(names) == len(set(names))
    assert len(flags) == len(set(flags))


def test_an_unknown_filter_is_named_with_what_may_have_been_meant():
    (problem,) = parse("tpoik:DAU").problems
    assert problem.text == "Saringan “tpoik” tidak dikenal. Beri tanda kutip untuk mencari tulisannya."
    assert problem.suggestions == ("topik:DAU",)


def test_a_filter_without_a_value_says_so():
    (problem,) = parse("kanal: dau").problems
    assert problem.text == "Tulis nilai di belakang “kanal:”."


def test_a_search_has_an_end():
    query = parse(" ".join(f"kata{n}" for n in range(40)))
    assert len(query.terms) == 16
    assert query.problems[0].text == "Hanya 16 kata dan saringan pertama yang dipakai."
