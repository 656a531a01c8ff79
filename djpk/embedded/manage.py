"""`bin/manage COMMAND…`: a management command with the servers up, shared or started for it."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from djpk.embedded import fingerprint
from djpk.embedded.claim import Claim, using, wait_for_servers
from djpk.embedded.external import check_named
from djpk.embedded.paths import data_folder
from djpk.embedded.servers import Servers
from djpk.embedded.stamps import Stamps
from djpk.embedded.trouble import Trouble

# Commands that make, show or need no schema.
LEAVES_SCHEMA_ALONE = frozenset(
    ["bench", "check", "collectstatic", "compilemessages", "dbshell", "diffsettings", "help", "inspectdb",
     "makemessages", "makemigrations", "migrate", "optimizemigration", "showmigrations", "spectacular", "sqlflush",
     "sqlmigrate", "squashmigrations", "version"]
)  # fmt: skip

TRY_AGAIN = 75  # of sysexits.h: the mail server keeps a mail that we cannot take now


def run(argv: list[str]) -> int:
    """Run one management command; its exit code is ours."""
    os.environ.setdefault("DERING_TLS", "0")
    try:
        return _run(argv)
    except Trouble as trouble:
        trouble.show()
        return TRY_AGAIN if argv[:1] == ["receive_email"] else 1


def _run(argv: list[str]) -> int:
    check_named(dict(os.environ))
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return _django(argv)
    data = data_folder()
    while True:
        claim = Claim.take(data, "bin/manage")
        if claim:
            return _with_own_servers(claim, argv)
        if wait_for_servers(data):
            with using(data) as note:
                if note:
                    os.environ |= note["environment"]
                    return _django(argv)


def _with_own_servers(claim: Claim, argv: list[str]) -> int:
    servers = Servers(claim.data)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        servers.start()
        environment = servers.environment()
        os.environ |= environment
        code = _prepare_schema(servers, argv)
        claim.publish(role="bin/manage", ready=True, environment=environment)
        return code or _django(argv)
    finally:
        claim.publish(role="bin/manage", ready=False)
        claim.wait_for_users()
        servers.stop()
        claim.release()


def _prepare_schema(servers: Servers, argv: list[str]) -> int:
    """Bring the schema of our own database up to date, as `bin/demo` does; its exit code."""
    if servers.postgres is None or not argv or argv[0].startswith("-") or argv[0] in LEAVES_SCHEMA_ALONE:
        return 0
    stamps, schema = Stamps(servers.data / "postgres" / "stamps.json"), fingerprint.schema_hash()
    if stamps.fresh("schema", schema):
        return 0
    print("Skema basis data disiapkan … / preparing the database schema …", file=sys.stderr)  # noqa: T201
    code = _django(["migrate", "--verbosity", "0"])
    if not code:
        stamps.set("schema", schema)
    return code


def _leave(signum: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def _django(argv: list[str]) -> int:
    """Django in this process: the terminal, standard input and the exit code are the command's own."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "djpk.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line([str(Path("bin/manage")), *argv])
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(bool(done.code))
    return 0
