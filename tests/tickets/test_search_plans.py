"""Whatever plan a search takes, rare words looked up, common ones walked, few tickets tested, it finds the same."""

import random

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.files import store_file
from messaging.verbs import store_message
from tests import factories as make
from tickets import conversation
from tickets.intake import receive_message
from tickets.search import finding, words
from tickets.search.query import Term
from tickets.search.results import BEST, NEWEST, find

pytestmark = pytest.mark.django_db

VOCABULARY = [
    "salur",
    "penyaluran",
    "rekonsiliasi",
    "rekonstruksi",
    "daerah",
    "daerahnya",
    "tahap",
    "Gowa",
    "zamrud",
    "II",
]
shared_data = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def corpus() -> None:
    """Words in subjects, messages, notes, names of people and files; some messages come later than other tickets."""
    chance, laras = random.Random(11), make.staff("laras")

    def text() -> str:
        return " ".join(chance.choices(VOCABULARY, k=4))

    for n in range(24):
        at = make.NOW + (n // 2) * make.MINUTE
        contact = make.stranger(name=f"Rekonsi {n}" if n % 7 == 0 else f"Melati {n}")
        ticket = make.ticket(contact=contact, subject=text(), text=text(), at=at)
        if n % 3 == 0:
            conversation.add_note(ticket=ticket, text=text(), at=at + make.HOUR, actor=laras)
        if n % 5 == 0:
            file = store_file(f"Berkas {n}".encode(), at=at)
            message, _ = store_message(
                channel=ticket.channel,
                external_id=f"berkas {n}",
                contact=contact,
                body=text(),
                files=[(file, f"{chance.choice(VOCABULARY)} {n}.txt")],
                at=at + 2 * make.HOUR,
            )
            receive_message(ticket=ticket, message=message, at=at + 2 * make.HOUR)


@st.composite
def searches(draw) -> str:
    """One to three words or beginnings of words, perhaps one that must not occur or a phrase."""
    chosen = draw(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3))
    typed = [word[: draw(st.integers(2, len(word)))] + draw(st.sampled_from(["", "*"])) for word in chosen[1:]]
    typed = [draw(st.sampled_from(["", "-"])) + word for word in typed] + [chosen[0]]
    phrase = draw(st.sampled_from(["", '"tahap II" ', '"salur daerah" ']))
    return phrase + " ".join(typed) + draw(st.sampled_from(["", " "]))


def every_page(typed: str, order: str) -> list[int]:
    read, cursor = [], ""
    while True:
        page = find(typed, make.staff("laras"), make.NOW + make.DAY, order=order, cursor=cursor, size=5)
        read += page.ids
        cursor = page.next or ""
        if not cursor:
            return read


@shared_data
@given(typed=searches(), order=st.sampled_from([BEST, NEWEST]))
def test_both_plans_give_the_same_tickets_in_the_same_order(corpus, typed, order):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "RARE", 20_000)
        looked_up = every_page(typed, order)
        patch.setattr(finding, "RARE", -1)
        assert every_page(typed, order) == looked_up
        patch.setattr(finding.Search, "_few_are_allowed", lambda search: True)
        assert sorted(every_page(typed, NEWEST)) == sorted(looked_up)


@pytest.mark.parametrize(
    ("typed", "tsquery"),
    [
        ("rekonsiliasi", "'rekonsiliasi':*"),
        ("REKONS", "'rekons':*"),
        ("penyalura", "'salur':*"),
        ("37/PMK", "'37/pmk':*"),
    ],
)
def test_a_beginning_is_asked_for_once(typed, tsquery):
    """Endings it covers would make the planner take a rare word for a common one."""
    (word,) = words.read([Term(typed, prefix=True)])
    assert set(word.tsquery.replace("(", "").replace(")", "").split(" | ")) == set(tsquery.split(" | "))


@shared_data
@given(
    typed=st.one_of(st.sampled_from(VOCABULARY), st.text("aeknrsy'\\:1/- ", min_size=1, max_size=8)),
    said=st.text("aeknrsy'\\:1/- ", max_size=8),
)
def test_leaving_covered_beginnings_out_finds_the_same(typed, said):
    forms = words._forms(Term(typed, prefix=True))
    every = " || ".join(sql for sql, _text in forms)
    with connection.cursor() as cursor:
        for text in (typed, said, typed + said, f"{said} {typed}an"):
            found = words.read([Term(typed, prefix=True)])
            kept = found[0].tsquery if found else ""
            cursor.execute(
                f"SELECT v @@ ({every}), v @@ %s::tsquery FROM to_tsvector('indonesian', %s) v",  # noqa: S608
                [*(parameter for _sql, parameter in forms), kept, text],
            )
            whole, short = cursor.fetchone()
            assert whole == short


@pytest.mark.django_db(transaction=True)
def test_a_rare_word_keeps_one_plan_and_leaves_the_connection_as_it_was():
    make.ticket(subject="Rekonsiliasi DBH", text="rekonsiliasi")
    for _time in range(7):  # beyond the five after which PostgreSQL chooses by itself
        assert len(find("rekonsiliasi", make.staff("laras"), make.NOW).ids) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%AS branch%'"
        )
        assert cursor.fetchall() == [(6, 0)]
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
