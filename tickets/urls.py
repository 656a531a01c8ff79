"""/tiket/: the inbox, a ticket and its files."""

from django.urls import path, register_converter

from tickets import actions, contact_pages, editing, new_ticket, records, relating, views
from tickets.composer import delivery, macro_pages, whatsapp
from tickets.composer import views as composer
from tickets.duty import pages as duty
from tickets.inbox import original
from tickets.inbox import views as lists
from tickets.live import pages as live
from tickets.receiving import pages as quarantine
from tickets.search import views as search


class TicketNumber:
    """Imported numbers are kept as they are, so a slash may stand in one."""

    regex = r"[^\x00-\x1f\x7f]{1,40}?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class RowId:
    """A bigint key: 1 up to 18 digits."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(TicketNumber, "ticket")
register_converter(RowId, "id")

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("cari/", search.search, name="ticket-search"),
    path("cari/cepat/", search.quick, name="ticket-quick-search"),
    path("cari/tampilan/", search.counted, name="views-counted"),
    path("karantina/", quarantine.held, name="quarantine"),
    path("karantina/<id:pk>/lepas/", quarantine.release, name="quarantine-release"),
    path("karantina/<id:pk>/buang/", quarantine.discard, name="quarantine-discard"),
    path("piket/", duty.roster, name="duty"),
    path("piket/<id:pk>/", duty.shift, name="duty-shift"),
    path("piket/<id:pk>/akhiri/", duty.end, name="duty-end"),
    path("baris/", lists.rows, name="rows"),
    path("kini/", live.inbox_now, name="inbox-now"),
    path("tanda/", lists.tags, name="tags"),
    path("massal/", lists.run_bulk, name="bulk"),
    path("massal/urung/", lists.undo_bulk, name="bulk-undo"),
    path("simpanan/baru/", lists.new_view, name="view-new"),
    path("simpanan/pulihkan/", lists.restore_view, name="view-restore"),
    path("simpanan/<id:pk>/", lists.change_view, name="view-change"),
    path("<ticket:number>/baca/", lists.set_read, name="ticket-read"),
    path("baru/", new_ticket.new_ticket, name="ticket-new"),
    path("pilihan/kontak/", new_ticket.choose_contact, name="choose-contact"),
    path("pilihan/daerah/", editing.choose_region, name="choose-region"),
    path("pilihan/tanda/", editing.choose_tag, name="choose-tag"),
    path("<ticket:number>/ubah/<slug:name>/", editing.property_, name="ticket-property"),
    path("<ticket:number>/urung/<int:pk>/", actions.undo_move, name="ticket-undo"),
    path("<ticket:number>/gabung/", relating.merge, name="ticket-merge"),
    path("<ticket:number>/pisah/<int:pk>/", relating.split, name="ticket-split"),
    path("<ticket:number>/anak/", relating.child, name="ticket-child"),
    path("<ticket:number>/kaitan/", relating.link, name="ticket-link"),
    path("<ticket:number>/kaitan/lepas/", relating.unlink, name="ticket-unlink"),
    path("<ticket:number>/percakapan/", views.merged_conversation, name="ticket-merged"),
    path("<ticket:number>/kontak/", contact_pages.contact, name="ticket-contact"),
    path("<ticket:number>/kontak/buka/", contact_pages.reveal, name="ticket-reveal"),
    path("<ticket:number>/riwayat/", records.history, name="ticket-history"),
    path("<ticket:number>/cetak/", records.printed, name="ticket-print"),
    path("makro/", macro_pages.macros, name="macros"),
    path("makro/baru/", macro_pages.edit, name="macro-new"),
    path("makro/<id:pk>/", macro_pages.edit, name="macro"),
    path("makro/<id:pk>/hapus/", macro_pages.delete, name="macro-delete"),
    path("<ticket:number>/catatan/berkas/<id:pk>/", composer.note_file, name="ticket-note-file"),
    path("<ticket:number>/draf/", composer.save_draft, name="ticket-draft"),
    path("<ticket:number>/draf/berkas/", composer.upload, name="ticket-upload"),
    path("<ticket:number>/draf/berkas/<id:pk>/", composer.draft_file, name="ticket-draft-file"),
    path("<ticket:number>/draf/berkas/<id:pk>/hapus/", composer.remove_file, name="ticket-draft-file-remove"),
    path("<ticket:number>/berkas/<id:pk>/", composer.attachment, name="ticket-file"),
    path("<ticket:number>/lebih-awal/<id:pk>/", composer.earlier, name="ticket-earlier"),
    path("<ticket:number>/kutip/<id:pk>/", composer.quote, name="ticket-quote"),
    path("<ticket:number>/makro/", composer.macro_list, name="ticket-macros"),
    path("<ticket:number>/makro/<id:pk>/", composer.run_macro, name="ticket-macro-run"),
    path("<ticket:number>/pesan/", composer.say, name="ticket-say"),
    path("<ticket:number>/pesan/<id:pk>/urungkan/", composer.take_back, name="ticket-take-back"),
    path("<ticket:number>/pesan/<id:pk>/ulang/", delivery.resend, name="ticket-resend"),
    path("<ticket:number>/pesan/<id:pk>/putusan/", delivery.decide, name="ticket-decide-delivery"),
    path("<ticket:number>/pesan/<id:pk>/lain/", delivery.elsewhere, name="ticket-send-elsewhere"),
    path("<ticket:number>/templat/", whatsapp.send_by_template, name="ticket-template"),
    path("<ticket:number>/izin-pesan/", whatsapp.opt_in_again, name="ticket-opt-in"),
    path("<ticket:number>/pesan/<id:pk>/asli/", original.original, name="ticket-original"),
    path("<ticket:number>/pesan/<id:pk>/surat/", original.whole, name="ticket-mail"),
    path("<ticket:number>/rekan/", composer.colleagues, name="ticket-colleagues"),
    path("<ticket:number>/saran/", composer.suggestions, name="ticket-suggestions"),
    path("<ticket:number>/aksi/<slug:code>/", actions.act, name="ticket-act"),
    path("<ticket:number>/kini/", live.ticket_now, name="ticket-now"),
    path("<ticket:number>/", views.ticket, name="ticket"),
]
