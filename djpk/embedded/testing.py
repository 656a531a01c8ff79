"""Databases for the test-suite: one migrated template per state of the code, one clone per test worker.

Works on the embedded servers and on external ones (DATABASE_URL needs CREATEDB; REDIS_URL needs three
databases per worker: a stock Redis with sixteen serves five).
"""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from djpk.embedded.claim import Claim
from djpk.embedded.fingerprint import schema_hash
from djpk.embedded.paths import ROOT
from djpk.embedded.servers import Servers

PREFIX = "dering_test"
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 - a folder of ours in it
BASE = "DERING_TEST_BASE"  # how workers find what the controller started: URL of the maintenance database
TEMPLATE = "DERING_TEST_TEMPLATE"


def prepare_session() -> None:
    """Start the servers unless they are given, build the template, point this process at its own database."""
    if BASE not in os.environ:
        _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    number = int("".join(filter(str.isdigit, worker)) or -1) + 1
    os.environ["DATABASE_URL"] = _with_database(os.environ[BASE], f"{PREFIX}_{os.environ['DERING_TEST_RUN']}_{worker}")
    os.environ["DERING_REDIS_DB"] = str(3 * number)


def _start_servers() -> None:
    claim, data = _test_folder()
    servers = Servers(data, fast=True)
    atexit.register(_end, servers, claim, os.getpid())
    servers.start()
    os.environ |= servers.environment()
    os.environ["DERING_TEST_RUN"] = str(os.getpid())
    os.environ["DERING_STATIC"] = str(data / "static")
    (data / "static").mkdir(exist_ok=True)
    os.environ[BASE] = _maintenance_url(servers.database_url)
    os.environ[TEMPLATE] = _template(embedded=servers.postgres is not None)


def _test_folder() -> tuple[Claim | None, Path]:
    """Kept between runs, but for CI's; a fresh folder when another run is using it."""
    home = _home()
    claim = None if os.environ.get("CI") else Claim.take(home, "tests")
    parent = home.parent if home.parent == MEMORY else None
    return (claim, home) if claim else (None, Path(tempfile.mkdtemp(prefix="dering-test-", dir=parent)))


def _home() -> Path:
    """In memory where there is plenty, for each checkout its own: tests make and drop databases by the hundred.

    Else `.data/test`; DERING_TEST_DATA names another folder.
    """
    if named := os.environ.get("DERING_TEST_DATA"):
        return Path(named)
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH:
        return MEMORY / f"dering-test-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    return ROOT / ".data" / "test"


def _end(servers: Servers, claim: Claim | None, pid: int) -> None:
    """Drop this run's databases and stop what it started."""
    if os.getpid() != pid:
        return
    try:
        if BASE in os.environ:
            kept = {os.environ.get(TEMPLATE)} if servers.postgres else set()
            _drop([name for name in _databases(f"{PREFIX}_{os.environ['DERING_TEST_RUN']}_") if name not in kept])
    finally:
        servers.stop()
        if claim:
            claim.release()
        else:
            shutil.rmtree(servers.data, ignore_errors=True)


def _maintenance_url(url: str) -> str:
    """The same server's `postgres` database, or the given one when that is closed to us."""
    candidate = _with_database(url, "postgres")
    try:
        psycopg.connect(candidate).close()
    except psycopg.OperationalError:
        return url
    return candidate


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _template(*, embedded: bool) -> str:
    """Name of a database with all migrations applied; reused while no migration or data file changes."""
    run = os.environ["DERING_TEST_RUN"]
    name = f"{PREFIX}_template_{schema_hash()}" if embedded else f"{PREFIX}_{run}_template"
    existing = _databases(f"{PREFIX}_")
    if name in existing:
        return name
    building = f"{PREFIX}_{run}_building"
    _drop(existing if embedded else [])
    _execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    env = {
        **os.environ,
        "DATABASE_URL": _with_database(os.environ[BASE], building),
        "DJANGO_SETTINGS_MODULE": "djpk.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"migrate failed for the test template:\n{done.stdout}{done.stderr}")
    _execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name)))
    return name


def clone_template(name: str) -> None:
    """Replace database `name` by a fresh copy of the template (about 45 ms)."""
    _drop([name])
    _execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(os.environ[TEMPLATE]))
    )


def _databases(prefix: str) -> list[str]:
    with psycopg.connect(os.environ[BASE], autocommit=True) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall()
    return [row[0] for row in rows]


def _drop(names: list[str]) -> None:
    for name in names:
        _execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(statement: sql.Composed) -> None:
    with psycopg.connect(os.environ[BASE], autocommit=True) as connection:
        connection.execute(statement)
