"""A person is recognised by e-mail or phone, merged and split without rewriting anything (decisions 9, 23)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kernel.errors import Refused
from people.contacts import (
    add_handle,
    anonymise_contact,
    change_contact,
    find_or_create_contact,
    merge_contacts,
    unmerge_contact,
)
from people.models import Contact, ContactHandle
from tests import factories as make

AT = {"at": make.NOW, "actor": None}


def codes(contact):
    return list(contact.events.values_list("code", flat=True))


def test_the_same_phone_written_otherwise_is_the_same_person(db):
    first, new = find_or_create_contact(name="Arung", phone="0812-3456-7890", **AT)
    again, newer = find_or_create_contact(name="Pak Arung", phone="+62 812 3456 7890", **AT)
    assert (new, newer) == (True, False)
    assert first == again
    assert again.name == "Arung"
    assert codes(first) == ["contact.created"]


def test_what_was_unknown_is_learnt_once(db):
    contact, _ = find_or_create_contact(name="Arung", email="arung@gowa.example", **AT)
    for _ in range(2):
        find_or_create_contact(
            name="Arung",
            email="arung@gowa.example",
            phone="0812-3456-7890",
            region=make.region("73.06"),
            **AT,
        )
    contact.refresh_from_db()
    assert contact.region.code == "73.06"
    assert contact.handles.count() == 2
    assert codes(contact) == ["contact.created", "contact.completed"]


def test_without_e_mail_and_phone_each_is_a_person_of_its_own(db):
    first, _ = find_or_create_contact(name="Anonim", **AT)
    second, _ = find_or_create_contact(name="Anonim", **AT)
    assert first != second


def test_a_mail_and_a_phone_of_two_people_are_left_to_an_agent(db):
    arung, melati = make.contact("arung"), make.contact("melati")
    found, new = find_or_create_contact(name="?", email="arung@gowa.example", phone="+62 000 1000 0002", **AT)
    assert (found, new) == (arung, False)
    assert melati.handles.count() == 2


def test_merging_leads_to_the_survivor_and_can_be_undone(db):
    arung, melati, yosef = (make.contact(key) for key in ("arung", "melati", "yosef"))
    sekar = make.staff("sekar")
    merge_contacts(contact=arung, into=melati, at=make.NOW, actor=sekar)
    merge_contacts(contact=melati, into=yosef, at=make.NOW, actor=sekar, reason="orang yang sama")
    assert make.contact("arung") == yosef
    assert set(yosef.merged_contacts.all()) == {arung, melati}
    unmerge_contact(contact=melati, at=make.NOW, actor=sekar)
    assert make.contact("arung") == melati
    assert make.contact("melati") == melati
    assert codes(melati) == ["contact.created", "contact.merged", "contact.unmerged"]
    assert codes(yosef) == ["contact.created"]


def test_refused_merges(db):
    arung, melati, yosef = (make.contact(key) for key in ("arung", "melati", "yosef"))
    with pytest.raises(Refused, match=r"contact\.same"):
        merge_contacts(contact=arung, into=arung, **AT)
    merge_contacts(contact=arung, into=melati, **AT)
    for pair in ({"contact": arung, "into": yosef}, {"contact": yosef, "into": arung}):
        with pytest.raises(Refused, match=r"contact\.merged"):
            merge_contacts(**pair, **AT)
    with pytest.raises(Refused, match=r"contact\.not_merged"):
        unmerge_contact(contact=melati, **AT)


def test_changing_keeps_the_earlier_state_and_says_what_changed(db):
    arung = make.contact("arung")
    change_contact(contact=arung, changes={"name": "Arung M.", "region": make.region("73.71")}, **AT)
    change_contact(contact=arung, changes={"name": "Arung M."}, **AT)
    arung.refresh_from_db()
    assert arung.region.code == "73.71"
    assert arung.history.count() == 1
    assert arung.events.last().data == {"fields": ["name", "region"]}
    assert arung.events.count() == 2


def test_an_address_of_someone_else_is_refused(db):
    make.contact("melati")
    with pytest.raises(Refused, match=r"handle\.taken"):
        add_handle(contact=make.contact("arung"), email="melati@bandung.example", **AT)


def test_anonymising_leaves_no_trace_of_the_person(db):
    arung = make.contact("arung")
    change_contact(contact=arung, changes={"note": "Bendahara"}, **AT)
    anonymise_contact(contact=arung, reason="masa simpan habis", **AT)
    arung.refresh_from_db()
    assert (arung.name, arung.note, arung.handles.count(), arung.history.count()) == ("Anonim", "", 0, 0)
    with pytest.raises(Refused, match=r"contact\.anonymised"):
        change_contact(contact=arung, changes={"name": "Arung"}, **AT)


def test_five_at_once_make_one_person(transactional_db):
    def knock(number):
        try:
            return find_or_create_contact(name=f"Arung {number}", email="arung@gowa.example", **AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(knock, range(5)))
    assert sum(new for _contact, new in results) == 1
    assert len({contact.pk for contact, _new in results}) == 1
    assert Contact.objects.count() == ContactHandle.objects.count() == 1
