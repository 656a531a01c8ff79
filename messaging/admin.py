"""Channels to set, messages to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import admin_forms as fields
from kernel.admin_forms import VerbForm
from messaging.channel_verbs import change_channel
from messaging.models import Channel, Message
from people.admin_pages import PersonalPages, VerbPages


class ChannelForm(VerbForm):
    label = fields.text(_("Nama"), 60)
    label_en = fields.text(_("Nama (Inggris)"), 60, required=False)
    address = fields.text(_("Alamat"), 120, required=False)
    first_answer_minutes = fields.whole(
        _("Target jawaban pertama (menit)"),
        required=False,
        help_text=_("Menit jam layanan Jakarta; 0 berarti seketika, kosong berarti tanpa target."),
    )
    open_outside_hours = forms.BooleanField(label=_("Buka di luar jam layanan"), required=False)
    active = forms.BooleanField(label=_("Aktif"), required=False)
    reason = fields.reason(required=False)


@admin.register(Channel)
class ChannelPages(VerbPages):
    title = _("Kanal")
    list_display = ("label", "code", "address", "makes_tickets", "first_answer_minutes", "open_outside_hours", "active")
    change_form = ChannelForm

    def perform_change(self, request: HttpRequest, row: Channel, data: dict[str, Any], **by: Any) -> Channel:
        return change_channel(row, **data, **by)


@admin.register(Message)
class MessagePages(PersonalPages):
    title = _("Pesan")
    list_display = ("received_at", "channel", "direction", "subject", "claimed_by", "delivery")
    list_select_related = ("channel",)
    list_filter = ("channel", "direction", "delivery")
    search_fields = ("external_id__exact",)
    search_help_text = _("Cari dengan nomor dari kanal.")
    hidden = ("raw", "html", "details")
    ordering = ("-received_at", "-id")
