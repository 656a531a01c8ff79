"""The ticket page shows what its requester has booked and what was held with the region."""

import pytest

from consultations.models import VideoConference, Visit
from tests import factories as make
from tests.consultations.cast import confirmed
from tests.tickets.test_inbox import signed_in

pytestmark = pytest.mark.django_db


def held(model, number, region, **more):
    day = make.NOW.date()
    return model.objects.create(
        number=number, held_on=day, visitor=number, user_group="PEMDA", region=make.region(region), **more
    )


def test_booked_and_held_consultations_stand_beside_the_ticket():
    ticket = make.ticket()
    reservation = confirmed()
    held(Visit, "Kunjungan Gowa", "73.06", guest_count=2)
    held(VideoConference, "Rapat Gowa", "73.06")
    held(Visit, "Kunjungan Bandung", "32.73", guest_count=2)
    assert reservation.contact_id == ticket.contact_id
    page = signed_in("laras").get(f"/tiket/{ticket.number}/", headers={"HX-Request": "true"}).content.decode()
    section = page[page.index('id="konsultasi"') :]
    for words in ("Tatap muka", "Dikonfirmasi", "Kunjungan Gowa", "Rapat Gowa"):
        assert words in section, words
    assert "Kunjungan Bandung" not in page


def section_for(username, ticket):
    page = signed_in(username).get(f"/tiket/{ticket.number}/", headers={"HX-Request": "true"}).content.decode()
    return page[page.index('id="konsultasi"') :] if 'id="konsultasi"' in page else ""


def test_a_consultation_is_booked_from_the_ticket():
    section = section_for("laras", make.ticket(contact=make.contact("rangga")))
    assert "Belum ada konsultasi." in section
    assert 'href="/konsultasi/baru/?tiket=DRG-' in section


def test_who_only_reads_finds_no_empty_section():
    assert section_for("ratna", make.ticket(contact=make.contact("rangga"))) == ""


def test_a_booking_leads_to_its_page():
    ticket, reservation = make.ticket(), confirmed()
    assert f'href="/konsultasi/{reservation.number}/"' in section_for("laras", ticket)
