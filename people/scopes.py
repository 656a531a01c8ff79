"""What an API token may do. A token never may more than its user: the user's roles count as well."""

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "tickets:read": _("Membaca tiket dan percakapannya"),
    "tickets:write": _("Membuat, menjawab, mengubah dan menutup tiket"),
    "escalations:read": _("Membaca eskalasi"),
    "escalations:write": _("Mengeskalasi dan menjawab eskalasi"),
    "contacts:read": _("Membaca kontak, alamatnya disamarkan"),
    "contacts:personal": _("Membaca alamat email dan nomor telepon kontak"),
    "reference:read": _("Membaca daerah, unit, topik dan kanal"),
    "channels:read": _("Membaca sambungan kanal dan keadaannya"),
    "channels:write": _("Menyambungkan, menguji dan menjeda kanal"),
    "chatbot:write": _("Mengubah dan menerbitkan menu chatbot"),
    "visits:read": _("Membaca kunjungan dan video conference"),
    "visits:write": _("Mereservasi, mengubah dan menerima konsultasi; slotnya"),
    "figures:read": _("Membaca indikator, angka bulanan dan laporan"),
}
