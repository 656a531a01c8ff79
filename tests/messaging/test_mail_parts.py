"""What is wrapped in mails is taken out: winmail.dat, signed mails, mails within mails, invitations."""

import base64
import struct
import time
from email.message import EmailMessage

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messaging.email import rtf
from messaging.email.invitation import invitation
from messaging.email.parsing import parse_mail
from messaging.email.smime import signed_content
from messaging.email.tnef import unwrap
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE, bounce, mail, raw

HEAD = ("From: Arung <arung@gowa.example>", f"To: {CALL_CENTRE}", "Subject: Uji", "Message-ID: <u@gowa.example>")


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    """(type, property, value) as MAPI writes them; values of variable length are padded to four bytes."""
    made = struct.pack("<I", len(rows))
    for kind, name, value in rows:
        made += struct.pack("<HH", kind, name)
        variable = kind in (0x1E, 0x1F, 0x102, 0x0D)
        made += (struct.pack("<II", 1, len(value)) if variable else b"") + value + b"\0" * (-len(value) % 4)
    return made


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def winmail(text: str = "Isi dari Outlook") -> bytes:
    long_name = "Kertas kerja DAU – final.xlsx".encode("utf-16-le") + b"\0\0"
    return tnef(
        attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
        attribute(1, 0x00069003, properties((0x1F, 0x1000, text.encode("utf-16-le") + b"\0\0"))),
        attribute(2, 0x00069002, b"\0" * 14),
        attribute(2, 0x00018010, b"KERTAS~1.XLS\0"),
        attribute(2, 0x0006800F, b"PK\x03\x04isi"),
        attribute(2, 0x00069005, properties((0x03, 0x3705, struct.pack("<I", 1)), (0x1F, 0x3707, long_name))),
        attribute(2, 0x00069002, b"\0" * 14),
        attribute(2, 0x00018010, b"foto.png\0"),
        attribute(2, 0x0006800F, b"\x89PNG\r\n\x1a\n"),
        attribute(2, 0x00069005, properties((0x1E, 0x3712, b"foto@x\0"))),
    )


def with_part(kind: str, content: bytes, text: str = "") -> bytes:
    return raw(
        *HEAD, 'Content-Type: multipart/mixed; boundary="M"', "", "--M", "Content-Type: text/plain", "", text,
        "--M", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", "", base64.encodebytes(content), "--M--",
    )  # fmt: skip


def test_winmail_dat_gives_its_files_and_its_text():
    parsed = parse_mail(with_part('application/ms-tnef; name="winmail.dat"', winmail()))
    assert parsed.body.strip() == "Isi dari Outlook"
    assert [(part.name, part.content, part.content_id) for part in parsed.parts] == [
        ("Kertas kerja DAU – final.xlsx", b"PK\x03\x04isi", ""), ("foto.png", b"\x89PNG\r\n\x1a\n", "foto@x"),
    ]  # fmt: skip
    assert list(parsed.flags) == ["tnef"]


def test_the_mails_own_text_is_read_rather_than_outlooks():
    assert parse_mail(with_part("application/ms-tnef", winmail(), "Teks surat")).body.strip() == "Teks surat"


def test_a_mail_in_winmail_dat_gives_its_text_and_files():
    inner = b"\x07\x03\x02\x00" + b"\0" * 12 + winmail("Surat di dalam")
    outer = tnef(
        attribute(2, 0x00069002, b"\0" * 14),
        attribute(2, 0x00018010, b"Permohonan\0"),
        attribute(2, 0x00069005, properties((0x0D, 0x3701, inner))),
    )
    found = unwrap(outer)
    assert [(name, content[:14]) for name, content, _id in found.files] == [
        ("Permohonan.txt", b"Surat di dalam"), ("Kertas kerja DAU – final.xlsx", b"PK\x03\x04isi"), ("foto.png", b"\x89PNG\r\n\x1a\n"),
    ]  # fmt: skip


def test_a_winmail_dat_that_is_none_stays_a_file():
    parsed = parse_mail(with_part("application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00rusak", "Halo"))
    assert [(part.name, part.content) for part in parsed.parts] == [
        ("lampiran-1.dat", b"\x78\x9f\x3e\x22\x01\x00rusak")
    ]


def test_a_winmail_dat_of_25_mb_of_nothing_takes_no_time():
    began = time.monotonic()
    unwrap(tnef(*[attribute(1, 0x00018008, b"")] * 2_000_000))
    unwrap(tnef(attribute(2, 0x00069002, b""), attribute(2, 0x00069005, b"\xff" * 25_000_000)))
    assert time.monotonic() - began < 8


@given(st.binary(max_size=600), st.integers(0, 500))
def test_a_damaged_winmail_dat_never_raises(noise, at):
    whole = winmail()
    unwrap(whole[:at] + noise + whole[at + 7 :])
    unwrap(whole[:6] + noise)


@pytest.fixture(scope="module")
def signer():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Arung")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(make.NOW).not_valid_after(make.NOW.replace(year=2034))
    return key, builder.sign(key, hashes.SHA256())


def signed(signer, content: bytes, *options) -> bytes:
    key, certificate = signer
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def test_a_mail_signed_in_one_piece_is_read_and_kept(signer):
    inner = b"Content-Type: text/plain; charset=utf-8\r\n\r\nKapan DAU salur?\r\n"
    content = signed(signer, inner)
    assert signed_content(content) == inner
    parsed = parse_mail(with_part('application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', content))
    assert (parsed.body.strip(), list(parsed.flags)) == ("Kapan DAU salur?", ["signed"])
    assert [(part.name, part.content) for part in parsed.parts] == [("smime.p7m", content)]


def test_a_signature_beside_the_text_is_a_file_and_no_content(signer):
    beside = signed(signer, b"x", pkcs7.PKCS7Options.DetachedSignature)
    assert signed_content(beside) is None
    parsed = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="S"', "",
        "--S", "Content-Type: text/plain", "", "Kapan DAU salur?",
        "--S", "Content-Type: application/pkcs7-signature", "Content-Transfer-Encoding: base64", "", base64.encodebytes(beside), "--S--",
    ))  # fmt: skip
    assert (parsed.body.strip(), list(parsed.flags)) == ("Kapan DAU salur?", ["signed"])
    assert [part.name for part in parsed.parts] == ["lampiran-1.p7s"]


def test_content_of_unknown_length_in_pieces_is_read():
    """BER, as older mail programs write it."""
    data = bytes.fromhex("06092a864886f70d010701")
    pieces = b"\x24\x80" + b"\x04\x05Kapan" + b"\x04\x04 DAU" + b"\x00\x00"
    content = b"\x30\x80" + data + b"\xa0\x80" + pieces + b"\x00\x00" + b"\x00\x00"
    inside = b"\x30\x80" + b"\x02\x01\x01" + b"\x31\x00" + content + b"\x00\x00"
    whole = b"\x30\x80" + bytes.fromhex("06092a864886f70d010702") + b"\xa0\x80" + inside + b"\x00\x00" + b"\x00\x00"
    assert signed_content(whole) == b"Kapan DAU"


def test_what_is_encrypted_says_so_and_is_kept():
    parsed = parse_mail(with_part("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", b"0\x80rahasia"))
    assert list(parsed.flags) == ["encrypted"]
    assert [(part.name, part.content) for part in parsed.parts] == [("smime.p7m", b"0\x80rahasia")]
    pgp = parse_mail(raw(
        *HEAD, 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="E"', "",
        "--E", "Content-Type: application/pgp-encrypted", "", "Version: 1",
        "--E", "Content-Type: application/octet-stream; name=encrypted.asc", "", "-----BEGIN PGP MESSAGE-----", "--E--",
    ))  # fmt: skip
    assert (list(pgp.flags), [part.name for part in pgp.parts]) == (["encrypted"], ["lampiran-1.pgp", "encrypted.asc"])


@given(st.binary(max_size=400))
def test_damaged_signatures_never_raise(noise):
    signed_content(noise)
    signed_content(b"\x30\x82" + noise)
    signed_content(b"\x30\x80" + bytes.fromhex("06092a864886f70d010702a080") + noise)


def forwarded() -> bytes:
    """A mail that holds a mail that holds a file and a third mail."""
    third = EmailMessage()
    third["Subject"], third["From"] = "Paling dalam", "Melati <melati@bandung.example>"
    third.set_content("Pertanyaan semula")
    second = EmailMessage()
    second["Subject"], second["From"] = "Tanya DAU", "Dewi <dewi@gowa.example>"
    second["Date"] = "Thu, 15 Aug 2024 09:30:00 +0800"
    second.set_content("Mohon diteruskan")
    second.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="surat.pdf")
    second.add_attachment(third)
    first = EmailMessage()
    first["Subject"], first["From"], first["Message-ID"] = (
        "Fwd: Tanya DAU", "Arung <arung@gowa.example>", "<f@gowa.example>",
    )  # fmt: skip
    first.set_content("Terlampir")
    first.add_attachment(second)
    return first.as_bytes()


def test_mails_within_mails_are_read_and_kept_with_their_files():
    parsed = parse_mail(forwarded())
    assert parsed.body.splitlines() == [
        "Terlampir", "", "",
        "Surat terlampir dari Dewi <dewi@gowa.example>, 15/08/2024 09.30: Tanya DAU", "", "Mohon diteruskan", "",
        "Surat terlampir dari Melati <melati@bandung.example>: Paling dalam", "", "Pertanyaan semula",
    ]  # fmt: skip
    assert [part.name for part in parsed.parts] == ["surat.pdf", "lampiran-2.eml", "lampiran-3.eml"]
    assert b"Pertanyaan semula" in parsed.parts[1].content
    assert (parsed.sender.email, parsed.external_id) == ("arung@gowa.example", "f@gowa.example")


def test_what_a_bounce_brings_back_is_no_question():
    assert parse_mail(bounce("jawaban@djpk.example")).body.strip() == "Surat Anda tidak terkirim."


CALENDAR = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nORGANIZER;CN=\"Dewi\":mailto:dewi@gowa.example\r\n"
    "SUMMARY:Rapat penyaluran DAU\\, triwulan\r\n  III\r\nDTSTART;TZID=Asia/Makassar:20240820T090000\r\nDTEND:20240820T020000Z\r\n"
    "LOCATION:Ruang rapat\\nlantai 2\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Lain\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)  # fmt: skip


def test_an_invitation_without_text_says_what_it_invites_to():
    parsed = parse_mail(raw(*HEAD, "Content-Type: text/calendar; method=REQUEST; charset=utf-8", "", CALENDAR))
    assert parsed.body.splitlines() == [
        "Undangan: Rapat penyaluran DAU, triwulan III", "Mulai: 20/08/2024 09.00 Asia/Makassar",
        "Selesai: 20/08/2024 02.00 UTC", "Tempat: Ruang rapat lantai 2", "Oleh: Dewi <dewi@gowa.example>",
    ]  # fmt: skip
    assert [part.name for part in parsed.parts] == ["lampiran-1.ics"]


def test_an_invitation_that_is_called_off_and_one_that_is_none():
    assert invitation(CALENDAR.replace("REQUEST", "CANCEL")).startswith("Undangan dibatalkan: Rapat")
    assert invitation("BEGIN:VCALENDAR") == ""


@given(st.text(max_size=300))
def test_no_invitation_raises(noise):
    invitation(noise)
    invitation(f"BEGIN:VEVENT\n{noise}\nDTSTART:{noise}")


TRUSTED = frozenset({"mx.djpk.example"})


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (["mx.djpk.example; spf=pass smtp.mailfrom=gowa.example; dkim=fail; dmarc=none"], {"spf": "pass", "dkim": "fail", "dmarc": "none"}),
        (["mx.djpk.example 1; spf=softfail"], {"spf": "softfail"}),
        (["mx.djpk.example; dkim=fail header.d=a; dkim=pass header.d=b"], {"dkim": "pass"}),
        (["mx.penipu.example; spf=pass; dkim=pass; dmarc=pass"], {}),
        (["mx.penipu.example; spf=pass", "mx.djpk.example; spf=fail"], {"spf": "fail"}),
        (["mx.djpk.example; spf=fail", "mx.djpk.example; spf=pass; dmarc=pass"], {"spf": "fail"}),
        (['mx.djpk.example; spf=fail (dmarc=pass; dkim=pass) reason="x; dmarc=pass"'], {"spf": "fail"}),
        (["mx.djpk.example; none"], {}),
        ([""], {}),
    ],
)  # fmt: skip
def test_only_our_own_servers_word_on_the_sender_counts(headers, found):
    lines = [f"Authentication-Results: {header}" for header in headers]
    parsed = parse_mail(raw(*lines, *HEAD, "", "Halo"), trusted=TRUSTED)
    assert parsed.details["auth"] == found
    assert ("suspicious" in parsed.flags) == ("fail" in found.values())


def test_without_a_trusted_server_nothing_is_believed():
    assert parse_mail(mail(Authentication_Results="mx.djpk.example; spf=pass")).details["auth"] == {}


HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
OVERLAPPING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
RICH = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}\pard Kepada Yth.\par\par Kami mohon \b jadwal\b0  "
    rb"DAU\rquote s\'e9 \u8211? 2024\line {\pict 0102}\tab selesai\}\par}"
)


def plain(rich: bytes) -> bytes:
    return struct.pack("<IIII", len(rich) + 12, len(rich), 0x414C454D, 0) + rich


def rich_winmail(content: bytes) -> bytes:
    return tnef(attribute(1, 0x00069003, properties((0x102, 0x1009, content))))


def test_rich_text_is_unpacked_as_microsoft_documents_it():
    assert rtf.decompressed(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.decompressed(OVERLAPPING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_rich_text_gives_its_words():
    assert rtf.text_of(RICH) == "Kepada Yth.\n\nKami mohon jadwal DAU’sé – 2024\n\tselesai}"
    wrapped = (
        rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Isi\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}}"
    )
    assert rtf.text_of(wrapped) == "Isi"


@pytest.mark.parametrize("content", [HELLO, plain(b"{\\rtf1 hello world}")])
def test_winmail_dat_with_rich_text_alone_shows_it(content):
    assert parse_mail(with_part("application/ms-tnef", rich_winmail(content))).body.strip() == "hello world"


@settings(deadline=2000, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.binary(max_size=300))
def test_broken_rich_text_breaks_nothing(compressed, rich):
    head = struct.pack("<IIII", len(compressed), 2**31, 0x75465A4C, 0)
    assert len(rtf.decompressed(head + compressed)) <= 20 * len(compressed)
    assert "\x00\x00" not in rtf.text_of(b"{\\rtf1 " + rich.replace(b"\0", b""))
