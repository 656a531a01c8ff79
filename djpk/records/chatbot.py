"""Chatbot sessions: without an agent they are counted (S17), with one they belong to a ticket."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatbot.models import ChatbotMenu, ChatbotSession
from djpk.records.base import Values, record_kind
from djpk.records.information import not_before
from djpk.records.links import EMAIL, PHONE, TICKET, WithContact, WithTicket
from djpk.records.lookups import CHANNEL, by_names
from kernel.importing.columns import Column
from kernel.importing.engine import Context
from kernel.importing.fields import Choice, Lookup, Moment, Text

OUTCOME_WORDS = {"selesai": "ANSWERED", "chat agent": "HANDED_OVER", "terputus": "DROPPED"}


class ChatbotLoader(WithTicket, WithContact):
    model = ChatbotSession
    one_per_ticket = True
    key_columns = ("channel", "external_id")
    prefix = "BOT"
    derived_from = ("started_at", "menu", "outcome", "contact_name", "contact_email", "contact_phone", "ticket")
    dated_by = "started_at"
    related = ("channel", "menu", "ticket", "contact__merged_into")
    prefetched = ("contact__handles", "contact__merged_into__handles")
    ordering = ("started_at", "id")
    columns = (
        Column("external_id", Text(120, free=False), _("nomor sesi; kosong: dibuat dari isi baris"), example="BOT-1"),
        Column("channel", CHANNEL, _("saluran"), True, "WHATSAPP"),
        Column("started_at", Moment(), _("saat mulai"), True, "2024-08-05T09:00:00+07:00"),
        Column(
            "ended_at",
            Moment(),
            _("saat selesai; kosong hanya bila masih berlangsung"),
            example="2024-08-05T09:04:00+07:00",
        ),
        Column("outcome", Choice(ChatbotSession.Outcome, also=OUTCOME_WORDS), _("hasil"), True, "ANSWERED"),
        Column(
            "menu",
            Lookup("menu", _("menu: kode atau nama")),
            _("menu yang dipilih; kosong bila DROPPED"),
            example="PDRD",
        ),
        Column("contact_name", Text(160), _("nama pengguna")),
        EMAIL,
        PHONE,
        TICKET,
    )

    @classmethod
    def queryset(cls) -> QuerySet[Any]:
        """Without the simulator's: they count nowhere."""
        return super().queryset().filter(simulated=False)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        menus = by_names(ChatbotMenu.objects.all(), _("Menu “{name}” tidak dikenal. Pilih: {codes}."))
        self.lookups = {**self.lookups, "menu": menus}

    @classmethod
    def shown(cls, row: Any) -> Values:
        links = {**WithContact.shown.__func__(cls, row), "ticket": row.ticket.number if row.ticket else ""}  # type: ignore[attr-defined]
        return {**{c.name: getattr(row, c.name) for c in cls.columns if c.name not in links}, **links}

    def problems(self, values: Values) -> Iterable[str]:
        yield from super().problems(values)
        outcome = values["outcome"]
        if (outcome == "RUNNING") != (values["ended_at"] is None):
            yield gettext("ended_at: wajib diisi, kecuali outcome RUNNING.")
        yield from not_before("ended_at", "started_at", values)
        if outcome == "ANSWERED" and values["menu"] is None:
            yield gettext("menu: wajib diisi karena outcome ANSWERED.")
        if outcome == "DROPPED" and values["menu"] is not None:
            yield gettext("menu: kosongkan karena outcome DROPPED.")

    def apply(self, row: Any, values: Values) -> None:
        for name in ("external_id", "channel", "started_at", "ended_at", "outcome", "menu"):
            setattr(row, name, values[name])
        row.contact_id = values["contact"]
        self.set_ticket(row, values)


CHATBOT_SESSIONS = record_kind("chatbot_sessions", _("Sesi chatbot"), ChatbotLoader)
