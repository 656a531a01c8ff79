"""`import_records KIND FILE`: registers and monthly values from CSV or XLSX."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from djpk.records.kinds import KINDS, RECORD_KINDS
from djpk.records.terminal import add_import_options, describe, import_file


class Command(BaseCommand):
    help = _("Impor catatan dari berkas CSV (UTF-8) atau XLSX; --columns menampilkan jenis dan kolomnya.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", nargs="?", choices=RECORD_KINDS)
        parser.add_argument("file", nargs="?", type=Path)
        add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = [options["kind"]] if options["kind"] else RECORD_KINDS
        if options["columns"]:
            self.stdout.write("\n\n".join("\n".join(describe(KINDS[kind])) for kind in kinds))
        elif options["kind"] is None or options["file"] is None:
            raise CommandError(_("Sebutkan jenis dan berkasnya: import_records JENIS BERKAS"))
        else:
            import_file(KINDS[options["kind"]], options["file"], options, self.stdout, self.stderr)
