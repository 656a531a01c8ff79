"""`bin/bench NAME [--tickets N] [--rounds N] [--json]`: measure a part of the product at a named size."""

import json
from importlib import import_module

from django.core.management.base import BaseCommand

NAMES = ("escalation", "fill_month", "flood", "import_tickets", "intake", "load", "pages")


class Command(BaseCommand):
    help = "Measure a part of the product on a database of N tickets (built once, kept in the data folder)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", choices=NAMES)
        parser.add_argument("--tickets", type=int, default=100_000)
        parser.add_argument("--rounds", type=int, help="requests of each kind (pages), messages (intake, flood)")
        parser.add_argument("--seconds", type=int, help="how long to measure (load)")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(
        self, *, name: str, tickets: int, rounds: int | None, seconds: int | None, as_json: bool, **_options
    ) -> None:
        more = {"rounds": rounds} if rounds and name in ("escalation", "flood", "intake", "pages") else {}
        more |= {"seconds": seconds} if seconds and name == "load" else {}
        for figure in import_module(f"djpk.bench.{name}").run(tickets, self.stderr.write, **more):
            self.stdout.write(json.dumps(figure.as_json()) if as_json else figure.as_line())
