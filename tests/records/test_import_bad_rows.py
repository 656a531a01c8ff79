"""Bad rows and bad files: what is wrong is said in words that tell what to do."""

import zipfile

import pytest

from kernel.errors import Refused
from kernel.importing import reading
from tests.records.files import TICKET, load, reasons, rejected, ticket_row, write_csv, write_xlsx
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

BAD = [
    ({"number": ""}, "number: wajib diisi"),
    ({"number": "X" * 41}, "number: berisi 41 huruf"),
    ({"created_at": ""}, "created_at: wajib diisi"),
    ({"created_at": "kemarin"}, "created_at: “kemarin” bukan tanggal"),
    ({"created_at": "2024-08-01"}, "created_at: “2024-08-01” bukan tanggal dan jam"),
    ({"created_at": "0204-08-01T10:00"}, "created_at: tahun 204"),
    ({"created_at": "2042-08-01T10:00"}, "created_at: belum terjadi"),
    ({"closed_at": "2042-08-02T10:00"}, "closed_at: belum terjadi"),
    ({"answered_at": "2026-11-25T12:00:01"}, "answered_at: belum terjadi"),
    ({"channel": "faks"}, "channel: Saluran “faks” tidak dikenal. Pilih: WHATSAPP"),
    ({"contact_email": "arung"}, "contact_email: "),
    ({"contact_phone": "halo"}, "contact_phone: "),
    ({"user_group": "alien"}, "user_group: “alien” tidak dikenal. Pilih: PEMDA"),
    ({"region": "Atlantis"}, "region: Daerah “Atlantis” tidak dikenal"),
    ({"region": "Bandung"}, "region: Daerah “Bandung” tidak jelas: Kab. Bandung"),
    ({"topic": "Cuaca"}, "topic: Topik “Cuaca” tidak dikenal"),
    ({"topic": ""}, "topic: wajib diisi karena status CLOSED"),
    ({"status": "hilang"}, "status: “hilang” tidak dikenal"),
    ({"closed_at": ""}, "closed_at: wajib diisi karena status CLOSED"),
    ({"closed_at": "2024-08-01T08:00"}, "closed_at: lebih awal dari created_at"),
    ({"status": "OPEN"}, "closed_at: terisi padahal status bukan CLOSED"),
    ({"escalated_unit": "PK.99"}, "escalated_unit: Unit “PK.99” tidak dikenal"),
    ({"escalated_unit": ""}, "escalated_unit: isi unit"),
    ({"escalated_at": ""}, "escalated_at: isi saat eskalasi"),
    ({"escalated_at": "2024-08-01T08:00"}, "escalated_at: lebih awal dari created_at"),
    ({"answered_at": "2024-08-01T09:20"}, "answered_at: lebih awal dari escalated_at"),
    ({"service_score": "6"}, "service_score: 6 di luar batas 1 sampai 5"),
    ({"service_score": "baik"}, "service_score: “baik” bukan bilangan bulat"),
    ({"substance_score": ""}, "isi keduanya"),
    ({"status": "OPEN", "closed_at": ""}, "penilaian hanya untuk tiket yang sudah selesai"),
    (
        {"status": "WAITING_LAYER2", "closed_at": "", "escalated_unit": "", "escalated_at": "", "answered_at": ""},
        "WAITING_LAYER2 memerlukan escalated_unit",
    ),
]


@pytest.mark.parametrize(("changes", "reason"), BAD)
def test_a_bad_row_is_rejected_with_its_reason_and_the_good_one_stays(tmp_path, changes, reason):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A"), ticket_row("B") | changes])
    report = load("tickets", path)
    assert (report.read, report.created, report.rejected) == (2, 1, 1)
    (bad,) = rejected(path)
    assert reason in bad["reason"]
    assert bad["line"] == "3"
    assert {name: bad[name] for name in TICKET} == ticket_row("B") | changes


def test_all_reasons_of_a_row_are_told_at_once(tmp_path):
    path = write_csv(tmp_path / "t.csv", [TICKET | {"channel": "faks", "region": "Atlantis"}])
    load("tickets", path)
    (reason,) = reasons(path)
    assert "faks" in reason
    assert "Atlantis" in reason


def test_lines_count_line_ends_inside_cells(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A", message="satu\ndua\ntiga"), ticket_row("B", channel="faks")])
    load("tickets", path)
    assert rejected(path)[0]["line"] == "5"


def test_a_doubled_number_is_told_with_the_line_of_the_first(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A"), ticket_row("A", subject="lain")])
    report = load("tickets", path)
    assert (report.created, report.rejected) == (1, 1)
    assert "Sudah ada di baris 2" in rejected(path)[0]["reason"]


def test_a_bad_row_below_takes_its_ticket_out_too(tmp_path):
    below = dict.fromkeys(TICKET, "") | {"number": "A", "escalated_unit": "PK.4", "escalated_at": "besok"}
    path = write_csv(tmp_path / "t.csv", [ticket_row("A"), below, ticket_row("B")])
    report = load("tickets", path)
    assert (report.created, report.rejected) == (1, 2)
    assert [row["line"] for row in rejected(path)] == ["2", "3"]
    assert "besok" in rejected(path)[1]["reason"]


def test_rejected_rows_can_be_mended_and_imported_from_their_file(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A", subject="=1+1", region="Atlantis")])
    load("tickets", path)
    beside = path.with_name("t.csv.rejected.csv")
    beside.write_text(beside.read_text("utf-8-sig").replace("Atlantis", "73.06", 1), "utf-8")
    assert load("tickets", beside).created == 1
    assert Ticket.objects.get().subject == "=1+1"


def test_an_old_file_of_rejected_rows_goes_when_nothing_is_rejected(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A", channel="faks")])
    load("tickets", path)
    load("tickets", write_csv(path, [ticket_row("A")]))
    assert not path.with_name("t.csv.rejected.csv").exists()


def test_a_row_with_more_cells_than_titles(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("number,created_at,channel,status\nA,2024-08-01T10:00,EMAIL,OPEN,lebih\n", "utf-8")
    load("tickets", path)
    assert "Baris berisi 5 sel" in rejected(path)[0]["reason"]


def test_only_required_columns_need_to_be_there(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Number;Created At;CHANNEL;status\nA;2024-08-01T10:00;EMAIL;OPEN\n", "utf-8")
    assert load("tickets", path).created == 1
    assert Ticket.objects.get().contact.name == "Tanpa nama"


def _refused(path, code):
    with pytest.raises(Refused) as refused:
        load("tickets", path)
    assert refused.value.code == code
    return refused.value.message


def test_missing_unknown_and_doubled_columns_are_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("number,created_at,chanel,status,status\nA,2024-08-01T10:00,EMAIL,OPEN,OPEN\n", "utf-8")
    message = _refused(path, "import.columns")
    assert "Kolom wajib tidak ada: channel" in message
    assert "chanel (maksudnya channel?)" in message
    assert "Kolom ganda: status" in message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty_file"),
        (b"\n\n", "import.empty_file"),
        ("number;nama\n1;Café\n".encode("cp1252"), "import.not_utf8"),
        ("number,created_at\n".encode("utf-16"), "import.not_utf8"),
        (b"\xd0\xcf\x11\xe0rest", "import.old_excel"),
        (b"PK\x03\x04rest", "import.broken_xlsx"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, content, code):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    _refused(path, code)


def test_wrong_encoding_late_in_the_file_loads_nothing(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row(f"A{n}") for n in range(3000)])
    with path.open("ab") as stream:
        stream.write(b"\xe9\n")
    _refused(path, "import.not_utf8")
    assert not Ticket.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    assert "tidak dapat dibuka" in _refused(tmp_path / "none.csv", "import.unreadable")


def test_a_zip_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    _refused(tmp_path / "t.xlsx", "import.not_a_table")


def test_a_workbook_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_UNPACKED", 1000)
    _refused(write_xlsx(tmp_path / "t.xlsx", [TICKET]), "import.zip_bomb")


def test_a_folder_where_nothing_can_be_written(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A", channel="faks")])
    path.with_name("t.csv.rejected.csv.tmp").mkdir()
    assert "tidak dapat ditulis" in _refused(path, "import.rejects_unwritable")


def test_cells_beyond_the_titles_stay_in_the_rejected_file_and_keep_the_row_out(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("number,created_at,channel,status\nA,2024-08-01T09:15,EMAIL,OPEN,sisa,=lain\n")
    assert load("tickets", path).rejected == 1
    again = path.with_name("t.csv.rejected.csv")
    assert again.read_text(encoding="utf-8-sig").rstrip().endswith(",sisa,'=lain")
    report = load("tickets", again)
    assert (report.created, report.rejected) == (0, 1)
    assert "Baris berisi 8 sel, judulnya 6" in next(iter(reasons(again)))
