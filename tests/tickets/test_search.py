"""Finding tickets: by words in any form, names, numbers, addresses and files; narrowed; seen by those who may."""

from datetime import timedelta

import pytest

from escalation.verbs import escalate
from messaging.files import store_file
from messaging.verbs import store_message
from people.contacts import merge_contacts
from tests import factories as make
from tickets import conversation, sorting, verbs
from tickets.intake import receive_message
from tickets.models import Ticket
from tickets.search import finding
from tickets.search.results import BEST, NEWEST, find

pytestmark = pytest.mark.django_db


def ask(text: str, subject: str = "Pertanyaan", minutes: int = 0, **more) -> Ticket:
    at = make.NOW + timedelta(minutes=minutes)
    return make.ticket(contact=more.pop("contact", None) or make.stranger(), subject=subject, text=text, at=at, **more)


def found(text: str, who: str = "laras", order: str = NEWEST, **more) -> list[str]:
    """Subjects or numbers found, in order."""
    results = find(text, make.staff(who), make.NOW + make.DAY, order=order, **more)
    numbers = dict(Ticket.objects.values_list("pk", "number"))
    return [numbers[pk] for pk in results.ids]


def of(*tickets: Ticket) -> list[str]:
    return [ticket.number for ticket in tickets]


@pytest.mark.parametrize("typed", ["salur", "penyaluran", "disalurkan ", "PENYALURAN ", "menyalurkan", "tersalur*"])
def test_words_are_found_in_any_form(typed):
    hit = ask("Kapan DAU bulan Agustus disalurkan?")
    ask("Bagaimana cara mendaftar ujian?")
    assert found(typed) == of(hit)


@pytest.mark.parametrize("typed", ["penyalu", "penyalur", "penyalura", "penyaluran", "daerahn", "daerahny", "rekonsi"])
def test_the_last_word_is_found_while_it_is_typed(typed):
    hit = ask("Penyaluran pendapatan asli daerahnya menunggu rekonsiliasi.")
    ask("Bagaimana cara mendaftar ujian?")
    assert found(typed) == of(hit)


def test_all_words_must_occur_wherever_on_the_ticket():
    gowa = ask("Kapan disalurkan?", "DAU Agustus", contact=make.contact("arung"))
    ask("Kapan disalurkan?", "DBH Agustus", minutes=1)
    conversation.add_note(
        ticket=gowa, text="Sudah ditanyakan ke Perbendaharaan.", at=make.NOW, actor=make.staff("laras")
    )
    assert found("salur dau ") == of(gowa), "message and subject"
    assert found("perbendaharaan salur ") == of(gowa), "note and message"
    assert found("mappatunru agustus ") == of(gowa), "name and subject"
    assert found("gowa agustus ") == of(gowa), "place and subject"
    assert found("gowa dbh ") == []


def test_phrases_and_words_that_must_not_occur():
    first = ask("Syarat salur tahap II belum lengkap")
    second = ask("Syarat tahap kedua: salur II", minutes=1)
    assert found('"tahap II"') == of(first)
    assert found("tahap -kedua ") == of(first)
    assert found('tahap -"tahap II" ') == of(second)
    assert set(found("-kedua ")) == set(of(first))


@pytest.mark.parametrize("typed", ["37/PMK.07/2019", "S-50/PK/PK.6/2024", "Rp1.500.000", "1500", "KB-112"])
def test_codes_and_figures_are_found_as_they_are_written(typed):
    hit = ask(f"Mohon penjelasan {typed} untuk daerah kami.")
    ask("Mohon penjelasan 38/PMK.07/2019, S-51/PK/PK.6/2024, Rp1.600.000, 1501 dan KB-113.")
    assert found(typed + " ") == of(hit)


def test_a_ticket_is_found_by_its_number_however_it_is_written():
    hit = ask("Satu")
    ask("Dua")
    imported = ask("Tiga")
    Ticket.objects.filter(pk=hit.pk).update(number="DRG-24-00012")
    Ticket.objects.filter(pk=imported.pk).update(number="CC/2023/00455")
    for typed in ("DRG-24-00012", "drg-24-00012", "12", "00012", "24-00012", "#12", "nomor:12"):
        assert found(typed) == ["DRG-24-00012"], typed
    for typed in ("CC/2023/00455", "cc/2023", "455", "00455", "nomor:455"):
        assert found(typed) == ["CC/2023/00455"], typed


@pytest.mark.parametrize("typed", ["+62 000 1000 0001", "0620001000 0001", "620001000-0001", "10000001", "0001"])
def test_a_requester_is_found_by_phone_in_any_spelling_or_its_last_digits(typed):
    hit = ask("Halo", contact=make.contact("arung"))
    ask("Halo", contact=make.contact("melati"))
    if typed.startswith("06"):
        typed = typed[1:]
    assert found(typed) == of(hit)


@pytest.mark.parametrize("typed", ["arung@gowa.example", "ARUNG@gowa.example", "arung@", "arung@gow"])
def test_a_requester_is_found_by_mail(typed):
    hit = ask("Halo", contact=make.contact("arung"))
    ask("Halo", contact=make.contact("melati"))
    assert found(typed) == of(hit)


def test_tickets_of_a_merged_contact_are_found_by_the_survivors_address():
    other, survivor = make.stranger(name="Arung M."), make.contact("arung")
    hit = ask("Halo", contact=other)
    merge_contacts(contact=other, into=survivor, at=make.NOW, actor=None)
    assert hit.number in found("arung@gowa.example")


def test_files_are_found_by_name():
    hit, other = ask("Terlampir."), ask("Terlampir.")
    for ticket, name in ((hit, "SK Bupati 12.pdf"), (other, "surat.docx")):
        message, _ = store_message(
            channel=ticket.channel,
            external_id=name,
            contact=ticket.contact,
            body="Berkas",
            files=[(store_file(b"%PDF-1.4 uji", at=make.NOW), name)],
            at=make.NOW,
        )
        receive_message(ticket=ticket, message=message, at=make.NOW)
    assert found("berkas:bupati") == of(hit)
    assert found("bupati") == of(hit)
    assert set(found("adalah:berlampiran")) == set(of(hit, other))


def test_filters_narrow_by_code_label_or_a_beginning_that_fits_one():
    laras = make.staff("laras")
    wa = ask("Salur", channel=make.channel("WHATSAPP"), topic=make.topic("DAU"), contact=make.contact("yosef"))
    mail = ask("Salur", minutes=1, topic=make.topic("DBH"), tags=["mendesak"], contact=make.contact("arung"))
    sorting.assign(ticket=mail, to=laras, at=make.NOW + make.HOUR, actor=laras)
    escalate(wa, unit=make.unit("PK.2"), at=make.NOW + make.HOUR, actor=laras)
    for typed, hits in {
        "kanal:wa": [wa],
        "kanal:whatsapp": [wa],
        "channel:what": [wa],
        "kanal:wa,email": [mail, wa],
        "kanal:wa kanal:email": [mail, wa],
        "-kanal:wa": [mail],
        "topik:dau": [wa],
        "zona:WIT": [wa],
        "status:menunggu-layer-2": [wa],
        'status:"menunggu layer 2"': [wa],
        "status:belum-selesai": [mail, wa],
        "status:terbuka": [mail, wa],
        "status:dikerjakan": [mail],
        "agen:saya": [mail],
        "agen:laras": [mail],
        "agen:kosong": [wa],
        'wilayah:"Kab. Gowa"': [mail],
        "wilayah:73.06": [mail],
        "wilayah:73": [mail],
        "kelompok:pemda": [mail, wa],
        "unit:PK.2": [wa],
        "unit:dtu": [wa],
        "tanda:mendesak": [mail],
        "dari:2024-08-15": [mail, wa],
        "dari:2024-08-16": [],
        "sampai:2024-08-15": [mail, wa],
        "sampai:14/08/2024": [],
        "dari:kemarin sampai:kemarin": [mail, wa],
        "dari:2024-08 sampai:2024-08": [mail, wa],
        "prioritas:sedang": [mail, wa],
        "-prioritas:sedang": [],
        "salur kanal:wa": [wa],
        "salur -kanal:wa topik:DBH": [mail],
        "pemohon:mappa": [mail],
        f"pemohon:#{wa.contact_id}": [wa],
        "adalah:belum-dibaca": [mail, wa],
    }.items():
        assert found(typed) == of(*hits), typed


@pytest.mark.parametrize(
    ("typed", "message", "suggestion"),
    [
        ("topik:dua", "“dua” bukan nilai untuk “topik”.", "topik:DAU"),
        ("kanal:fax", "“fax” bukan nilai untuk “kanal”.", "kanal:WHATSAPP"),
        ("wilayah:gowo", "Daerah “gowo” tidak dikenal.", "wilayah:Gowa"),
        ("wilayah:bandung", "Daerah “bandung” tidak jelas", 'wilayah:"Kota Bandung"'),
        ("agen:larass", "Tidak ada agen bernama “larass”.", "agen:laras"),
        ("tanda:mendesaak", "Tidak ada tiket bertanda “mendesaak”.", "tanda:mendesak"),
        ("dari:31-02-2024", "“31-02-2024” bukan tanggal.", "dari:2024-08-16"),
        ("kanal: x", "Tulis nilai di belakang “kanal:”.", "kanal:EMAIL"),
        ("adalah:hilang", "“hilang” bukan nilai untuk “adalah”.", "adalah:belum-dibaca"),
        ("wilayah:{x}", "Daerah “{x}” tidak dikenal.", ""),
    ],
)
def test_what_nobody_knows_is_named_with_what_may_have_been_meant(typed, message, suggestion):
    ask("Satu", tags=["mendesak"])
    results = find(typed, make.staff("laras"), make.NOW + make.DAY)
    assert message in results.problems[0].text
    assert suggestion in (*results.problems[0].suggestions, "")


def test_misspelt_names_lead_to_what_may_have_been_meant():
    ask("Halo", contact=make.contact("melati"))
    laras = make.staff("laras")
    assert find("melti", laras, make.NOW).meant == "Melati"
    assert find("lombk ", laras, make.NOW).meant == "Lombok"
    assert find("kanal:wa melti", laras, make.NOW).meant == "kanal:wa Melati"
    assert find("xyzzy", laras, make.NOW).meant is None


def test_everyone_finds_what_they_may_see():
    laras = make.staff("laras")
    escalated, other = ask("Salur", topic=make.topic("DAU")), ask("Salur", minutes=1)
    escalate(escalated, unit=make.unit("PK.2"), at=make.NOW + make.HOUR, actor=laras)
    for who in ("laras", "sekar", "ratna", "nala"):
        assert found("salur", who) == of(other, escalated), who
    assert found("salur", "damar") == of(escalated)
    assert found(other.number, "damar") == []
    for who in ("tirta", "wening", "galih"):
        assert found("salur", who) == [], who


def test_spam_is_found_only_when_asked_for():
    spam = ask("Menang undian")
    verbs.mark_spam(ticket=spam, at=make.NOW, actor=make.staff("laras"))
    assert found("undian") == []
    assert found("undian adalah:spam") == of(spam)
    assert found(spam.number) == of(spam)


def test_the_best_come_first_unless_the_newest_are_asked_for():
    subject = ask("Mohon bantuan", "Opsen PKB", minutes=0)
    aside = ask("Terima kasih. Oh ya, soal opsen nanti saja, yang penting jadwal rapat minggu depan.", minutes=5)
    assert found("opsen", order=NEWEST) == of(aside, subject)
    assert found("opsen", order=BEST) == of(subject, aside)


@pytest.mark.parametrize("order", [BEST, NEWEST])
@pytest.mark.parametrize("rare", [20_000, 0], ids=["looked up", "walked"])
@pytest.mark.parametrize("typed", ["salur", "salur kapan ", "salur kanal:email", "kanal:email", "-xyz kanal:email"])
def test_pages_hold_every_ticket_once(order, rare, typed, monkeypatch):
    monkeypatch.setattr(finding, "RARE", rare)
    monkeypatch.setattr(finding, "NARROW", 0)
    monkeypatch.setattr(finding, "_BATCH", 2)
    monkeypatch.setattr("tickets.search.results.RANKED", 5)
    laras, made = make.staff("laras"), []
    for n in range(12):
        ticket = ask("Kapan salur?", minutes=n // 3)  # several at one moment
        conversation.post_reply(ticket=ticket, text="Segera salur.", at=make.NOW + make.HOUR, actor=laras)
        made.append(ticket.number)
    read, cursor = [], ""
    while True:
        page = find(typed, laras, make.NOW + make.DAY, order=order, cursor=cursor, size=2)
        read += page.ids
        cursor = page.next
        if not cursor:
            break
    numbers = dict(Ticket.objects.values_list("pk", "number"))
    assert sorted(numbers[pk] for pk in read) == sorted(made)


def test_a_cursor_nobody_issued_starts_from_the_top():
    hit = ask("Salur")
    assert found("salur", cursor="dibuat-buat") == of(hit)


def test_a_long_walk_says_where_it_stopped_and_goes_on_from_there(monkeypatch):
    monkeypatch.setattr(finding, "RARE", 0)
    monkeypatch.setattr("tickets.search.driving.FIRST_WALK", 3)
    monkeypatch.setattr("tickets.search.driving.LONGEST_WALK", 6)
    old = ask("Salur", minutes=-600)
    for n in range(20):
        ask("Ujian", minutes=n)
    laras = make.staff("laras")
    page = find("salur", laras, make.NOW + make.DAY, order=NEWEST)
    assert page.ids == []
    assert page.cut is not None
    rounds = 0
    while page.next and not page.ids:
        page, rounds = find("salur", laras, make.NOW + make.DAY, order=NEWEST, cursor=page.next), rounds + 1
    assert page.ids == [old.pk]
    assert rounds == 1


def test_a_search_takes_the_same_queries_however_much_it_finds(django_assert_num_queries):
    laras = make.staff("laras")
    find("salur", laras, make.NOW)
    for count in (2, 5):
        for _ in range(count):
            ask("Salur")
        with django_assert_num_queries(5):  # the word, its rows, candidates, those allowed, their order
            find("salur ", laras, make.NOW + make.DAY)


@pytest.mark.parametrize("rare", [finding.RARE, -1], ids=["looked up", "walked"])
@pytest.mark.parametrize("typed", ["zamrud ", "zamrud agustus ", "agustus zamrud ", "surat-zamrud "])
def test_a_reply_that_was_taken_back_is_found_by_no_word_of_it(monkeypatch, typed, rare):
    monkeypatch.setattr(finding, "RARE", rare)
    laras, at = make.staff("laras"), make.NOW + make.MINUTE
    ticket = ask("Kapan salur bulan Agustus?")
    file = store_file(b"SK", at=at)
    ticket, message = conversation.write_reply(
        ticket=ticket, text="Batu zamrud.", files=[(file, "surat-zamrud.txt")], at=at, actor=laras
    )
    assert found(typed) == of(ticket)
    conversation.withdraw_reply(ticket=ticket, message=message, at=at, actor=laras)
    assert found(typed) == []
    assert found("agustus ") == of(ticket)
    assert found("agustus -zamrud ") == of(ticket)
