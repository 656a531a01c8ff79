"""The demonstration's macros are ones the product itself takes, and write whole sentences."""

from types import SimpleNamespace

import pytest

from djpk.demo.macros import write_macros
from tests import factories as make
from tickets.composer.macros import visible_macros, written

pytestmark = pytest.mark.django_db


def test_every_macro_can_be_kept_and_written():
    laras = make.staff("laras")
    write_macros(SimpleNamespace(users={"sekar": make.staff("sekar")}), make.NOW)
    found = list(visible_macros(laras))
    assert len(found) == 8
    ticket = make.ticket(topic=make.topic())
    for macro in found:
        text = written(macro, ticket, at=make.NOW, actor=laras)[0]
        assert "{{" not in text
        assert "  " not in text
