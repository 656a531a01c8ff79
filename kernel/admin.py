"""Imports of files, to read: who brought what in, and what became of the rows."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin_pages import ReadPages
from kernel.models import ImportRun


@admin.register(ImportRun)
class ImportRunPages(ReadPages):
    title = _("Impor data")
    list_display = ("file_name", "kind", "status", "created_by", "created_at", "rows_read", "rows_rejected")
    list_filter = ("status", "kind")
    list_select_related = ("created_by",)
    search_fields = ("file_name",)
    hidden = ("leased_until", "sample")
