"""Registers and monthly values: what each kind takes, what it refuses, and that repeating changes nothing."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.models import ChatbotSession
from consultations.models import Visit
from djpk.records.kinds import KINDS, RECORD_KINDS
from information.models import PpidRequest
from kernel.importing.fields import Text
from knowledge.models import KnowledgeArticle, ReviewRequest
from outreach.models import Event, OutreachEvent, Publication, SocialMetric, WebTraffic
from reports.models import ReportEvent
from tests.factories import wib
from tests.records.files import TICKET, exported, load, reasons, write_csv, write_xlsx

pytestmark = pytest.mark.django_db

GOOD = {
    "visits": {"held_on": "2024-08-05", "visitor": "Kab. Gowa", "region": "73.06", "topics": "DAU; Dana Bagi Hasil", "guest_count": "6"},
    "video_conferences": {"held_on": "05/08/2024", "visitor": "KPP Pratama", "topics": "PDRD", "meeting_url": "https://rapat.example/1"},
    "chatbot_sessions": {"channel": "WHATSAPP", "started_at": "2024-08-05T09:00", "ended_at": "2024-08-05T09:04", "outcome": "ANSWERED", "menu": "PDRD", "contact_name": "Yosef", "contact_phone": "+62 000 1000 0003"},
    "lapor_mails": {"received_at": "2024-08-05T09:00", "sender": "bkad@gowa.example", "subject": "=Laporan", "document_type": "Laporan Syarat Salur DBH", "region": "Kab. Gowa", "unit": "pk.2"},
    "calls": {"started_at": "2024-08-05T09:00", "number": "0812-3456-7890", "agent": "Laras Setyani", "answered_at": "2024-08-05T09:01", "ended_at": "2024-08-05T09:04", "recording_url": "https://rekaman.example/1"},
    "complaints": {"received_at": "2024-08-05T09:00", "kind": "Pengaduan", "subject": "Surat palsu", "region": "73.06", "source": "SP4N-LAPOR!", "handler": "Laras Setyani", "status": "CLOSED", "closed_at": "2024-08-06T09:00"},
    "ppid_requests": {"received_at": "2024-08-05T09:00", "applicant_name": "Rangga", "contact_email": "rangga@kampus.example", "data_requested": "Data TKD", "unit": "PK.2"},
    "publications": {"published_on": "2024-08-05", "title": "Realisasi TKD"},
    "events": {"held_on": "2024-08-05", "title": "SERASI", "kind": "Webinar"},
    "blasts": {"sent_at": "2024-08-05T09:00", "subject": "Undangan", "by_email": "tidak"},
    "web_traffic": {"month": "2024-08", "visitors": "61.000", "page_1": "Beranda", "page_2": "Data | TKD"},
    "social_metrics": {"month": "2024-08", "platform": "Instagram", "feeds": "25", "stories": "27", "followers": "118.293"},
    "knowledge_reviews": {"article_code": "FAQ-1", "title": "Jadwal DAU", "unit": "PK.2", "topic": "DAU", "requested_at": "2024-08-05T09:00", "reason": "Aturan baru"},
    "report_texts": {"month": "2024-08", "section": "S09", "key": "DAU", "text": "Jadwal penyaluran."},
    "snapshots": {"month": "2024-06", "indicator": "whatsapp.total", "value": "880,5", "source": "Laporan Juni 2024"},
}  # fmt: skip


def test_every_kind_is_covered_here():
    assert tuple(GOOD) == RECORD_KINDS


@pytest.mark.parametrize("kind", GOOD)
def test_a_row_comes_in_once_and_goes_out_and_comes_back_the_same(tmp_path, kind):
    path = write_csv(tmp_path / "t.csv", [GOOD[kind]])
    report = load(kind, path)
    assert (report.created, report.rejected) == (1, 0), list(reasons(path))
    again = load(kind, path)
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 0, 1, 0)
    out = tmp_path / "out.csv"
    out.write_text(exported(kind), "utf-8", newline="")
    assert load(kind, out).unchanged == 1
    assert out.read_text("utf-8").count("\n") == 2


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("visits", {"guest_count": "4"}),
        ("visits", {"topics": "DBH"}),
        ("video_conferences", {"meeting_url": ""}),
        ("chatbot_sessions", {"ended_at": "2024-08-05T09:10"}),
        ("lapor_mails", {"region": ""}),
        ("complaints", {"handler": "Orang Lain"}),
        ("complaints", {"status": "RECEIVED", "closed_at": ""}),
        ("ppid_requests", {"status": "ANSWERED", "answered_at": "2024-08-06T09:00"}),
        ("ppid_requests", {"contact_email": "lain@kampus.example"}),
        ("publications", {"category": "Berita"}),
        ("events", {"kind": "FGD"}),
        ("blasts", {"recipients": "12"}),
        ("web_traffic", {"visitors": "62000"}),
        ("web_traffic", {"page_1": "Lain"}),
        ("social_metrics", {"feeds": "26", "posts": "53"}),
        ("knowledge_reviews", {"title": "Jadwal lain"}),
        ("knowledge_reviews", {"reviewed_at": "2024-08-09T09:00"}),
        ("report_texts", {"text": "Lain."}),
        ("snapshots", {"value": "881"}),
    ],
)
def test_a_differing_row_is_a_conflict_until_it_is_to_update(tmp_path, kind, change):
    numbered = {"number": "N-1"} if kind in NUMBERED else {"external_id": "N-1"} if kind in IDENTIFIED else {}
    row = {**numbered, **GOOD[kind], **dict.fromkeys(change, "")} | GOOD[kind]
    load(kind, write_csv(tmp_path / "t.csv", [row]))
    path = write_csv(tmp_path / "u.csv", [row | change])
    assert load(kind, path).rejected == 1
    assert next(iter(change)) in next(iter(reasons(path)))
    assert load(kind, path, update=True).updated == 1
    assert load(kind, path).unchanged == 1


NUMBERED = {"visits", "video_conferences", "complaints", "ppid_requests", "publications", "events", "blasts"}
IDENTIFIED = {"chatbot_sessions", "lapor_mails", "calls"}

BAD = [
    ("visits", {"guest_count": "0"}, "guest_count: 0 di luar batas"),
    ("visits", {"topics": "DAU; Cuaca"}, "topics: Topik “Cuaca” tidak dikenal"),
    ("visits", {"held_on": "2024-02-30"}, "held_on: “2024-02-30” bukan tanggal"),
    ("video_conferences", {"meeting_url": "rapat.example"}, "meeting_url: tulis lengkap"),
    ("chatbot_sessions", {"menu": ""}, "menu: wajib diisi"),
    ("chatbot_sessions", {"outcome": "DROPPED"}, "menu: kosongkan"),
    ("chatbot_sessions", {"ended_at": ""}, "ended_at: wajib diisi"),
    ("chatbot_sessions", {"ended_at": "2024-08-05T08:00"}, "ended_at: lebih awal dari started_at"),
    ("chatbot_sessions", {"ticket": "X"}, "ticket: tiket X belum ada"),
    ("lapor_mails", {"document_type": "Buku"}, "document_type: “Buku” tidak dikenal"),
    ("calls", {"status": "RINGING"}, "status: hanya ENDED atau MISSED"),
    ("calls", {"status": "MISSED"}, "answered_at: kosongkan"),
    ("calls", {"number": "anonim"}, "Nomor telepon “anonim” tidak dikenal"),
    ("calls", {"ended_at": "2024-08-05T08:00"}, "ended_at: lebih awal dari started_at"),
    ("complaints", {"closed_at": ""}, "closed_at: isi bila status CLOSED"),
    ("ppid_requests", {"status": "ANSWERED"}, "answered_at: wajib diisi"),
    ("ppid_requests", {"extended_due_on": "2024-09-01"}, "extension_reason: wajib diisi"),
    ("publications", {"title": ""}, "title: wajib diisi"),
    ("blasts", {"sent_at": ""}, "sent_at: isi bila status SENT"),
    ("blasts", {"by_whatsapp": "tidak"}, "salah satu harus ya"),
    ("web_traffic", {"month": "Agustus"}, "month: “Agustus” bukan bulan"),
    ("web_traffic", {"page_2": "", "page_3": "x"}, "isi berurutan"),
    ("social_metrics", {"posts": "3"}, "posts: harus sama"),
    ("knowledge_reviews", {"unit": ""}, "title, unit: wajib diisi"),
    ("knowledge_reviews", {"requested_at": ""}, "requested_at: wajib diisi"),
    ("report_texts", {"section": "S37"}, "section: “S37” bukan bagian laporan"),
    ("snapshots", {"indicator": "cuaca"}, "indicator: angka “cuaca” tidak dikenal"),
    ("snapshots", {"value": "-1"}, "value: tidak boleh negatif"),
    ("snapshots", {"month": "2030-01"}, "month: bulan ini belum berjalan"),
]


@pytest.mark.parametrize(("kind", "change", "reason"), BAD)
def test_bad_rows_are_rejected_with_their_reason(tmp_path, kind, change, reason):
    path = write_csv(tmp_path / "t.csv", [GOOD[kind] | change])
    assert load(kind, path).rejected == 1
    assert reason in next(iter(reasons(path)))
    assert exported(kind).count("\n") == 1


words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["=1+1", "'=1", "-5", "_x0041_", "satu\r\ndua", 'a;b,c|d"e"', "Ärger 😀"]),
)


@pytest.mark.parametrize("kind", GOOD)
@given(data=st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_export_and_import(tmp_path, kind, data):
    free = [c for c in KINDS[kind].columns if isinstance(c.field, Text) and c.field.free and not c.required]
    texts = {
        c.name: data.draw(words)[: c.field.longest or None] for c in free if not c.name.startswith(("page_", "title"))
    }
    rows = [GOOD[kind] | texts | {"handler": ""} if "handler" in texts else GOOD[kind] | texts]
    with transaction.atomic():
        load(kind, write_csv(tmp_path / "t.csv", rows))
        first = exported(kind)
        transaction.set_rollback(True)
    (tmp_path / "out.csv").write_text(first, "utf-8", newline="")
    with transaction.atomic():
        assert load(kind, tmp_path / "out.csv").created == 1, list(reasons(tmp_path / "out.csv"))
        assert exported(kind) == first
        transaction.set_rollback(True)


def test_a_visit_over_the_limit_of_its_day_is_marked(tmp_path):
    row = GOOD["visits"]
    load(
        "visits",
        write_csv(tmp_path / "t.csv", [row, row | {"visitor": "Kota Bandung", "region": "32.73", "guest_count": "5"}]),
    )
    over, within = Visit.objects.order_by("id")
    assert (over.over_limit, within.over_limit) == (True, False)
    assert [topic.code for topic in over.topics.all()] == ["DAU", "DBH"]
    assert (over.user_group, over.status) == ("PEMDA", "HELD")


def test_rows_without_number_are_told_apart_by_their_order(tmp_path):
    row = GOOD["publications"]
    path = write_csv(tmp_path / "t.csv", [row, row, row | {"title": "Lain"}])
    assert load("publications", path).created == 3
    assert load("publications", path).unchanged == 3
    assert list(Publication.objects.values_list("position", flat=True)) == [1, 2, 3]


def test_registers_append_an_event_per_row(tmp_path):
    load("events", write_csv(tmp_path / "t.csv", [GOOD["events"]]))
    event = OutreachEvent.objects.get()
    assert (event.record, event.record_id, event.code) == ("event", Event.objects.get().pk, "event.imported")
    load("snapshots", write_csv(tmp_path / "s.csv", [GOOD["snapshots"]]))
    assert ReportEvent.objects.get().code == "snapshot.imported"


def test_a_blank_last_day_of_a_public_request_is_computed(tmp_path):
    load("ppid_requests", write_csv(tmp_path / "t.csv", [GOOD["ppid_requests"]]))
    request = PpidRequest.objects.get()
    assert request.due_on == date(2024, 8, 19)
    assert request.contact.handles.get().value == "rangga@kampus.example"


def test_a_session_handed_over_belongs_to_its_ticket(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [TICKET]))
    row = GOOD["chatbot_sessions"] | {"outcome": "Chat Agent", "menu": "", "ticket": "CC-1"}
    load("chatbot_sessions", write_csv(tmp_path / "c.csv", [row]))
    assert ChatbotSession.objects.get().ticket.number == "CC-1"


def test_a_ticket_has_one_session(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [TICKET]))
    row = GOOD["chatbot_sessions"] | {"outcome": "HANDED_OVER", "menu": "", "ticket": "CC-1"}
    path = write_csv(tmp_path / "c.csv", [row | {"external_id": "A"}, row | {"external_id": "B"}])
    assert load("chatbot_sessions", path).rejected == 1
    assert "sudah dipakai catatan lain" in next(iter(reasons(path)))


def test_posts_are_feeds_and_stories_together(tmp_path):
    load("social_metrics", write_csv(tmp_path / "t.csv", [GOOD["social_metrics"]]))
    assert SocialMetric.objects.get().posts == 52


def test_rows_of_one_article_must_agree(tmp_path):
    row = GOOD["knowledge_reviews"]
    rows = [row | {"reviewed_at": "2024-08-06T09:00"}, row | {"requested_at": "2024-08-07T09:00", "title": "Lain"}]
    path = write_csv(tmp_path / "t.csv", rows)
    assert load("knowledge_reviews", path).rejected == 1
    assert "Isi artikel (title) berbeda dari baris 2" in next(iter(reasons(path)))


def test_a_later_review_may_leave_the_article_blank(tmp_path):
    row = GOOD["knowledge_reviews"]
    load("knowledge_reviews", write_csv(tmp_path / "t.csv", [row | {"reviewed_at": "2024-08-06T09:00"}]))
    later = {"article_code": "FAQ-1", "requested_at": "2024-09-05T09:00"}
    assert load("knowledge_reviews", write_csv(tmp_path / "u.csv", [later])).created == 1
    assert (KnowledgeArticle.objects.get().title, ReviewRequest.objects.count()) == ("Jadwal DAU", 2)


def test_two_open_reviews_of_an_article_are_refused(tmp_path):
    row = GOOD["knowledge_reviews"]
    path = write_csv(tmp_path / "t.csv", [row, row | {"requested_at": "2024-08-07T09:00"}])
    assert load("knowledge_reviews", path).rejected == 1
    assert "sudah ada reviu yang masih terbuka" in next(iter(reasons(path)))


def test_typed_cells(tmp_path):
    row = {"month": datetime(2024, 8, 1), "visitors": 61000.0, "page_1": 2024}  # noqa: DTZ001 - a spreadsheet's
    load("web_traffic", write_xlsx(tmp_path / "t.xlsx", [row]))
    traffic = WebTraffic.objects.get()
    assert (traffic.month, traffic.visitors, traffic.pages.get().title) == (date(2024, 8, 1), 61000, "2024")


def test_export_of_a_month(tmp_path):
    row = GOOD["publications"]
    load("publications", write_csv(tmp_path / "t.csv", [row, row | {"published_on": "2024-09-01"}]))
    assert exported("publications", (wib("2024-08-01 00:00"), wib("2024-09-01 00:00"))).count("\n") == 2


def _call(*args):
    out, err = StringIO(), StringIO()
    call_command(*args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_commands_import_and_export(tmp_path):
    path = write_csv(tmp_path / "t.csv", [GOOD["publications"], GOOD["publications"] | {"title": ""}])
    out, _err = _call("import_records", "publications", str(path))
    assert "Dibaca: 2" in out
    assert "Baru: 1" in out
    assert "Ditolak: 1" in out
    assert "t.csv.rejected.csv" in out
    _call("export_records", "publications", str(tmp_path / "out.xlsx"), "--month", "2024-08")
    assert "Tidak berubah: 1" in _call("import_records", "publications", str(tmp_path / "out.xlsx"))[0]


def test_the_commands_import_and_export_tickets(tmp_path, capsys):
    path = write_csv(tmp_path / "t.csv", [TICKET])
    assert "Baru: 1" in _call("import_tickets", str(path), "--dry-run")[0]
    assert "Baru: 1" in _call("import_tickets", str(path))[0]
    _call("export_tickets", "--from", "2024-08-01", "--to", "2024-08-01")
    assert capsys.readouterr().out.count("CC-1") == 1


def test_abort_ends_with_an_error(tmp_path):
    path = write_csv(tmp_path / "t.csv", [GOOD["publications"] | {"title": ""}])
    with pytest.raises(CommandError, match="tidak ada yang disimpan"):
        _call("import_records", "publications", str(path), "--on-error", "abort")


def test_columns_tells_what_a_kind_expects():
    out, _err = _call("import_records", "--columns", "visits")
    assert all(column.name in out for column in KINDS["visits"].columns)
    everything, _err = _call("import_records", "--columns")
    assert all(f"{kind}: " in everything for kind in RECORD_KINDS)
