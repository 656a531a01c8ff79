"""/layer2/: a unit sees its own queue, does its work there and on the ticket page; refusals keep what was typed."""

import pytest
from django.test import Client

from escalation import verbs
from escalation.models import Escalation
from people.models import StaffRole, Unit
from tests import factories as make
from tests.factories import HOUR, MINUTE, NOW, staff, unit, wib

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Pages read this clock; set it by `clock(moment)`."""
    now = {"at": NOW}
    monkeypatch.setattr("django.utils.timezone.now", lambda: now["at"])
    return lambda at: now.update(at=at)


def client(name):
    browser = Client()
    browser.force_login(staff(name))
    return browser


def escalated(topic="DAU", code="PK.2", at=NOW, **more):
    ticket = make.ticket(topic=make.topic(topic), subject=f"Soal {topic}", at=at)
    given = {"unit": unit(code), "question": f"Mohon {topic}.", "at": at, "actor": staff("laras")}
    return verbs.escalate(ticket, **given, **more)


def page(browser, address="/layer2/", **query):
    answer = browser.get(address, query)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_unit_sees_its_own_queue_in_order_of_the_next_drop(clock):
    late, early = escalated("DBH", at=wib("2024-08-15 09:00")), escalated(at=wib("2024-08-15 08:10"))
    escalated("DANA_DESA", "PK.4")
    clock(wib("2024-08-15 12:50"))
    body = page(client("damar"))
    assert body.index("Soal DAU") < body.index("Soal DBH")
    assert "Soal DANA_DESA" not in body
    assert "3 j 20 m" in body, "an hour and ten of the first day are left until 16.10"
    assert "PK.2 DTU" in body
    assert client("damar").get(f"/layer2/{early.pk}/").status_code == 200
    assert client("tirta").get(f"/layer2/{late.pk}/").status_code == 404
    assert client("tirta").get("/layer2/?unit=PK.2").status_code == 404


def test_supervisors_choose_the_unit_and_layer_1_has_no_queue():
    escalated()
    assert "Soal DAU" in page(client("sekar"), unit="PK.2")
    assert "Soal DAU" not in page(client("sekar"), unit="PK.4")
    assert client("laras").get("/layer2/").status_code == 403


def test_the_drawer_says_until_when_the_score_holds(clock):
    row = escalated(at=wib("2024-08-15 10:02"))
    clock(wib("2024-08-15 14:42"))
    body = page(client("damar"), f"/layer2/{row.pk}/")
    assert "3 j 20 m" in body
    assert "s.d. Jum 10.02 WIB" in body
    assert "110, <span>Sen 10.02</span>" in body
    assert "Rata-rata unit bulan ini menjadi 120,00 bila dijawab sekarang." in body


def test_outside_hours_the_page_says_when_the_clock_starts(clock):
    clock(wib("2024-08-16 17:30"))
    row = escalated(at=wib("2024-08-16 17:00"))
    assert "jam mulai Sen 08.00 WIB" in page(client("damar"), f"/layer2/{row.pk}/")


def test_take_answer_and_what_the_next_answer_makes_of_the_average(clock):
    damar, row = client("damar"), escalated()
    assert damar.post(f"/layer2/{row.pk}/aksi/ambil/").headers["Location"] == f"/layer2/{row.pk}/"
    clock(NOW + HOUR)
    sent = {"jawaban": "Tanggal 20.", "dasar": "PMK 1/2024; PMK 2/2024", "usulkan": "1"}
    assert damar.post(f"/layer2/{row.pk}/aksi/jawab/", sent).headers["Location"] == "/layer2/"
    row.refresh_from_db()
    assert (row.status, row.taken_by, row.answered_by, row.legal_basis) == (
        "ANSWERED", staff("damar"), staff("damar"), ["PMK 1/2024", "PMK 2/2024"],
    )  # fmt: skip
    assert row.proposed_article.title == "Soal DAU"
    assert "Jawaban terkirim." in page(damar)


def test_a_refusal_keeps_what_was_typed():
    row = escalated()
    verbs.answer(row, answer="Sudah.", at=NOW, actor=staff("damar"))
    body = client("damar").post(f"/layer2/{row.pk}/aksi/jawab/", {"jawaban": "Jawaban kedua"}).content.decode()
    assert "Langkah ini tidak berlaku untuk eskalasi berstatus “Terjawab”." in body
    assert "Jawaban kedua" in body, "who was second still has the text"
    other = escalated("DBH")
    body = client("damar").post(f"/layer2/{other.pk}/aksi/jawab/", {"jawaban": " ", "dasar": "PMK 7"}).content.decode()
    assert "Jawaban wajib diisi." in body
    assert 'value="PMK 7"' in body


def test_asking_back_stops_the_clock_and_handing_on_starts_another(clock):
    damar, row = client("damar"), escalated()
    clock(NOW + 30 * MINUTE)
    damar.post(f"/layer2/{row.pk}/aksi/minta/", {"alasan": "Nomor surat?"})
    body = page(damar, f"/layer2/{row.pk}/")
    assert "Jam berhenti" in body
    assert "Nomor surat?" in body
    damar.post(f"/layer2/{row.pk}/aksi/alihkan/", {"unit": "PK.4", "alasan": "Dana Desa."})
    row.refresh_from_db()
    assert row.status == "TRANSFERRED"
    assert Escalation.objects.get(unit__code="PK.4").transferred_from == row


def test_only_the_head_moves_what_somebody_else_has():
    from people.models import Role, StaffRole

    row, damar, other = escalated(), staff("damar"), staff("bima")
    StaffRole.objects.create(user=other, role=Role.AGENT_L2, unit=unit("PK.2"))
    client("damar").post(f"/layer2/{row.pk}/aksi/tugaskan/", {"kepada": "bima"})
    row.refresh_from_db()
    assert row.taken_by == other
    answer = client("damar").post(f"/layer2/{row.pk}/aksi/tugaskan/", {"kepada": "damar"})
    assert "Hanya kepala unit yang memindahkan pekerjaan orang lain." in answer.content.decode()
    StaffRole.objects.filter(user=damar).update(is_head=True)
    client("damar").post(f"/layer2/{row.pk}/aksi/tugaskan/", {"kepada": "damar"})
    row.refresh_from_db()
    assert row.taken_by == damar


def test_layer_2_works_on_the_ticket_page_too():
    row, damar = escalated(may_answer_requester=True), client("damar")
    body = page(damar, f"/tiket/{row.ticket.number}/")
    for word in ("Ambil", "Kirim jawaban", "Minta data", "Alihkan", "langsung kepada pemohon"):
        assert word in body
    sent = {"jawaban": "Tanggal 20.", "tujuan": "pemohon", "kembali": "tiket"}
    answer = damar.post(f"/layer2/{row.pk}/aksi/jawab/", sent)
    assert answer.headers["Location"] == f"/tiket/{row.ticket.number}/"
    row.ticket.refresh_from_db()
    assert row.ticket.status == "ANSWERED"


def test_layer_1_asks_with_the_whole_form():
    laras, ticket = client("laras"), make.ticket(topic=make.topic("DAU"))
    body = page(laras, f"/layer2/tanya/{ticket.number}/")
    assert "pemilik topik DAU" in body
    assert "Kapan DAU bulan Agustus disalurkan?" in body
    sent = {"unit": ["PK.2", "PK.6"], "urutan": "berurutan", "pertanyaan": "Mohon jadwal.", "upaya": "KB kosong."}
    laras.post(f"/layer2/tanya/{ticket.number}/", sent | {"langsung": "1", "mendesak": "1"})
    row = ticket.escalations.get()
    assert (row.unit.code, row.question, row.tried, row.urgent, row.may_answer_requester) == (
        "PK.2", "Mohon jadwal.", "KB kosong.", True, True,
    )  # fmt: skip
    body = page(laras, f"/tiket/{ticket.number}/")
    assert "menyusul setelah PK.2 menjawab" in body
    laras.post(f"/layer2/rencana/{ticket.planned_escalations.get().pk}/batal/")
    assert ticket.planned_escalations.get().dropped_at == NOW
    assert (
        "Pilih unit yang dituju." in laras.post(f"/layer2/tanya/{ticket.number}/", {"pertanyaan": "x"}).content.decode()
    )


def test_units_are_asked_in_the_order_in_which_they_were_chosen():
    laras, ticket = client("laras"), make.ticket(topic=make.topic("DAU"))
    sent = {
        "unit": ["PK.1", "PK.2", "PK.6"],
        "urutan": "berurutan",
        "giliran": "PK.6 PK.1 PK.2",
        "pertanyaan": "Mohon.",
    }
    laras.post(f"/layer2/tanya/{ticket.number}/", sent)
    row = ticket.escalations.get()
    planned = [plan.unit.code for plan in ticket.planned_escalations.order_by("position")]
    assert (row.unit.code, planned) == ("PK.6", ["PK.1", "PK.2"])


def test_a_question_is_needed_and_what_else_was_entered_stays():
    laras, ticket = client("laras"), make.ticket(topic=make.topic("DAU"))
    sent = {
        "unit": ["PK.6", "PK.2"],
        "urutan": "berurutan",
        "giliran": "PK.6 PK.2",
        "pertanyaan": " ",
        "upaya": "KB kosong.",
    }
    body = laras.post(f"/layer2/tanya/{ticket.number}/", sent).content.decode()
    assert "Tuliskan pertanyaan untuk Layer 2." in body
    assert "KB kosong.</textarea>" in body
    assert 'value="PK.6 PK.2"' in body
    assert "Kapan DAU bulan Agustus disalurkan?" not in body, "what was taken out does not come back"
    assert not ticket.escalations.exists()


def test_files_of_the_question_are_for_the_unit_alone(settings, tmp_path):
    from escalation.steps import attach
    from messaging.files import store_file

    settings.MEDIA_ROOT = tmp_path
    row = escalated()
    attach(row, [(store_file(b"SK", at=NOW), "sk.txt")], "QUESTION")
    address = f"/layer2/{row.pk}/berkas/{row.files.get().pk}/"
    assert b"".join(client("damar").get(address)) == b"SK"
    assert client("tirta").get(address).status_code == 404
    assert f'href="{address}"' in page(client("damar"), f"/layer2/{row.pk}/")


def test_counts_filters_and_load(clock):
    damar = client("damar")
    mine, returned, done = escalated(), escalated("DBH"), escalated("DBH")
    verbs.take(mine, at=NOW, actor=staff("damar"))
    verbs.return_to_layer1(returned, reason="Data?", at=NOW, actor=staff("damar"))
    verbs.answer(done, answer="Sudah.", at=NOW, actor=staff("damar"))
    clock(NOW + 5 * HOUR + 30 * MINUTE)
    queue = damar.get("/layer2/").context["queue"]
    assert {key: count for key, _label, count in queue.counts} == {
        "": 1, "segera": 0, "klarifikasi": 1, "saya": 1, "bebas": 0, "dijawab": 1,
    }  # fmt: skip
    assert [(load.user.username, load.count) for load in queue.loads] == [("damar", 1)]
    assert [group.label for group in queue.groups] == ["Jam berjalan", "Jam berhenti", "Dijawab hari ini"]
    clock(NOW + 22 * HOUR + 30 * MINUTE)  # 08.00: an hour and a half are left of the first day
    counts = damar.get("/layer2/").context["queue"].counts
    assert [count for key, _label, count in counts if key == "segera"] == [1]


def test_the_list_costs_the_same_however_long_it_is(django_assert_max_num_queries):
    damar = client("damar")
    for _number in range(3):
        escalated()
    page(damar)
    with django_assert_max_num_queries(14):
        page(damar)


def test_questions_to_an_earlier_row_of_the_unit_stay_in_its_queue(clock):
    """A unit renamed from a day on is another row of the same code."""
    running, standing, answered, held = (
        escalated("DAU"),
        escalated("DBH"),
        escalated("DANA_DESA"),
        escalated("DAK_FISIK"),
    )
    verbs.return_to_layer1(standing, reason="Data?", at=NOW, actor=staff("damar"))
    verbs.answer(answered, answer="Sudah.", at=NOW + MINUTE, actor=staff("damar"))
    verbs.take(held, at=NOW, actor=staff("damar"))
    old, cut = unit("PK.2"), wib("2024-08-16 00:00").date()
    Unit.objects.filter(pk=old.pk).update(valid_to=cut)
    new = Unit.objects.create(code=old.code, short="DTU", name="Direktorat Baru", valid_from=cut)
    StaffRole.objects.filter(unit=old).update(unit=new)
    clock(NOW + 24 * HOUR)
    ticket = make.ticket(topic=make.topic("DAU"), subject="Soal baru", at=NOW + 23 * HOUR)
    verbs.escalate(ticket, unit=new, question="?", at=NOW + 23 * HOUR, actor=staff("laras"))
    damar = client("damar")
    queue = damar.get("/layer2/").context["queue"]
    assert {row.title for group in queue.groups for row in group.rows} == {
        "Soal DAU", "Soal DBH", "Soal DAK_FISIK", "Soal baru",
    }  # fmt: skip
    assert {key: count for key, _label, count in queue.counts}["saya"] == 1
    assert running.unit_id != new.pk
    assert [row.title for row in damar.get("/layer2/?s=saya").context["queue"].groups[0].rows] == ["Soal DAK_FISIK"]
