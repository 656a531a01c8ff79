"""Quotations and signatures are told from what was written, whatever mail program they come from."""

import pytest

from tickets.inbox.quoting import parts_of

OWN = "Terima kasih, sudah kami terima."
QUOTE = "> Kapan DAU disalurkan?\n> Mohon informasinya."

QUOTED = {
    "gmail id": "Pada Kam, 15 Agt 2024 pukul 09.30 Layanan DJPK <layanan@djpk.example> menulis:\n\n" + QUOTE,
    "gmail id, wrapped": "Pada tanggal Kam, 15 Agt 2024 09.30, Layanan DJPK <\nlayanan@djpk.example> menulis:\n\n"
    + QUOTE,
    "gmail en": "On Thu, Aug 15, 2024 at 9:30 AM Layanan <layanan@djpk.example> wrote:\n\n" + QUOTE,
    "gmail en, wrapped": "On Thu, Aug 15, 2024 at 9:30 AM Layanan DJPK\n<layanan@djpk.example> wrote:\n" + QUOTE,
    "yahoo, no marks": "Pada Kamis, 15 Agustus 2024 09.30.12 WIB, Layanan <layanan@djpk.example> menulis:\n\n Kapan DAU disalurkan?",
    "outlook id": "Dari: Layanan DJPK <layanan@djpk.example>\nDikirim: Kamis, 15 Agustus 2024 09.30\nKepada: BPKAD\nSubjek: DAU\n\nKapan?",
    "outlook en": "From: Layanan DJPK <layanan@djpk.example>\nSent: Thursday, August 15, 2024 9:30 AM\nTo: BPKAD\nSubject: DAU\n\nKapan?",
    "outlook with rule": "________________________________\nDari: Layanan <layanan@djpk.example>\nTerkirim: 15 Agustus 2024\nKepada: BPKAD\n\nKapan?",
    "outlook bold": "*Dari:* Layanan DJPK\n*Dikirim:* Kamis, 15 Agustus 2024\n*Kepada:* BPKAD\n\nKapan?",
    "original": "-----Original Message-----\nFrom: Layanan\nKapan?",
    "pesan asli": "----- Pesan Asli -----\nKapan?",
    "marks only": QUOTE,
    "apple": "Layanan DJPK <layanan@djpk.example> menulis:\n" + QUOTE,
}


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=list(QUOTED))
def test_what_the_mail_program_quoted_is_folded(quoted):
    parts = parts_of(f"{OWN}\n\n{quoted}")
    assert [(part.text, part.folded) for part in parts] == [(OWN, False), (quoted, True)]


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nMelati Kusumah\nBPKAD Kota Bandung",
        "--\nMelati Kusumah",
        "Terkirim dari iPhone saya",
        "Dikirim dari Yahoo Mail di Android",
        "Sent from my Galaxy",
        "Dapatkan Outlook untuk Android",
        "Get Outlook for iOS",
    ],
)
def test_signatures_are_folded(signature):
    parts = parts_of(f"{OWN}\n\n{signature}\n")
    assert [(part.text, part.folded) for part in parts] == [(OWN, False), (signature, True)]


FORWARDED = {
    "gmail id": "---------- Pesan terusan ---------\nDari: Kabid <kabid@blora.example>\nDate: Sen, 30 Nov 2026\nSubject: DBH\nTo: Sekda\n\n",
    "gmail en": "---------- Forwarded message ---------\nFrom: Kabid <kabid@blora.example>\nDate: Mon, Nov 30\nSubject: DBH\nTo: Sekda\n\n",
    "thunderbird id": "-------- Pesan yang Diteruskan --------\nPerihal: DBH\nTanggal: Mon\nDari: Kabid\nKepada: Sekda\n\n",
    "apple": "Begin forwarded message:\n\nFrom: Kabid\nSubject: DBH\nDate: 30 November\nTo: Sekda\n\n",
    "apple id": "Mulai pesan terusan:\n\n> Dari: Kabid\n> Perihal: DBH\n> Tanggal: 30 November\n>\n> ",
}


@pytest.mark.parametrize("heading", FORWARDED.values(), ids=list(FORWARDED))
def test_what_is_passed_on_stays_in_sight(heading):
    text = f"Mohon ditindaklanjuti.\n\n{heading}Berapa kurang bayar DBH?"
    assert [(part.text, part.folded) for part in parts_of(text)] == [(text, False)]


@pytest.mark.parametrize("subject", ["FW: DBH", "Tr: DBH", "Trs: DBH", " fwd : DBH"])
@pytest.mark.parametrize("name", ["outlook id", "outlook en", "outlook with rule", "outlook bold", "original"])
def test_below_a_heading_of_outlook_the_subject_says_that_it_is_passed_on(name, subject):
    text = f"Mohon ditindaklanjuti.\n\n{QUOTED[name]}"
    assert [(part.text, part.folded) for part in parts_of(text, subject)] == [(text, False)]
    for other in ("Re: FW: DBH", "Tren DBH", ""):
        assert [part.folded for part in parts_of(text, other)] == [False, True]


def test_of_what_is_passed_on_its_own_quotations_are_folded():
    text = f"{FORWARDED['gmail id']}Berapa kurang bayar DBH?\n\n{QUOTED['outlook id']}"
    assert [part.folded for part in parts_of(text)] == [False, True]


def test_what_is_quoted_stays_folded_though_it_was_passed_on():
    text = f"{OWN}\n\n{QUOTED['outlook id']}\n\n{FORWARDED['gmail id']}Kapan?"
    assert [part.folded for part in parts_of(text)] == [False, True]


def test_an_answer_below_or_between_the_quotation_stays():
    text = "Pada 15 Agt 2024, Layanan menulis:\n> Nomor surat?\n\nNomor 900/12.\n\n> Tanggalnya?\n> Tahunnya?\n\n5 Agustus 2024."
    assert [part.text for part in parts_of(text) if not part.folded] == ["Nomor 900/12.", "5 Agustus 2024."]


@pytest.mark.parametrize(
    "text",
    [
        *QUOTED.values(),
        "Terkirim dari iPhone saya",
        "-- \nMelati",
        "Dari: kami semua terima kasih.",
        "Realisasi\n> 10 persen\nmasih rendah.",
        "Pada prinsipnya kami sudah menulis surat.",
        "Langkah pertama\n--\n" + "\n".join(f"Langkah {number}" for number in range(20)),
        "Dari hasil rapat:\nKepada siapa kami bertanya?",
    ],
)
def test_the_only_text_and_plain_sentences_are_never_folded(text):
    assert [part.folded for part in parts_of(text)] == [False]


def test_nothing_is_lost():
    text = f"Baris satu\r\nBaris dua\r\n\r\n{QUOTE}\r\n\r\nBaris tiga\r\n-- \r\nMelati"
    words = " ".join(part.text for part in parts_of(text)).split()
    assert words == text.split()


def test_an_empty_message_has_no_parts():
    assert parts_of(" \n ") == []
