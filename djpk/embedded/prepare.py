"""The part of a start that needs Django, in one process: migrate, demonstration data, list of accounts."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(argv: list[str]) -> int:
    """`migrate`, `demo` and `accounts=FILE`, in the order given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
    django.setup()
    for task in argv:
        name, _, value = task.partition("=")
        if name == "migrate":
            call_command("migrate", verbosity=1, interactive=False)
        elif name == "demo":
            call_command("load_demo")
        elif name == "accounts":
            _write_accounts(Path(value))
    return 0


def _write_accounts(path: Path) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as handle:
        call_command("demo_accounts", stdout=handle)
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
