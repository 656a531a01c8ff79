"""Statements that are planned once find what plain ones find, whatever their values are."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from kernel.compiled import run, written
from messaging.models import Channel

pytestmark = pytest.mark.django_db
KEPT = object()


@pytest.mark.parametrize("code", ["EMAIL", "100%s", "x' OR true --", "a\\b"])
def test_values_in_the_text_mean_what_they_mean_beside_it(code):
    Channel.objects.create(code=code[:20] + "!", label="50%", makes_tickets=False)
    sql = "SELECT label FROM messaging_channel WHERE code = %s AND label LIKE '%%' AND position >= %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{code[:20]}!", 0])
        plain = cursor.fetchall()
    text, left = written(sql, [f"{code[:20]}!", KEPT], lambda value: value is KEPT)
    assert left == [KEPT]
    assert run(text, [0]) == plain == [("50%",)]


def test_lists_moments_and_nothing_come_as_django_has_them(django_assert_num_queries):
    moment = datetime(2024, 8, 15, 2, 30, tzinfo=UTC)
    with django_assert_num_queries(1):
        (row,) = run("SELECT %s::timestamptz, %s::bigint[], %s::text", [moment, [1, 2], None])
    assert row == (moment, [1, 2], None)
    assert row[0].utcoffset().total_seconds() == 0
