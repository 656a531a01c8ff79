"""`export_records KIND [FILE|-]`: a kind's rows in the columns that `import_records` reads."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from djpk.records.kinds import KINDS, RECORD_KINDS
from djpk.records.terminal import add_period_options, export_file, period_of


class Command(BaseCommand):
    help = _("Ekspor catatan ke CSV atau XLSX (menurut akhiran nama berkas), dengan kolom yang dapat diimpor kembali.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=RECORD_KINDS)
        parser.add_argument("file", nargs="?", default="-")
        add_period_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        export_file(KINDS[options["kind"]], options["file"], period_of(options), self.stderr)
