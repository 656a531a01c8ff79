"""Difficult mails: each keeps its words, its files and its original, and nothing raises."""

import base64
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.email.cleaning import clean_html, text_of_html
from messaging.email.parsing import LONGEST_BODY, parse_mail
from tests.messaging.mails import CALL_CENTRE, bounce, mail, raw

HEAD = ("From: Arung <arung@gowa.example>", f"To: {CALL_CENTRE}", "Subject: Uji", "Message-ID: <u@gowa.example>")


def test_a_plain_mail_says_who_what_and_when():
    parsed = parse_mail(mail())
    assert (parsed.external_id, parsed.sender.email, parsed.sender.name) == (
        "1@gowa.example", "arung@gowa.example", "Arung Mappatunru",
    )  # fmt: skip
    assert (parsed.subject, parsed.body.strip(), list(parsed.flags)) == ("Penyaluran DAU", "Kapan DAU disalurkan?", [])
    assert parsed.details["date"].startswith("2024-08-15T09:30")


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-8", "Dana Alokasi Umum – “baru”".encode()),
        ("iso-8859-1", "Dana Alokasi Umum naïf".encode("iso-8859-1")),
        ("windows-1252", "Dana Alokasi Umum – “baru”".encode("cp1252")),
        ("x-unknown", "Dana Alokasi Umum – “baru”".encode()),
        ("", "Dana Alokasi Umum – “baru”".encode("cp1252")),
        ("utf-8", "Dana Alokasi Umum – “baru”".encode("cp1252")),
    ],
)
def test_charsets_named_right_wrong_or_not_at_all(charset, content):
    kind = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    parsed = parse_mail(raw(*HEAD, kind, "Content-Transfer-Encoding: 8bit", "", content))
    assert parsed.body.startswith("Dana Alokasi Umum")
    assert "�" not in parsed.body


def test_encoded_headers_are_read_even_when_half_of_them_is_broken():
    subject = "=?utf-8?B?" + base64.b64encode("Penyaluran DAU – Kab. Gowa".encode()).decode() + "?="
    assert parse_mail(raw("From: a@b.example", f"Subject: {subject}", "", "x")).subject == "Penyaluran DAU – Kab. Gowa"
    broken = parse_mail(raw("From: a@b.example", "Subject: =?utf-8?B?!!!!?= sisanya", "", "x"))
    assert "sisanya" in broken.subject


def test_no_date_no_sender_no_id():
    parsed = parse_mail(raw("Subject: Tanpa apa pun", "", "Halo"))
    assert (parsed.sender.email, parsed.details["date"], parsed.body) == ("", "", "Halo")
    assert parsed.external_id.startswith("sha256:")
    assert parse_mail(raw("Subject: Tanpa apa pun", "", "Halo")).external_id == parsed.external_id


def test_of_alternatives_the_text_is_read_and_the_html_kept_clean():
    parsed = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/alternative; boundary="A"', "",
        "--A", "Content-Type: text/plain", "", "Halo",
        "--A", "Content-Type: text/html", "",
        '<p onclick="x()">Halo <img src="cid:logo"><img src="http://jauh.example/p.gif"></p><script>x()</script>', "--A--",
    ))  # fmt: skip
    assert parsed.body.strip() == "Halo"
    assert 'data-cid="logo"' in parsed.html
    assert 'data-remote="http://jauh.example/p.gif"' in parsed.html
    assert "src=" not in parsed.html
    assert "script" not in parsed.html
    assert "onclick" not in parsed.html


def test_a_mail_of_html_alone_has_a_text():
    parsed = parse_mail(raw(*HEAD, "Content-Type: text/html", "", "<style>p{}</style><p>Satu</p><p>Dua &amp; tiga</p>"))
    assert parsed.body == "Satu\nDua & tiga"


def test_forty_inline_images_keep_their_places():
    parts = []
    for number in range(40):
        parts += ["--M", "Content-Type: image/png", f"Content-ID: <gambar{number}>", "Content-Transfer-Encoding: base64",
                  "", base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes([number])).decode()]  # fmt: skip
    parsed = parse_mail(
        raw(
            *HEAD,
            'Content-Type: multipart/related; boundary="M"',
            "",
            "--M",
            "Content-Type: text/plain",
            "",
            "Lihat",
            *parts,
            "--M--",
        )
    )
    assert [part.content_id for part in parsed.parts] == [f"gambar{number}" for number in range(40)]


def test_nested_mails_calendars_and_encrypted_parts_are_files():
    parsed = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/mixed; boundary="M"', "",
        "--M", "Content-Type: text/plain", "", "Diteruskan",
        "--M", "Content-Type: message/rfc822", "", "Subject: Dalam", "", "Isi dalam",
        "--M", "Content-Type: text/calendar; method=REQUEST", 'Content-Disposition: attachment; filename="undangan.ics"', "", "BEGIN:VCALENDAR",
        "--M", "Content-Type: application/ms-tnef", "Content-Transfer-Encoding: base64", "", "eJ8+Ig==",
        "--M", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "Content-Transfer-Encoding: base64", "", "MIIB", "--M--",
    ))  # fmt: skip
    assert [part.name for part in parsed.parts] == [
        "lampiran-1.eml",
        "undangan.ics",
        "lampiran-3.dat",
        "lampiran-4.p7m",
    ]
    assert b"Isi dalam" in parsed.parts[0].content
    assert "encrypted" in parsed.flags


def test_file_names_lose_their_folders_and_keep_their_letters():
    parsed = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/mixed; boundary="M"', "",
        "--M", "Content-Type: application/pdf", "Content-Disposition: attachment; filename*=utf-8''..%2FSurat%20%E2%80%93%20DAU.pdf", "", "%PDF-1.4", "--M--",
    ))  # fmt: skip
    assert [part.name for part in parsed.parts] == ["Surat – DAU.pdf"]


def test_a_boundary_that_never_ends_and_base64_that_is_none():
    parsed = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/mixed; boundary="M"', "", "--M", "Content-Type: text/plain",
        "Content-Transfer-Encoding: base64", "", "bukan base64 sama sekali!",
    ))  # fmt: skip
    assert "broken" in parsed.flags or parsed.body


def test_very_long_texts_are_cut_and_say_so():
    parsed = parse_mail(mail("panjang " * 60_000))
    assert (len(parsed.body), "cut" in parsed.flags) == (LONGEST_BODY, True)


@pytest.mark.parametrize(
    ("headers", "flag"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply"),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"Subject": "Balasan otomatis: cuti"}, "auto_reply"),
        ({"Subject": "Out of office"}, "auto_reply"),
        ({"List_Id": "<kabar.example>"}, "list"),
        ({"Precedence": "bulk"}, "list"),
        ({"X_Dering_Message": "7"}, "loop"),
        ({"sender": f"DJPK <{CALL_CENTRE}>"}, "loop"),
        ({"sender": "no-reply@aplikasi.example"}, "machine"),
        ({"X_Spam_Flag": "YES"}, "spam"),
        ({"Authentication_Results": "mx; spf=fail smtp.mailfrom=gowa.example; dkim=none"}, "suspicious"),
    ],
)
def test_machines_lists_and_loops_are_told(headers, flag):
    assert flag in parse_mail(mail(**headers), own=frozenset({CALL_CENTRE}), trusted=frozenset({"mx"})).flags


def test_a_person_is_no_machine():
    assert list(parse_mail(mail(Auto_Submitted="no", Subject="Re: cuti bersama")).flags) == []


def test_a_bounce_names_what_bounced_and_why():
    parsed = parse_mail(bounce("jawaban@djpk.example"))
    assert parsed.details["bounce"] == {
        "of": ["jawaban@djpk.example"], "status": "5.1.1", "reason": "550 5.1.1 Mailbox does not exist", "permanent": True,
    }  # fmt: skip
    assert "bounce" in parsed.flags
    assert "bounce" not in parse_mail(bounce("x@djpk.example", action="delayed", status="4.4.1")).flags


def test_html_of_strangers_is_harmless():
    dirty = (
        '<a href="javascript:x()">a</a><iframe src="//x.example"></iframe><img src=x onerror=alert(1)><svg onload=x()>'
    )
    assert "javascript" not in clean_html(dirty)
    assert "onerror" not in clean_html(dirty)
    assert "iframe" not in clean_html(dirty)
    assert text_of_html("<p>Satu<br>dua</p>") == "Satu\ndua"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Halo <a href='https://x.example'>ini</a><div>Pada Sen, Anu menulis:<blockquote>lama</blockquote></div>",
         "Halo ini\nPada Sen, Anu menulis:\nlama"),
        ("<div><p>Satu</p><p>dua</p></div>", "Satu\ndua"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("teks  <h2>Judul</h2>lanjut", "teks\nJudul\nlanjut"),
    ],
)  # fmt: skip
def test_what_stands_in_a_paragraph_of_its_own_begins_a_line(source, text):
    assert text_of_html(source) == text


@settings(max_examples=150, deadline=2000)
@given(st.binary(max_size=4000), st.integers(0, 2**32 - 1))
def test_whatever_comes_is_kept(noise, seed):
    """Noise alone, and noise put into a real mail at a random place."""
    for content in (noise, _damaged(noise, seed)):
        parsed = parse_mail(content)
        assert parsed.external_id
        assert parsed.raw == content


def _damaged(noise: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    source = chance.choice([mail(), bounce("a@b.example")])
    at = chance.randrange(len(source))
    return source[:at] + noise + source[at + chance.randrange(40) :]
