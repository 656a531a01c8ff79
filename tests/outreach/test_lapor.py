"""A document in the lapor mailbox is recorded once, whoever brings it, and counts as no ticket."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from kernel.errors import Refused
from outreach.lapor import classify_lapor_mail, make_ticket, record_lapor_mail
from outreach.models import LaporMail, OutreachEvent
from tests import factories as make
from tickets.models import Ticket

AT = {"at": make.NOW, "actor": None}


def test_recorded_classified_and_left_without_ticket(db):
    mail, new = record_lapor_mail(external_id="<a@gowa.example>", sender="Keu@Gowa.example", **AT)
    again, newer = record_lapor_mail(external_id="<a@gowa.example>", document_type="DBH", **AT)
    assert (again, new, newer) == (mail, True, False)
    for _ in range(2):
        mail = classify_lapor_mail(mail=mail, document_type="DBH", period="2024-TW2", region=make.region("73.06"), **AT)
    assert (mail.document_type, mail.sender, mail.region.display_name) == ("DBH", "keu@gowa.example", "Kab. Gowa")
    assert list(OutreachEvent.objects.values_list("code", flat=True)) == ["lapor.recorded", "lapor.classified"]
    assert mail.history.count() == 1
    assert not Ticket.objects.exists()


def test_a_question_among_the_documents_becomes_one_ticket(db):
    mail, _ = record_lapor_mail(external_id="<b@gowa.example>", subject="Tanya DBH", **AT)
    asked = {"mail": mail, "contact": make.contact(), "channel": make.channel("EMAIL"), "text": "Kapan?", **AT}
    ticket = make_ticket(**asked)
    assert (ticket.subject, ticket.channel.code) == ("Tanya DBH", "EMAIL")
    with pytest.raises(Refused, match=r"lapor\.has_ticket"):
        make_ticket(**asked)


def test_five_workers_record_it_once(transactional_db):
    def bring(_):
        try:
            return record_lapor_mail(external_id="<c@gowa.example>", **AT)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(bring, range(5))) == 1
    assert LaporMail.objects.count() == OutreachEvent.objects.count() == 1
