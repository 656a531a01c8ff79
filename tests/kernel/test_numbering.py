"""Numbers run per year of Jakarta, never twice, past those that rows brought along."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kernel.numbering import next_number, pass_over
from tests.factories import wib


def test_the_year_is_jakartas(db):
    assert next_number("AAA", wib("2024-12-31 23:59")) == "AAA-24-00001"
    assert next_number("AAA", wib("2025-01-01 00:00")) == "AAA-25-00001"
    assert next_number("AAA", wib("2024-06-01 00:00")) == "AAA-24-00002"
    assert next_number("BBB", wib("2024-06-01 00:00"), width=4) == "BBB-24-0001"


def test_passing_over_never_goes_back(db):
    at = wib("2024-06-01 00:00")
    pass_over("AAA", at, 41)
    assert next_number("AAA", at) == "AAA-24-00042"
    pass_over("AAA", at, 7)
    assert next_number("AAA", at) == "AAA-24-00043"


def test_a_prefix_is_plain_capitals(db):
    with pytest.raises(ValueError, match="prefix"):
        next_number("a; DROP", wib("2024-06-01 00:00"))


def test_the_first_number_of_a_year_asked_for_by_five_at_once(transactional_db):
    def ask(_):
        try:
            with transaction.atomic():
                return next_number("CCC", wib("2024-06-01 00:00"))
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        numbers = list(pool.map(ask, range(5)))
    assert sorted(numbers) == [f"CCC-24-0000{n}" for n in range(1, 6)]
