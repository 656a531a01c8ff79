"""Menus and sessions of the chatbot, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from chatbot.models import ChatbotMenu, ChatbotSession
from people.admin_pages import PersonalPages, ReadPages


@admin.register(ChatbotMenu)
class MenuPages(ReadPages):
    title = _("Menu chatbot")
    list_display = ("label", "code", "parent", "topic", "position", "active")
    list_select_related = ("parent", "topic")
    search_fields = ("code", "label")


@admin.register(ChatbotSession)
class SessionPages(PersonalPages):
    title = _("Sesi chatbot")
    log_name = "session"
    labels = {"state": _("Keadaan percakapan"), "last_at": _("Pesan terakhir pengguna")}
    list_display = ("started_at", "ended_at", "channel", "menu", "outcome", "ticket")
    list_select_related = ("channel", "menu", "ticket")
    list_filter = ("outcome", "channel")
    search_fields = ("external_id__exact", "ticket__number__exact")
    ordering = ("-started_at", "-id")
