"""What the widget says, in the language in force; its scripts hold no words."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Texts by name; {n}, {who}, {when}, {most} are filled in by the widget."""
    return _of_forms() | _of_thread() | _of_end()


def _of_forms() -> dict[str, str]:
    return {
        "hello": _("Tuliskan nama dan email Anda, lalu mulai obrolan dengan petugas kami."),
        "closed": _("Obrolan sedang tutup. Tinggalkan pertanyaan Anda; jawabannya kami kirim lewat email."),
        "opens": _("Layanan buka kembali {when}."),
        "name": _("Nama lengkap"),
        "email": _("Email"),
        "question": _("Pertanyaan"),
        "consent": _("Saya setuju data ini dipakai untuk menjawab saya, dan obrolan diingat di peramban ini."),
        "consentForm": _("Saya setuju data ini dipakai untuk menjawab pertanyaan saya."),
        "start": _("Mulai obrolan"),
        "sendForm": _("Kirim pertanyaan"),
        "formSent": _("Pertanyaan terkirim. Konfirmasi dan jawabannya kami kirim ke {who}."),
        "anotherForm": _("Tulis pertanyaan lain"),
        "needed": _("Isian ini wajib diisi."),
        "badEmail": _("Tuliskan alamat email yang lengkap."),
        "needConsent": _("Centang persetujuan untuk melanjutkan."),
    }


def _of_thread() -> dict[str, str]:
    return {
        "write": _("Tulis pesan"),
        "send": _("Kirim"),
        "attach": _("Lampirkan berkas"),
        "remove": _("Hapus {who}"),
        "log": _("Percakapan"),
        "you": _("Anda"),
        "begin": _("Silakan tuliskan pertanyaan Anda."),
        "types": _("Petugas sedang mengetik"),
        "waits": _("Menunggu sambungan"),
        "sending": _("Mengirim"),
        "sent": _("Terkirim"),
        "seen": _("Dibaca"),
        "failed": _("Tidak terkirim"),
        "again": _("Kirim lagi"),
        "drop": _("Hapus"),
        "offline": _("Sambungan terputus. Pesan Anda disimpan dan dikirim begitu tersambung."),
        "tooBig": _("Berkas {who} lebih besar dari {most} MB."),
        "tooMany": _("Paling banyak {most} berkas tiap pesan."),
        "gone": _("Lampiran hilang karena halaman dimuat ulang. Pilih berkasnya lagi."),
        "ticket": _("Tiket {who}"),
        "error": _("Layanan belum dapat dihubungi. Coba lagi."),
    }


def _of_end() -> dict[str, str]:
    return {
        "ended": _("Obrolan ini sudah berakhir."),
        "done": _("Petugas telah menyelesaikan konsultasi ini. Tulis lagi bila masih ada pertanyaan."),
        "restart": _("Mulai obrolan baru"),
        "transcript": _("Kirim transkrip ke email"),
        "transcriptSent": _("Transkrip dikirim ke {who}."),
        "rate": _("Beri nilai konsultasi ini"),
        "service": _("Layanan petugas"),
        "substance": _("Isi jawaban"),
        "ofFive": _("{n} dari 5"),
        "worst": _("Sangat kurang"),
        "best": _("Sangat baik"),
        "comment": _("Saran (boleh kosong)"),
        "sendRating": _("Kirim nilai"),
        "needScores": _("Pilih nilai untuk keduanya."),
        "rated": _("Terima kasih atas penilaian Anda."),
    }
