"""`manage.py demo_accounts`: who may sign in to the demonstration, and with what."""

from django.core.management.base import BaseCommand

from djpk.demo.accounts import describe
from djpk.demo.people import PASSWORD


class Command(BaseCommand):
    help = "Menampilkan akun peragaan."

    def handle(self, *args: object, **options: object) -> None:
        rows = describe()
        width = max(len(username) for username, _, _ in rows)
        for username, name, role in rows:
            self.stdout.write(f"{username:{width}}  {name:7}  {role}")
        self.stdout.write(f"Kata sandi semua akun: {PASSWORD}")
