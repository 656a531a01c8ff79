"""What went out to the public, and the figures that were entered, to read."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin_pages import SHOWN_EVENTS, Line, line_of
from outreach.models import Blast, Event, LaporMail, OutreachEvent, Publication, SocialMetric, WebTraffic
from people import admin_pages


class RegisterHistory:
    """A register row's events stand in one table for all registers."""

    def history_lines(self, row: Any) -> Iterable[Line]:
        events = OutreachEvent.objects.filter(record=row._meta.model_name, record_id=row.pk).select_related("actor")
        return [line_of(event) for event in events.order_by("-at", "-id")[:SHOWN_EVENTS]]


class ReadPages(RegisterHistory, admin_pages.ReadPages):
    pass


class PersonalPages(RegisterHistory, admin_pages.PersonalPages):
    pass


@admin.register(Publication)
class PublicationPages(ReadPages):
    title = _("Publikasi")
    list_display = ("number", "published_on", "title", "category")
    list_filter = ("category",)
    search_fields = ("number__exact", "title")
    ordering = ("-published_on", "position")


@admin.register(Event)
class EventPages(ReadPages):
    title = _("Kegiatan")
    list_display = ("number", "held_on", "title", "kind")
    list_filter = ("kind",)
    search_fields = ("number__exact", "title")
    ordering = ("-held_on", "position")


@admin.register(Blast)
class BlastPages(ReadPages):
    title = _("Blast")
    list_display = ("number", "sent_at", "subject", "by_whatsapp", "by_email", "recipients", "status")
    list_filter = ("status",)
    search_fields = ("number__exact", "subject")


@admin.register(LaporMail)
class LaporMailPages(PersonalPages):
    title = _("Email Lapor")
    list_display = ("received_at", "document_type", "period", "region", "unit", "ticket")
    list_select_related = ("region", "unit", "ticket")
    list_filter = ("document_type", "unit")
    search_fields = ("external_id__exact", "subject")
    hidden = ("message",)
    ordering = ("-received_at", "-id")


@admin.register(WebTraffic)
class WebTrafficPages(ReadPages):
    title = _("Kunjungan situs")
    list_display = ("month", "visitors", "entered_by", "entered_at")
    list_select_related = ("entered_by",)
    ordering = ("-month",)


@admin.register(SocialMetric)
class SocialMetricPages(ReadPages):
    title = _("Media sosial")
    list_display = ("month", "platform", "posts", "followers", "reach_total", "entered_by")
    list_select_related = ("entered_by",)
    list_filter = ("platform",)
    ordering = ("-month", "platform")
