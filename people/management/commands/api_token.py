"""`api_token add NAME --user USERNAME --scope …`, `api_token list`, `api_token revoke PREFIX`."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import Refused
from people.models import ApiToken, User
from people.scopes import SCOPES
from people.tokens import issue_token, revoke_token


class Command(BaseCommand):
    help = "Terbitkan, tampilkan, atau cabut token API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        add = steps.add_parser("add", help="terbitkan token; rahasianya ditampilkan sekali")
        add.add_argument("name", help="sistem yang memakainya")
        add.add_argument("--user", required=True, help="nama pengguna yang diwakili token")
        add.add_argument("--scope", action="append", required=True, choices=sorted(SCOPES), help="boleh berulang")
        add.add_argument("--days", type=int, default=365, help="masa berlaku dalam hari (bawaan 365)")
        steps.add_parser("list", help="semua token, tanpa rahasianya")
        revoke = steps.add_parser("revoke", help="cabut token")
        revoke.add_argument("prefix", help="awal token seperti ditampilkan oleh list")

    def handle(self, *args: object, **options: str) -> None:
        try:
            getattr(self, f"_{options['step']}")(options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _add(self, options: dict) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"Pengguna “{options['user']}” tidak ada atau tidak aktif.")
        at = timezone.now()
        expires_at = at + timedelta(days=options["days"])
        token, secret = issue_token(
            name=options["name"], user=user, scopes=options["scope"], expires_at=expires_at, at=at, actor=None
        )
        self.stdout.write(secret)
        self.stderr.write(f"Simpan sekarang: tidak dapat ditampilkan lagi. Berlaku s.d. {token.expires_at:%Y-%m-%d}.")

    def _list(self, options: dict) -> None:
        now = timezone.now()
        for token in ApiToken.objects.select_related("user"):
            ended = token.revoked_at or (token.expires_at if token.expires_at and token.expires_at <= now else None)
            state = f"berakhir {ended:%Y-%m-%d}" if ended else "berlaku"
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "belum dipakai"
            scopes = " ".join(token.scopes)
            self.stdout.write(f"{token.prefix}  {state:20} {token.user.username:16} {used:16} {token.name}: {scopes}")

    def _revoke(self, options: dict) -> None:
        found = list(ApiToken.objects.filter(prefix=options["prefix"], revoked_at__isnull=True))
        if len(found) != 1:
            raise CommandError(f"{len(found)} token berlaku dengan awal “{options['prefix']}”.")
        revoke_token(token=found[0], at=timezone.now(), actor=None)
        self.stdout.write(f"Token “{found[0].name}” dicabut.")
