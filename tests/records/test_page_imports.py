"""The upload page: preview, confirmation, result, rejected rows; by whom, and what goes wrong."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from djpk.records import running
from kernel.models import ImportRun
from outreach.models import Publication
from people.models import AccessLog
from tests.factories import NOW, staff
from tests.records.files import TICKET, ticket_row, write_csv
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def manager(client) -> Client:
    client.force_login(staff("ratna"))
    return client


def _content(tmp_path, rows):
    return write_csv(tmp_path / "tiket.csv", rows).read_bytes()


def _upload(client, content, kind="tickets", name="tiket.csv", **data):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports"), {"kind": kind, "file": file, **data}, follow=True)


def test_from_the_file_through_the_preview_to_the_result(manager, tmp_path):
    page = _upload(manager, _content(tmp_path, [ticket_row("A"), ticket_row("B", channel="faks")]))
    run = ImportRun.objects.get()
    assert (run.status, run.rows_read, run.rows_created, run.rows_rejected) == ("PREVIEW", 2, 1, 1)
    assert not Ticket.objects.exists()
    text = page.content.decode()
    assert "Yang akan terjadi" in text
    assert "Saluran “faks” tidak dikenal" in text
    assert "Kapan DAU Agustus disalurkan?" in text
    page = manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "skip"}, follow=True)
    assert "Selesai diimpor." in page.content.decode()
    run.refresh_from_db()
    assert (run.status, run.rows_created, run.rows_rejected) == ("DONE", 1, 1)
    assert run.finished_at
    assert Ticket.objects.get().events.get().actor == staff("ratna")
    beside = manager.get(reverse("import-rejected", args=[run.pk])).content.decode("utf-8-sig")
    assert "faks" in beside
    assert "B," in beside
    assert AccessLog.objects.filter(action="imported", user=staff("ratna")).exists()


def test_abort_loads_nothing(manager, tmp_path):
    _upload(manager, _content(tmp_path, [ticket_row("A"), ticket_row("B", channel="faks")]))
    run = ImportRun.objects.get()
    page = manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "abort"}, follow=True)
    assert "tidak ada yang disimpan" in page.content.decode()
    run.refresh_from_db()
    assert run.status == "ABORTED"
    assert not Ticket.objects.exists()


def test_a_run_is_confirmed_once(manager, tmp_path):
    _upload(manager, _content(tmp_path, [ticket_row("A")]))
    run = ImportRun.objects.get()
    manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "skip"})
    again = manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "skip"})
    assert again.status_code == 409
    assert manager.post(reverse("import-drop", args=[run.pk])).status_code == 409
    assert Ticket.objects.count() == 1


def test_a_file_given_up_cannot_be_imported(manager, tmp_path):
    _upload(manager, _content(tmp_path, [ticket_row("A")]))
    run = ImportRun.objects.get()
    assert manager.post(reverse("import-drop", args=[run.pk])).status_code == 302
    assert manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "skip"}).status_code == 409


def test_update_is_asked_for_with_the_file(manager, tmp_path):
    content = _content(tmp_path, [ticket_row("A")])
    _upload(manager, content)
    manager.post(reverse("import-confirm", args=[ImportRun.objects.get().pk]), {"on_error": "skip"})
    changed = _content(tmp_path, [ticket_row("A", topic="DBH")])
    _upload(manager, changed)
    assert ImportRun.objects.first().rows_rejected == 1
    _upload(manager, changed, update="on")
    assert ImportRun.objects.first().rows_updated == 1


def test_large_files_are_left_to_a_worker(
    manager, tmp_path, monkeypatch, run_tasks, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(running, "AT_ONCE", 10)
    with django_capture_on_commit_callbacks(execute=True):
        page = _upload(manager, _content(tmp_path, [ticket_row("A")]))
    assert "Sedang diperiksa" in page.content.decode()
    assert run_tasks() == ["djpk.tasks.work_on_import"]
    run = ImportRun.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        manager.post(reverse("import-confirm", args=[run.pk]), {"on_error": "skip"})
    partial = manager.get(reverse("import-run", args=[run.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "Sedang diimpor" in partial
    assert "<html" not in partial
    run_tasks()
    run.refresh_from_db()
    assert run.status == "DONE"


def test_the_sweep_takes_up_what_a_lost_message_left(manager, tmp_path, monkeypatch, run_tasks):
    monkeypatch.setattr(running, "AT_ONCE", 10)
    _upload(manager, _content(tmp_path, [ticket_row("A")]))
    from djpk.tasks import work_on_waiting_imports

    assert work_on_waiting_imports() == 1
    assert work_on_waiting_imports() == 0
    assert ImportRun.objects.get().checked_at


def test_a_run_someone_works_on_is_left_alone(manager, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 10)
    _upload(manager, _content(tmp_path, [ticket_row("A")]))
    ImportRun.objects.update(leased_until=NOW + running.LEASE)
    run = ImportRun.objects.get()
    assert not running.work_on(run_id=run.pk, at=NOW)
    assert running.work_on(run_id=run.pk, at=NOW + 2 * running.LEASE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Berkas kosong"),
        ("nomor;café\n".encode("cp1252"), "Berkas bukan UTF-8"),
        (b"PK\x03\x04rusak", "Berkas XLSX rusak"),
        (b"number,created_at\n1,2\n", "Kolom wajib tidak ada: channel, status"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_the_form(manager, content, words):
    page = _upload(manager, content)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ImportRun.objects.exists()


def test_a_file_that_is_too_large(manager, monkeypatch):
    monkeypatch.setattr("djpk.records.forms.LARGEST", 1 << 20)
    page = _upload(manager, b"x" * ((1 << 20) + 1))
    assert "lebih besar dari 1 MB" in page.content.decode()


def test_trouble_in_the_middle_of_a_file_ends_the_run(manager, tmp_path):
    content = _content(tmp_path, [ticket_row(f"A{n}") for n in range(300)]) + b"\xe9\n"
    _upload(manager, content)
    run = ImportRun.objects.get()
    assert run.status == "FAILED"
    assert "UTF-8" in run.message


def test_the_other_kinds_too(manager):
    _upload(manager, b"title;published_on\nRealisasi;05/08/2024\n", kind="publications")
    manager.post(reverse("import-confirm", args=[ImportRun.objects.get().pk]), {"on_error": "skip"})
    assert Publication.objects.get().title == "Realisasi"


@pytest.mark.parametrize("who", ["laras", "damar", "wening", "galih"])
def test_others_may_not(client, who):
    client.force_login(staff(who))
    for address in (reverse("imports"), reverse("export-records", args=["tickets"]), reverse("import-run", args=[1])):
        assert client.get(address).status_code == 403


def test_strangers_sign_in_first(client):
    assert client.get(reverse("imports")).status_code == 302


def test_another_managers_file_is_not_shown_but_administrators_see_all(manager, tmp_path):
    _upload(manager, _content(tmp_path, [ticket_row("A")]))
    address = reverse("import-run", args=[ImportRun.objects.get().pk])
    other, administrator = Client(), Client()
    other.force_login(staff("sekar"))
    administrator.force_login(staff("nala"))
    assert other.get(address).status_code == 404
    assert administrator.get(address).status_code == 200


def test_templates_have_the_columns_and_an_example_that_imports(manager):
    from openpyxl import load_workbook

    for kind in ("tickets", "visits"):
        content = manager.get(reverse("import-template", args=[kind])).content
        titles = [cell.value for cell in next(load_workbook(io.BytesIO(content)).active.iter_rows(max_row=1))]
        assert titles[0] == "number"
        _upload(manager, content, kind=kind, name="templat.xlsx")
        assert ImportRun.objects.first().rows_created == 1, ImportRun.objects.first().sample


def test_export_of_a_month(manager, tmp_path):
    _upload(manager, _content(tmp_path, [TICKET]))
    manager.post(reverse("import-confirm", args=[ImportRun.objects.get().pk]), {"on_error": "skip"})
    address = reverse("export-records", args=["tickets"])
    august = b"".join(manager.get(address, {"bulan": "2024-08"})).decode()
    july = b"".join(manager.get(address, {"bulan": "2024-07"})).decode()
    assert (august.count("CC-1"), july.count("CC-1")) == (1, 0)
    assert manager.get(address, {"bulan": "kapan"}).status_code == 404
    assert AccessLog.objects.filter(action="exported").count() == 2


def test_complaints_are_exported_by_supervisors_only(manager):
    assert manager.get(reverse("export-records", args=["complaints"])).status_code == 403
    supervisor = Client()
    supervisor.force_login(staff("sekar"))
    assert supervisor.get(reverse("export-records", args=["complaints"])).status_code == 200
