"""`import_tickets FILE`: tickets from CSV or XLSX."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from djpk.records.terminal import add_import_options, describe, import_file
from djpk.records.tickets.kind import TICKETS


class Command(BaseCommand):
    help = _("Impor tiket dari berkas CSV (UTF-8) atau XLSX.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["columns"]:
            self.stdout.write("\n".join(describe(TICKETS)))
        elif options["file"] is None:
            raise CommandError(_("Sebutkan berkasnya: import_tickets BERKAS"))
        else:
            import_file(TICKETS, options["file"], options, self.stdout, self.stderr)
