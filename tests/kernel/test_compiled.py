"""Queries whose SQL is made once find what the same queryset finds, for whatever values and rows."""

import pytest
from django.db.models import Q

from kernel.compiled import Compiled, one_of, run
from messaging.models import Channel, Message
from tests import factories as make

MAIL = Compiled(lambda rows, code: rows.filter(Q(code=code) | Q(label=code)).order_by("-pk"), "code")
SOME = Compiled(lambda rows, ids: rows.filter(one_of("pk", ids)).order_by("pk"), "ids")
NAMES = Compiled(lambda rows, code: rows.exclude(code=code).order_by("code").values_list("code", "label")[:3], "code")
BOTH = Compiled(
    lambda rows, one, two: (
        rows.filter(code=one).order_by().values_list("code").union(rows.filter(code=two).order_by().values_list("code"))
    ),
    "one",
    "two",
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["EMAIL", "LAPOR", "x' OR true --", "%s"])
def test_it_finds_what_the_queryset_finds_with_each_value(code):
    everything = Channel.objects.all()
    assert MAIL(everything, code=code) == list(everything.filter(code=code))
    assert NAMES(everything, code=code) == list(
        everything.exclude(code=code).order_by("code").values_list("code", "label")[:3]
    )


@pytest.mark.parametrize("count", [0, 1, 4])
def test_lists_of_any_length_are_one_statement(count):
    ids = list(Channel.objects.order_by("pk").values_list("pk", flat=True)[:count])
    assert [row.pk for row in SOME(Channel.objects.all(), ids=ids)] == ids
    assert [row.pk for row in SOME(Channel.objects.exclude(code="x"), ids=ids)] == ids


def test_filters_on_the_rows_hold():
    MAIL(Channel.objects.all(), code="EMAIL")  # its SQL is kept now
    assert MAIL(Channel.objects.filter(code="LAPOR"), code="EMAIL") == []
    assert MAIL(Channel.objects.none(), code="EMAIL") == []


def test_unions_and_related_rows_come_as_they_would(django_assert_num_queries):
    found = BOTH(Channel.objects.all(), one="EMAIL", two="LAPOR")
    assert sorted(found) == [("EMAIL",), ("LAPOR",)]
    ticket = make.ticket()
    said = Compiled(lambda rows, contact: rows.filter(contact_id=contact).select_related("contact"), "contact")
    for _again in range(2):
        with django_assert_num_queries(1):
            rows = said(Message.objects.all(), contact=ticket.contact_id)
            assert [row.contact.name for row in rows] == [ticket.contact.name]


def test_what_is_run_again_is_planned_once_with_its_constants_in_the_text():
    open_ones = Compiled(lambda rows, code: rows.exclude(label="%s 100%").filter(code=code), "code")
    for code in ("EMAIL", "LAPOR", "EMAIL"):
        assert [row.code for row in open_ones(Channel.objects.all(), code=code)] == [code]
    held = run("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%100\\%%"])
    assert [statement.count("$1") for (statement,) in held] == [1]
    assert "'%s 100%'" in held[0][0]


def test_a_statement_written_out_gives_its_rows_and_none_where_it_has_none():
    assert run("SELECT 1, %s::text", ["a"]) == [(1, "a")]
    assert run("UPDATE kernel_tablestamp SET name = name WHERE name = %s", ["none"]) == []
