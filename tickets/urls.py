"""/tiket/: the inbox, a ticket and its files."""

from django.urls import path, register_converter

from tickets import actions, views


class TicketNumber:
    """Imported numbers are kept as they are, so a slash may stand in one."""

    regex = r"[^\x00-\x1f\x7f]{1,40}?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TicketNumber, "ticket")

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<ticket:number>/berkas/<int:pk>/", views.attachment, name="ticket-file"),
    path("<ticket:number>/pesan/", actions.say, name="ticket-say"),
    path("<ticket:number>/ubah/", actions.change, name="ticket-change"),
    path("<ticket:number>/aksi/<slug:code>/", actions.act, name="ticket-act"),
    path("<ticket:number>/", views.ticket, name="ticket"),
]
