"""What a lapor mail is: by its words, its sender and subject, and by what people have set right before."""

import pytest

from kernel.errors import Refused
from messaging.email.sending import references_of
from messaging.files import store_file
from messaging.models import Attachment, Channel, Connection, Message
from messaging.verbs import write_message
from outreach import lapor
from outreach.completeness import matrix
from outreach.forms import MailForm
from outreach.models import LaporMail, LaporRule
from outreach.receiving import claim
from outreach.recognising import period_of, recognise, skeleton
from tests import factories as make
from tickets.models import Ticket

BY = {"at": make.NOW, "actor": None}


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Laporan Triwulan III TA 2024", "2024-TW3"),
        ("laporan tw.2 2024", "2024-TW2"),
        ("Realisasi Semester I Tahun 2024", "2024-S1"),
        ("DAK Nonfisik tahap II 2024", "2024-T2"),
        ("LRA bulan Agustus 2024", "2024-08"),
        ("LRA Sept 2023", "2023-09"),
        ("APBD 2025", "2025"),
        ("LRA Bulan Agustus Tahun Anggaran 2026", "2026-08"),
        ("TKD Agustus TA. 2026", "2026-08"),
        ("LRA tw.III/2026", "2026-TW3"),
        ("DAU Triwulan Ketiga 2026", "2026-TW3"),
        ("Dana Desa Semester Pertama 2026", "2026-S1"),
        ("DAK tahap kedua TA 2026", "2026-T2"),
        ("DTH_Makassar_09-2026.pdf", "2026-09"),
        ("LRA 2026-09", "2026-09"),
        ("Surat 12 Desember 2026: laporan semester II 2025", "2025-S2"),
        ("Nomor 900/12/2026, surat 05-09-2026", "2026"),
        ("Triwulan III", ""),
        ("Mohon bantuan", ""),
    ],
)
def test_the_period_is_read_as_people_write_it(text, period):
    assert period_of(text) == period


@pytest.mark.parametrize(
    ("given", "document", "region", "unit"),
    [
        ({"subject": "Laporan Syarat Salur DBH Kab. Gowa"}, "DBH", "73.06", "PK.2"),
        ({"subject": "Laporan DAK Non Fisik Kota Bandung"}, "DAK_NONFISIK", "32.73", "PK.3"),
        ({"subject": "Realisasi DAK Fisik", "sender": "keu@gowakab.go.id"}, "DAK_FISIK", "73.06", "PK.3"),
        ({"subject": "Laporan", "names": ["LRA_Pemkab Gowa.pdf"]}, "APBD", "73.06", ""),
        ({"subject": "Penyampaian", "text": "Bersama ini kami sampaikan laporan realisasi anggaran."}, "APBD", "", ""),
        ({"subject": "Laporan DBH Kab.Gowa"}, "DBH", "73.06", "PK.2"),
        ({"subject": "Laporan DBH Pemkab. Gowa"}, "DBH", "73.06", "PK.2"),
        ({"subject": "Apa kabar", "sender": "a@gmail.com"}, "", "", ""),
    ],
)
def test_document_region_and_unit(db, given, document, region, unit):
    found = recognise(**given)
    assert (found.document_type, found.region.code if found.region else "", found.unit_code) == (document, region, unit)


def test_what_is_set_right_is_learnt_for_the_next_one_of_its_kind(db):
    subject = "Penyampaian berkas Kab. Gowa Triwulan {} 2024"
    mail, _new = lapor.record_lapor_mail(
        external_id="<1@x.example>", subject=subject.format("I"), sender="sri@surat.example", **BY
    )
    right = {"document_type": "DAU", "region": make.region("73.06"), "unit": make.unit("PK.2")}
    lapor.classify_lapor_mail(mail=mail, **right, at=make.NOW, actor=make.staff("laras"))
    found = recognise(subject=subject.format("IV"), sender="sri@surat.example", text="DBH Kota Bandung")
    assert (found.document_type, found.unit_code, found.region.code) == ("DAU", "PK.2", "73.06")
    other = {"document_type": "APBD", "region": make.region("32.73")}
    lapor.classify_lapor_mail(mail=mail, **other, at=make.NOW, actor=make.staff("laras"))
    again = recognise(subject=subject.format("II"), sender="sri@surat.example")
    assert (again.document_type, again.region.code) == ("APBD", "32.73")
    assert LaporRule.objects.exclude(learnt_at=None).count() == 2


def test_a_subject_without_place_and_time_is_one():
    assert skeleton("Re: Laporan DBH Kab. Gowa TW III 2024") == "laporan dbh"


def incoming(subject="Laporan DBH Kab. Gowa Triwulan II 2024", body="Terlampir.", name="<9@gowa.example>"):
    return Message.objects.create(
        channel=Channel.objects.get(code="LAPOR"), external_id=name, direction="IN", subject=subject, body=body,
        received_at=make.NOW, details={"from": "bkad@gowa.example"},
    )  # fmt: skip


def test_a_mail_to_the_mailbox_is_recorded_as_what_it_is_and_no_ticket(db):
    assert claim(incoming(), make.NOW)
    row = LaporMail.objects.get()
    assert (row.document_type, row.period, row.region.code, row.unit.code) == ("DBH", "2024-TW2", "73.06", "PK.2")
    assert not Ticket.objects.exists()


def forwarded(**given):
    claim(incoming(), make.NOW)
    mail = LaporMail.objects.get()
    return lapor.forward(mail=mail, at=make.NOW, actor=make.staff("laras"), **given)


def test_it_goes_to_the_units_person_in_charge_with_its_files(db):
    with pytest.raises(Refused, match=r"lapor\.no_pic"):
        forwarded()
    given = {"unit_code": "PK.2", "name": "Bu Ratih", "email": "Ratih@djpk.example"}
    lapor.set_person_in_charge(**given, **BY)
    mail = LaporMail.objects.get()
    file = store_file(b"a;b", at=make.NOW)
    Attachment.objects.create(message=mail.message, file=file, name="dbh.csv")
    mail = lapor.forward(mail=mail, note="Mohon ditindaklanjuti.", at=make.NOW, actor=make.staff("laras"))
    sent = mail.forward
    assert (sent.delivery, sent.channel.code, sent.details["to"]) == ("QUEUED", "LAPOR", "ratih@djpk.example")
    assert "Mohon ditindaklanjuti." in sent.body
    assert "Kab. Gowa" in sent.body
    assert list(sent.attachments.values_list("name", flat=True)) == ["dbh.csv"]


def test_it_is_forwarded_by_the_mailbox_it_came_to(db):
    claim(incoming(), make.NOW)
    mail = LaporMail.objects.get()
    lines = [Connection.objects.create(channel=mail.message.channel, address=f"lapor{n}@djpk.example") for n in (1, 2)]
    Message.objects.update(connection=lines[1])
    lapor.set_person_in_charge(unit_code="PK.2", name="Bu Ratih", email="ratih@djpk.example", **BY)
    assert lapor.forward(mail=mail, at=make.NOW, actor=make.staff("laras")).forward.connection == lines[1]


def test_a_ticket_of_it_has_its_files_and_answers_into_its_thread(laras):
    message = incoming(subject="Tanya", body="Kapan DAU salur?")
    message.details |= {"message_id": "9@gowa.example", "answer_to": "bkad@gowa.example"}
    message.save()
    picture = store_file(b"\x89PNG", at=make.NOW)
    Attachment.objects.create(message=message, file=picture, name="layar.png", content_id="layar", scan="INFECTED")
    claim(message, make.NOW)
    laras.post(f"/lapor/{LaporMail.objects.get().pk}/tiket/")
    question = Ticket.objects.get().entries.get(message__isnull=False).message
    assert (question.channel.code, question.body, question.claimed_by) == ("EMAIL", "Kapan DAU salur?", "tickets")
    kept = question.attachments.values_list("file", "name", "content_id", "scan")
    assert list(kept) == [(picture.pk, "layar.png", "layar", "INFECTED")]
    answer = write_message(
        channel=question.channel, contact=question.contact, body="Besok.", reply_to=question, claimed_by="tickets", **BY
    )
    assert references_of(answer) == ["9@gowa.example"]


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("Triwulan III 2026", "2026-TW3"),
        ("agustus 2026", "2026-08"),
        ("2026-tw1", "2026-TW1"),
        ("2026", "2026"),
        ("", ""),
    ],
)
def test_a_period_may_be_typed_in_words(db, typed, period):
    form = MailForm({"dokumen": "DBH", "periode": typed})
    assert form.is_valid()
    assert form.cleaned_data["periode"] == period


@pytest.mark.parametrize("typed", ["2026-TW5", "Triwulan V 2026", "2026-13", "kapan"])
def test_a_period_that_is_none_is_refused(db, typed):
    assert "periode" in MailForm({"dokumen": "DBH", "periode": typed}).errors


def test_its_files_open_for_those_who_see_it_and_only_with_it(db, client):
    claim(incoming(), make.NOW)
    claim(incoming(name="<10@gowa.example>"), make.NOW)
    mail, other = LaporMail.objects.order_by("pk")
    file = store_file(b"a;b", at=make.NOW)
    row = Attachment.objects.create(message=mail.message, file=file, name="dbh.csv")
    client.force_login(make.staff("laras"))
    assert b"".join(client.get(f"/lapor/{mail.pk}/berkas/{row.pk}/")) == b"a;b"
    assert client.get(f"/lapor/{other.pk}/berkas/{row.pk}/").status_code == 404


def test_the_matrix_shows_who_is_missing(db):
    for place, period in (("73.06", "2024-TW1"), ("73.06", "2024-TW2"), ("32.73", "2024-TW1"), ("73.06", "2023-TW4")):
        lapor.record_lapor_mail(
            external_id=f"<{place}{period}>", document_type="DBH", period=period, region=make.region(place), **BY
        )
    lapor.record_lapor_mail(external_id="<tanpa>", document_type="DBH", period="2024-TW4", **BY)  # of which Pemda?
    periods, lines = matrix("DBH", "2024")
    found = {line.region.code: [bool(cell) for cell in line.cells] for line in lines}
    assert (periods, found["73.06"], found["32.73"]) == (["2024-TW1", "2024-TW2"], [True, True], [True, False])
    assert len(found) == 546
    assert {line.region.code[:2] for line in matrix("DBH", "2024", "73")[1]} == {"73"}


@pytest.fixture
def laras(client, db):
    client.force_login(make.staff("laras"))
    return client


def test_the_pages_correct_forward_and_make_a_ticket(laras):
    claim(incoming(subject="Tanya", body="Kapan DAU salur?"), make.NOW)
    mail = LaporMail.objects.get()
    address = f"/lapor/{mail.pk}/"
    right = {"dokumen": "DAU", "periode": "2024-08", "wilayah": "Kab. Gowa", "unit": "PK.2"}
    assert "koreksi ini" in laras.post(address, right, follow=True).content.decode()
    assert "Tulis 2024" in laras.post(address, right | {"periode": "kapan"}).content.decode()
    laras.post("/lapor/aturan/", {"pic": "PK.2", "nama": "Bu Ratih", "email": "ratih@djpk.example"})
    assert "Diteruskan kepada PiC PK.2" in laras.post(f"{address}teruskan/", follow=True).content.decode()
    answer = laras.post(f"{address}tiket/")
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/tiket/{ticket.number}/"
    mail.refresh_from_db()
    assert (mail.ticket, mail.period, ticket.region.code) == (ticket, "2024-08", "73.06")


def test_the_list_narrows_and_bears_odd_addresses(laras):
    for number, kind in enumerate(("DBH", "DAU")):
        lapor.record_lapor_mail(external_id=f"<{number}>", subject=f"Surat {kind}", document_type=kind, **BY)
    page = laras.get("/lapor/?dokumen=DBH").content.decode()
    assert ("Surat DBH" in page, "Surat DAU" in page) == (True, False)
    for odd in ("cari=%00", "periode=%00&unit=%00", "halaman=x", "keadaan=belum", "dokumen=x"):
        assert laras.get(f"/lapor/?{odd}").status_code == 200
    assert laras.get("/lapor/kelengkapan/?dokumen=x&tahun=%00&provinsi=99").status_code == 200


def test_rules_are_added_and_taken_away(laras):
    laras.post("/lapor/aturan/", {"kata": "Dana Desa, laporan", "dokumen": "OTHER", "unit": "PK.4"})
    rule = LaporRule.objects.get(pattern="dana desa, laporan")
    assert recognise(subject="Laporan Dana Desa").unit_code == "PK.4"
    laras.post("/lapor/aturan/", {"hapus": rule.pk})
    assert recognise(subject="Laporan Dana Desa").unit_code == ""
