"""Command line of the launcher: `python -m djpk.embedded demo`, `… manage COMMAND…`, `… test ARGUMENTS…`."""

import sys

from djpk.embedded import demo, manage, run_tests

COMMANDS = {"demo": demo.run, "manage": manage.run, "test": run_tests.run}


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        print(f"usage: python -m djpk.embedded {{{','.join(COMMANDS)}}} …", file=sys.stderr)  # noqa: T201
        return 2
    return COMMANDS[argv[0]](argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
