"""`manage.py unlock_sign_in [NAME | ADDRESS]`: who is locked out, or let one of them try again at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from people import lockout


class Command(BaseCommand):
    help = "List the accounts and addresses that are locked after failed sign-ins, or unlock one of them."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("whom", nargs="?", help="user name or address; without it the locked ones are listed")

    def handle(self, *args: Any, whom: str | None, **options: Any) -> None:
        at = timezone.now()
        rows = lockout.locked(at=at)
        if whom is None:
            for row in rows:
                name = row.user.username if row.user else row.key
                self.stdout.write(f"{row.kind.lower()}\t{name}\t{lockout.clock(row.locked_until)}")
            return
        found = [row for row in rows if whom in ((row.user.username,) if row.user else (row.key,))]
        if not found:
            raise CommandError(f"{whom} is not locked")
        for row in found:
            lockout.lift(row=row, at=at, actor=None, reason="unlock_sign_in")
        self.stdout.write(f"{whom} may try again")
