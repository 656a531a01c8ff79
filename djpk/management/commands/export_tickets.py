"""`export_tickets [FILE|-]`: tickets in the columns that `import_tickets` reads."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from djpk.records.terminal import add_period_options, export_file, period_of
from djpk.records.tickets.kind import TICKETS


class Command(BaseCommand):
    help = _("Ekspor tiket ke CSV atau XLSX (menurut akhiran nama berkas), dengan kolom yang dapat diimpor kembali.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-")
        add_period_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        export_file(TICKETS, options["file"], period_of(options), self.stderr)
