"""The panel of filters and the choices of the bar are kept as HTML, and never older than what stands in them."""

import re

import pytest
from django.db import connection

from tests import factories as make
from tests.tickets.test_inbox import signed_in

pytestmark = pytest.mark.django_db


def panel(client, query: str = "") -> str:
    page = client.get(f"/tiket/{query}").content.decode()
    return re.search(r'<section class="dr-menu dr-filters".*?</section>', page, re.DOTALL)[0]


def bar(client) -> str:
    return re.search(r'<form class="dr-bulk".*?</form>', client.get("/tiket/").content.decode(), re.DOTALL)[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ("UPDATE people_user SET display_name = 'Bima Baru' WHERE username = 'bima'", panel, "Bima Baru"),
        ("UPDATE people_user SET display_name = 'Bima Baru' WHERE username = 'bima'", bar, "Bima Baru"),
        ("UPDATE tickets_topic SET label = 'Topik Baru' WHERE code = 'DAU'", panel, "Topik Baru"),
        ("UPDATE tickets_topic SET label = 'Topik Baru' WHERE code = 'DAU'", bar, "Topik Baru"),
        ("UPDATE people_unit SET short = 'Unit Baru' WHERE code = 'PK.2'", panel, "PK.2 Unit Baru"),
        ("UPDATE messaging_channel SET label = 'Surel' WHERE code = 'EMAIL'", panel, "Surel"),
    ],
)
def test_what_another_process_changes_is_shown_at_once(change, where, said):
    make.staff("bima"), make.topic("DAU"), make.unit("PK.2")
    client = signed_in("laras")
    assert said not in where(client)
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute(change)
    assert said in where(client)


def test_each_reader_language_view_and_choice_has_its_own():
    client, manager = signed_in("laras"), signed_in("ratna")
    plain = panel(client)
    assert panel(client) == plain
    assert 'value="milik-saya"' in plain
    assert 'value="milik-saya"' not in panel(manager)
    assert 'value="DAU" checked' in panel(client, "?topik=DAU")
    assert 'value="DAU" checked' not in panel(client)
    assert 'name="urut" value="terlama"' in panel(client, "?urut=terlama")
    assert '<option value="layer-2" selected' in panel(client, "?tampilan=layer-2")
    client.cookies["django_language"] = "en"
    assert "Filters" in panel(client)
    assert panel(client) != plain
