"""Telephones of agents, several at once: two exchange theirs, and a mistake changes nothing."""

import pytest
from django.test import Client

from calls.extensions import set_extension, set_extensions
from calls.models import Extension
from kernel.errors import Refused
from tests import factories as make
from tests.api.conftest import Caller

NOW = make.NOW


@pytest.fixture
def two(db):
    laras, bima = make.staff("laras"), make.staff("bima")
    set_extension(user=laras, number="2101", at=NOW, actor=None)
    set_extension(user=bima, number="2102", at=NOW, actor=None)
    return laras, bima


def numbers() -> dict[str, str]:
    return dict(Extension.objects.values_list("user__username", "number"))


def test_two_agents_exchange_their_telephones(two):
    laras, bima = two
    given = {laras: "2102", bima: "2101"}
    assert set_extensions(numbers=given, at=NOW, actor=make.staff("sekar")) == 2
    assert numbers() == {"laras": "2102", "bima": "2101"}
    assert set_extensions(numbers=given, at=NOW, actor=make.staff("sekar")) == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [({"laras": "2103", "bima": "2103"}, "extension.twice"), ({"laras": "2103", "bima": "x"}, "extension.digits"),
     ({"sekar": "2101", "laras": "2101"}, "extension.twice"), ({"sekar": "2102"}, "extension.taken")],
)  # fmt: skip
def test_a_mistake_changes_nothing(two, given, code):
    with pytest.raises(Refused) as refused:
        set_extensions(numbers={make.staff(name): number for name, number in given.items()}, at=NOW, actor=None)
    assert refused.value.code == code
    assert numbers() == {"laras": "2101", "bima": "2102"}


def test_the_page_sets_all_at_once(two):
    laras, bima = two
    client = Client()
    client.force_login(make.staff("sekar"))
    assert 'value="2101"' in client.get("/telepon/ekstensi/").content.decode()
    client.post("/telepon/ekstensi/", {f"nomor-{laras.pk}": "2102", f"nomor-{bima.pk}": ""})
    assert numbers() == {"laras": "2102"}


def test_the_api_sets_several_or_none(two):
    client = Caller("sekar").client
    body = {"extensions": [{"agent": "laras", "extension": "2102"}, {"agent": "bima", "extension": "2101"}]}
    answered = client.put("/api/v1/extensions/", body, content_type="application/json")
    assert answered.json() == [{"extension": "2101", "agent": "bima"}, {"extension": "2102", "agent": "laras"}]
    body["extensions"][0]["extension"] = "21x"
    assert client.put("/api/v1/extensions/", body, content_type="application/json").status_code in (409, 422)
    assert numbers() == {"laras": "2102", "bima": "2101"}
