"""`manage.py load_demo`: three months of records, the snapshots before them, and open work for today.

Scores and figures are made at once, so that the first page is right before any worker has woken.
"""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from djpk.demo.loader import load
from escalation.scores import score_answered
from kernel.months import JAKARTA
from reports.filling import fill_dirty


class Command(BaseCommand):
    help = "Memuat data peragaan: Agustus 2023, Juli dan Agustus 2024, angka bulan sebelumnya, dan pekerjaan hari ini."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today", help="waktu acuan pekerjaan terbuka, ISO 8601 (WIB bila tanpa zona); bawaan: sekarang"
        )
        parser.add_argument(
            "--records-only", action="store_true", help="tanpa menghitung capaian Layer 2 dan angka bulanan"
        )

    def handle(self, *args: object, today: str | None = None, records_only: bool = False, **options: object) -> None:
        try:
            done = load(today=_moment(today) if today else timezone.now())
            if not records_only:
                now = timezone.now()
                score_answered(at=now)
                fill_dirty(at=now)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Data peragaan sudah dimuat." if done else "Data peragaan sudah ada; tidak ada yang diubah.")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=JAKARTA)
