"""`bin/bench NAME [--tickets N] [--json]`: measure a part of the product at a named size."""

import json
from importlib import import_module

from django.core.management.base import BaseCommand

NAMES = ("fill_month", "import_tickets")


class Command(BaseCommand):
    help = "Measure a part of the product on a database of N tickets (built once, kept in the data folder)."

    def add_arguments(self, parser) -> None:
        parser.add_argument("name", choices=NAMES)
        parser.add_argument("--tickets", type=int, default=100_000)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *, name: str, tickets: int, as_json: bool, **_options) -> None:
        for figure in import_module(f"djpk.bench.{name}").run(tickets, self.stderr.write):
            self.stdout.write(json.dumps(figure.as_json()) if as_json else figure.as_line())
