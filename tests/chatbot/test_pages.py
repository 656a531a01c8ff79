"""The editor: a draft changed in the browser, tried, published; requesters meet only what was published."""

import pytest
from django.test import Client

from chatbot import versions
from chatbot.loading import current_version
from chatbot.models import ChatbotMenu, ChatbotSession, ChatbotVersion
from chatbot.verbs import choose_menu, end, start_session
from kernel.errors import Refused
from messaging.claiming import claim_in_order
from tests import factories as make
from tests.chatbot.talk import publish_seeded, whatsapp


@pytest.fixture
def sekar(db) -> Client:
    client = Client()
    client.force_login(make.staff("sekar"))
    return client


def act(client, **given):
    return client.post("/chatbot/menu/ubah/", given, follow=True)


def page(response) -> str:
    return response.content.decode()


def test_a_menu_is_added_filled_published_and_met(sekar):
    publish_seeded()
    assert "Submenu baru" in page(act(sekar, aksi="tambah", menu="PDRD", label="Opsen pajak"))
    blocked = act(sekar, aksi="terbit")
    assert "belum berisi jawaban" in page(blocked)
    assert '?menu=OPSEN_PAJAK">Opsen pajak</a>: Menu ini belum berisi' in page(sekar.get("/chatbot/menu/"))
    assert versions.published().number == 1
    saved = act(
        sekar,
        aksi="simpan",
        menu="OPSEN_PAJAK",
        label="Opsen pajak daerah",
        parent="PDRD",
        text="Opsen berlaku 2025.",
        active="on",
    )
    assert "Draf disimpan." in page(saved)
    assert "Draf disimpan." not in page(act(sekar, aksi="simpan", menu="SUDAH_DIHAPUS", label="Opsen"))
    assert "OPSEN_PAJAK" not in str(current_version().content)
    assert "Menu diterbitkan." not in page(blocked)
    assert "Menu diterbitkan." in page(act(sekar, aksi="terbit", note="Opsen"))
    row = versions.published()
    assert (row.number, row.note, row.published_by) == (2, "Opsen", make.staff("sekar"))
    assert ChatbotMenu.objects.get(code="OPSEN_PAJAK").parent.code == "PDRD"
    assert "OPSEN_PAJAK" in str(current_version().content)


def test_what_is_wrong_is_said_on_the_form(sekar):
    response = sekar.post("/chatbot/menu/ubah/", {"aksi": "simpan", "menu": "PDRD", "label": ""})
    assert response.status_code == 422
    assert 'id="id_label_error"' in page(response)
    assert "sama dengan versi" not in page(response)
    assert sekar.post("/chatbot/menu/ubah/", {"aksi": "atur", "idle_minutes": "1"}).status_code == 422


def test_menus_are_ordered_hidden_removed_and_taken_back(sekar):
    publish_seeded()
    act(sekar, aksi="naik", menu="JF_AKPD")
    nodes = [row["code"] for row in versions.draft().content["nodes"] if not row.get("parent")]
    assert nodes[:2] == ["JF_AKPD", "ANGGARAN_TKD"]
    act(sekar, aksi="hapus", menu="ANGGARAN_TKD")
    assert "TKD_DAU" not in str(versions.draft().content)
    act(sekar, aksi="terbit")
    assert not ChatbotMenu.objects.get(code="TKD_DAU").active
    act(sekar, aksi="pulihkan", nomor="1")
    assert "TKD_DAU" in str(versions.draft().content)
    assert "tidak ada" in page(act(sekar, aksi="pulihkan", nomor="99"))
    act(sekar, aksi="terbit")
    assert ChatbotMenu.objects.get(code="TKD_DAU").active
    assert ChatbotVersion.objects.exclude(number=None).count() == 3


def test_a_counted_menu_stays_under_its_top_menu(db):
    publish_seeded()
    session, _ = start_session(channel=make.channel("WHATSAPP"), external_id="x", at=make.NOW)
    choose_menu(session=session, menu=ChatbotMenu.objects.get(code="TKD_DAU"), at=make.NOW)
    versions.move_menu(code="TKD_DAU", parent="PDRD", at=make.NOW, actor=None)
    with pytest.raises(Refused, match="sudah dihitung"):
        versions.publish(at=make.NOW, actor=None)
    with pytest.raises(Refused, match=r"chatbot\.into_itself"):
        versions.move_menu(code="PDRD", parent="TKD_DAU", at=make.NOW, actor=None)


def test_the_draft_is_tried_and_nothing_is_kept(sekar):
    def packed(response):
        return page(response).partition('name="percakapan" value="')[2].partition('"')[0]

    first = sekar.post("/chatbot/menu/coba/", {"teks": "Halo", "dikenal": "on"}, headers={"HX-Request": "true"})
    assert "Selamat datang kembali, Arung Mappatunru." in page(first)
    second = sekar.post("/chatbot/menu/coba/", {"percakapan": packed(first), "pilih": "m:SHSR|SHSR"})
    assert "Standar Harga Satuan Regional ditetapkan" in page(second)
    third = sekar.post("/chatbot/menu/coba/", {"percakapan": packed(second), "teks": "agen"})
    third = sekar.post("/chatbot/menu/coba/", {"percakapan": packed(third), "teks": "Berapa honorarium narasumber?"})
    assert "Di sini tiket dibuat" in page(third)
    assert not ChatbotSession.objects.exists()
    assert "Halo" in page(sekar.post("/chatbot/menu/coba/", {"percakapan": "forged", "teks": "Halo"}))


def test_statistics_are_those_of_the_report(sekar):
    publish_seeded()
    for number, code in enumerate(["TKD_DAU", "TKD_DBH", "SIKD", ""]):
        session, _ = start_session(channel=make.channel("WHATSAPP"), external_id=f"s{number}", at=make.NOW)
        if code:
            choose_menu(session=session, menu=ChatbotMenu.objects.get(code=code), at=make.NOW)
        end(session=session, at=make.NOW)
    claim_in_order(message=whatsapp("Halo"), at=make.NOW)
    claim_in_order(message=whatsapp("Halo", at=make.NOW + make.MINUTE), at=make.NOW + make.MINUTE)
    response = sekar.get("/chatbot/?bulan=2024-08")
    counted = response.context["statistics"]
    tops = {line.menu.code: line.answered for line in counted.lines if line.depth == 0}
    assert (tops["ANGGARAN_TKD"], tops["SIKD"], counted.without_agent, counted.dropped) == (2, 1, 4, 1)
    assert sekar.get("/chatbot/?bulan=nonsense").status_code == 200


def test_pages_take_a_known_number_of_queries(sekar, django_assert_max_num_queries):
    publish_seeded()
    sekar.get("/chatbot/menu/")
    with django_assert_max_num_queries(25):
        sekar.get("/chatbot/menu/?menu=TKD_DAU")
    with django_assert_max_num_queries(15):
        sekar.get("/chatbot/")
