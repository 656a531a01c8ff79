"""Macros: filled in for the ticket, run with the reply or alone, all or nothing; who may keep them."""

from datetime import timedelta
from pathlib import Path

import pytest

from kernel.errors import Refused
from tests import factories as make
from tickets import sorting
from tickets.composer import sending
from tickets.composer.macros import apply, delete_macro, greeting, save_macro, visible_macros, written
from tickets.composer.variables import KNOWN
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
AT = make.wib("2024-08-15 10:30")


@pytest.fixture
def sekar():
    return make.staff("sekar")


def macro(actor, shared=True, **given):
    return save_macro(macro=None, shared=shared, at=AT, actor=actor, **{"title": "Salam", "text": "Ya.", **given})


def test_it_greets_by_the_clock_of_whoever_asks(sekar):
    text = "{{ salam }}, {{ pemohon.sapaan }} dari {{ daerah }}."
    ticket = make.ticket(contact=make.contact("yosef"))
    assert written(macro(sekar, text=text), ticket, at=AT, actor=sekar)[0] == (
        "Selamat siang, Bapak/Ibu Yosef Wanggai dari Kab. Jayapura."
    )
    here = make.ticket(contact=make.contact("rangga"))
    filled = written(macro(sekar, title="Lain", text=text), here, at=AT, actor=sekar)[0]
    assert filled == "Selamat pagi, Bapak/Ibu Rangga Aditya dari."


@pytest.mark.parametrize(
    ("hour", "words"), [(3, "malam"), (4, "pagi"), (10, "pagi"), (11, "siang"), (15, "sore"), (18, "malam")]
)
def test_greetings(hour, words):
    assert greeting(hour) == f"Selamat {words}"


def test_its_actions_run_with_the_reply_in_one_step(sekar):
    actions = [
        {"do": "set_topic", "value": "DBH"},
        {"do": "assign", "value": "me"},
        {"do": "add_tag", "value": "Salur"},
        {"do": "set_priority", "value": "HIGH"},
        {"do": "status", "value": "close"},
    ]
    ticket, laras = make.ticket(), make.staff("laras")
    row = macro(sekar, actions=actions, note="Dijawab {{ agen.nama }}.")
    sending.send_reply(ticket=ticket, text="Ya.", macro=row, at=AT, actor=laras)
    after = Ticket.objects.get(pk=ticket.pk)
    assert (after.topic.code, after.assignee, after.tags, after.priority) == ("DBH", laras, ["salur"], 30)
    assert after.status == Ticket.Status.CLOSED
    assert after.entries.get(kind="NOTE").note == "Dijawab Laras Setyani."


def test_its_actions_are_taken_back_with_the_reply(sekar):
    actions = [
        {"do": "set_topic", "value": "DBH"},
        {"do": "assign", "value": "me"},
        {"do": "add_tag", "value": "Salur"},
        {"do": "set_priority", "value": "HIGH"},
        {"do": "status", "value": "close"},
    ]
    ticket, laras = make.ticket(), make.staff("laras")
    before = Ticket.objects.get(pk=ticket.pk)
    sent = sending.send_reply(ticket=ticket, text="Ya.", macro=macro(sekar, actions=actions), at=AT, actor=laras)
    sending.take_back(ticket=sent.ticket, message=sent.message, at=AT + timedelta(seconds=3), actor=laras)
    after = Ticket.objects.get(pk=ticket.pk)
    assert after.status == before.status == Ticket.Status.NEW
    assert (after.topic, after.assignee, after.tags, after.priority) == (None, None, [], before.priority)


def test_what_others_changed_since_stays_when_the_reply_is_taken_back(sekar):
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    row = macro(sekar, actions=[{"do": "set_priority", "value": "HIGH"}, {"do": "add_tag", "value": "salur"}])
    sent = sending.send_reply(ticket=ticket, text="Ya.", macro=row, at=AT, actor=laras)
    sorting.set_priority(ticket=sent.ticket, priority=40, at=AT + timedelta(seconds=1), actor=sekar)
    sending.take_back(ticket=sent.ticket, message=sent.message, at=AT + timedelta(seconds=3), actor=laras)
    after = Ticket.objects.get(pk=ticket.pk)
    assert (after.priority, after.tags) == (40, [])


def test_one_refusal_undoes_everything(sekar):
    ticket, laras = make.ticket(), make.staff("laras")
    row = macro(sekar, actions=[{"do": "add_tag", "value": "salur"}, {"do": "status", "value": "close"}])
    with pytest.raises(Refused) as refused:
        apply(macro=row, ticket=ticket, at=AT, actor=laras)
    assert refused.value.code == "ticket.needs_topic"
    assert Ticket.objects.get(pk=ticket.pk).tags == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"text": "{{ gaji }}"}, "macro.unknown_variable"),
        ({"actions": [{"do": "escalate", "value": "PK.2"}]}, "macro.bad_action"),
        ({"actions": [{"do": "set_topic", "value": "TIDAK_ADA"}]}, "macro.unknown_topic"),
        ({"actions": [{"do": "assign", "value": "wening"}]}, "macro.unknown_agent"),
        ({"actions": [{"do": "status", "value": "wait"}, {"do": "status", "value": "close"}]}, "macro.bad_action"),
        ({"text": " "}, "macro.needs_text"),
        ({"title": " "}, "macro.needs_title"),
    ],
)
def test_what_could_not_run_is_refused_when_saved(sekar, given, code):
    make.staff("wening")
    with pytest.raises(Refused) as refused:
        macro(sekar, **given)
    assert refused.value.code == code


def test_shared_ones_are_kept_by_supervisors_and_own_ones_are_ones_own(sekar):
    laras, bima = make.staff("laras"), make.staff("bima")
    shared, own = macro(sekar), macro(laras, shared=False)
    assert set(visible_macros(laras)) == {shared, own}
    assert set(visible_macros(bima)) == {shared}
    assert not visible_macros(make.staff("ratna")).exists()
    for attempt in (lambda: macro(laras), lambda: delete_macro(macro=shared, actor=laras)):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "macro.not_own"
    with pytest.raises(Refused) as refused:
        macro(sekar)
    assert refused.value.code == "macro.title_taken"


def test_the_handbook_lists_every_variable():
    page = (Path(__file__).parents[2] / "docs" / "makro.md").read_text(encoding="utf-8")
    assert all(f"| `{{{{ {name} }}}}` | {meaning} |" in page for name, meaning in KNOWN.items())
