"""PPID requests, objections and complaints, to read. Reporters stay unnamed here (rules 7.4)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from information.models import Complaint, PpidObjection, PpidRequest
from people.admin_pages import PersonalPages


@admin.register(PpidRequest)
class PpidRequestPages(PersonalPages):
    title = _("Permohonan PPID")
    list_display = ("number", "received_at", "applicant_kind", "unit", "status", "due_on", "extended_due_on")
    list_select_related = ("unit",)
    list_filter = ("status", "applicant_kind", "unit")
    search_fields = ("number__exact",)
    ordering = ("-received_at", "-id")


@admin.register(PpidObjection)
class PpidObjectionPages(PersonalPages):
    title = _("Keberatan PPID")
    list_display = ("number", "request", "ground", "filed_on", "due_on", "answered_at")
    list_select_related = ("request",)
    list_filter = ("ground",)
    search_fields = ("number__exact", "request__number__exact")
    ordering = ("-filed_on", "-id")


@admin.register(Complaint)
class ComplaintPages(PersonalPages):
    title = _("Pengaduan dan keluhan")
    list_display = ("number", "received_at", "kind", "subject", "source", "status", "handler")
    list_select_related = ("handler",)
    list_filter = ("kind", "status", "source")
    search_fields = ("number__exact", "subject")
    hidden = ("reporter_name",)
    ordering = ("-received_at", "-id")
