"""`channel_connection EMAIL callcenter@… --set imap_host=… --secret imap_password`: connect or change a channel."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import Refused
from messaging.connection_verbs import connect, pause
from messaging.lines.shapes import check
from messaging.models import Channel

UNSHAPED = frozenset({"chatbot"})
"""Settings that are set here only."""


class Command(BaseCommand):
    help = "Connects a channel. Secrets are read from DERING_SECRET_<NAME> or asked for, never from the command line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("channel", help="EMAIL, LAPOR, WHATSAPP, LIVE_CHAT, PHONE or HAI")
        parser.add_argument("address", help="mail address or number that requesters write to")
        parser.add_argument("--name", default="", help="as requesters see it")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="given")
        parser.add_argument("--secret", action="append", default=[], metavar="NAME")
        parser.add_argument("--pause", action="store_true")
        parser.add_argument("--resume", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = Channel.objects.filter(code=options["channel"].upper()).first()
        if channel is None:
            known = ", ".join(Channel.objects.values_list("code", flat=True))
            raise CommandError(f"no channel {options['channel']}; there are {known}")
        at = timezone.now()
        given = dict(_pair(text) for text in options["given"])
        known = {name: value for name, value in given.items() if value and name not in UNSHAPED}
        try:
            check(channel.code, known, dict.fromkeys(options["secret"]))
            row = connect(
                channel=channel, address=options["address"], name=options["name"],
                settings=given,
                secrets={name: _secret(name) for name in options["secret"]}, at=at, actor=None,
            )  # fmt: skip
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if options["pause"] or options["resume"]:
            row = pause(connection=row, paused=options["pause"], at=at, actor=None)
        state = "paused" if row.paused_at else "connected"
        self.stdout.write(f"{channel.code} {row.address}: {state}")


def _pair(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name.strip():
        raise CommandError(f"--set {text}: write it as NAME=VALUE")
    return name.strip(), value.strip()


def _secret(name: str) -> str:
    return os.environ.get(f"DERING_SECRET_{name.upper()}") or getpass.getpass(f"{name}: ")
