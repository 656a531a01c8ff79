"""`report 2024-08 --format json`: the monthly report as data, brought up to date first; `--check` judges it."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from escalation.scores import score_answered
from kernel.months import Month
from reports.checks import ERROR, check
from reports.filling import ensure_filled
from reports.printing import Json
from reports.report import build


class Command(BaseCommand):
    help = "Cetak laporan layanan satu bulan, atau periksa isinya dengan --check."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="bulan laporan, misalnya 2024-08")
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--language", choices=["id", "en"], default="id")
        parser.add_argument("--check", action="store_true", help="jalankan pemeriksaan sebelum terbit")
        parser.add_argument("--strict", action="store_true", help="seperti --check; peringatan pun menggagalkan")

    def handle(self, *args, **options) -> None:
        month = _month(options["month"])
        now = timezone.now()
        score_answered(at=now)  # answers that no worker has scored yet would be missing from the averages
        ensure_filled(month, at=now)
        report = build(month, options["language"])
        if options["check"] or options["strict"]:
            self._check(report, month, options["strict"])
        else:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))

    def _check(self, report: Json, month: Month, strict: bool) -> None:
        """Every result on a line; exit 1 on an error, and on a warning too when strict (decisions 32)."""
        results = check(report, month)
        for result in results:
            self.stdout.write(f"{result.outcome:9} {result.number:2}. {result.title}")
            for detail in result.details:
                self.stdout.write(f"              {detail}")
        failed = [result for result in results if not result.passed]
        errors = [result for result in failed if result.severity == ERROR]
        if errors or (strict and failed):
            raise CommandError(f"{len(errors or failed)} dari {len(results)} pemeriksaan tidak lulus.", returncode=1)
        self.stdout.write(f"{len(results) - len(failed)} dari {len(results)} pemeriksaan lulus.")


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        raise CommandError(f"Bulan {text!r} tidak dikenal. Tulis tahun dan bulan, misalnya 2024-08.") from None
