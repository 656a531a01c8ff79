"""`bin/demo`: everything up with one command, and nothing left when it ends."""

import http.client
import os
import socket
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from djpk.embedded import fingerprint, web
from djpk.embedded.claim import Claim, holder
from djpk.embedded.external import check_named
from djpk.embedded.paths import ROOT, data_folder
from djpk.embedded.progress import Step, done, line, python, run_steps, tail
from djpk.embedded.servers import Servers
from djpk.embedded.stamps import Stamps
from djpk.embedded.supervisor import Service, Stopped, Supervisor
from djpk.embedded.trouble import Trouble, check_space, explained
from djpk.embedded.web import HOST

FIRST_PAGE_PATIENCE = 60.0
WORKER_ENV = {"DERING_DB_SECONDS": "60"}


def run(argv: list[str]) -> int:
    """Start, show the address and the accounts, watch until told to stop. Returns the exit code."""
    if argv:
        line("bin/demo   (PORT=8000, DERING_DATA=.data, DATABASE_URL, REDIS_URL)")
        return 0 if argv[0] in {"-h", "--help"} else 2
    data = data_folder()
    try:
        return _run(data, _port())
    except Exception as error:
        explained(error, data).show()
        return 1


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise Trouble(f"PORT={given} bukan nomor porta.", f"PORT={given} is not a port number.")
    return int(given)


def _run(data: Path, port: int) -> int:
    began = float(os.environ.pop("DERING_BEGAN", 0)) or time.time()
    address = f"http://{HOST}:{port}/"
    data.mkdir(parents=True, exist_ok=True)
    claim = Claim.take(data, "bin/demo")
    if claim is None:
        raise _already_used(data)
    claim.publish(role="bin/demo", ready=False, address=address)
    check_space(data)
    listener = _take_port(port)
    check_named(dict(os.environ))
    servers = Servers(data)
    outside = web.listen(0)
    simulator = f"http://{HOST}:{outside.getsockname()[1]}"
    given = {
        "DERING_TLS": "0", "DERING_DEMO": "1",
        "DERING_SIMULATOR_URL": simulator, "DERING_SIMULATOR_TARGET": address.rstrip("/"),
    }  # fmt: skip
    supervisor = Supervisor(servers, data / "log", {**os.environ, **given})
    try:
        _start(supervisor, listener, outside)
        claim.publish(role="bin/demo", ready=True, address=address, environment=servers.environment())
        _welcome(data, address, time.time() - began)
        supervisor.watch()
    except Stopped:
        line("\n  Berhenti … / Stopping …")
        return 0
    finally:
        claim.publish(role="bin/demo", ready=False, address=address)
        supervisor.stop()
        listener.close()
        outside.close()
        claim.release()
    return 0


def _start(supervisor: Supervisor, listener: socket.socket, outside: socket.socket) -> None:
    began = time.monotonic()
    servers = supervisor.servers
    servers.start()
    supervisor.env |= servers.environment()
    done("PostgreSQL & Valkey", time.monotonic() - began)
    plan = Plan(servers)
    run_steps(plan.steps(), env=supervisor.env, log=supervisor.log, pause=lambda: supervisor.pause(0.1), cwd=ROOT)
    plan.remember()
    began = time.monotonic()
    first, *others = _services(listener, outside)
    supervisor.start(first)
    _await_first_page(supervisor, first, listener.getsockname()[1])
    supervisor.start(*others)
    done("Web, Celery, beat", time.monotonic() - began)


class Plan:
    """Which steps this start needs: those whose inputs changed since they last ended well."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self.accounts = servers.data / "accounts.txt"
        self.database = Stamps(servers.data / "postgres" / "stamps.json") if servers.postgres else None
        self.static = Stamps(static_root() / ".stamps.json")
        self.schema = fingerprint.schema_hash()
        self.assets = fingerprint.assets_hash()

    def steps(self) -> list[Step]:
        return static_steps(self.static, self.assets) + self._database_steps()

    def _database_steps(self) -> list[Step]:
        steps = []
        if not self._fresh("schema", self.schema):
            steps.append(Step("migrate", "Skema basis data / database schema", _prepare("migrate")))
        if not (self._fresh("demo", "loaded") and self.accounts.exists()):
            steps.append(
                Step(
                    "demo",
                    "Data peragaan / demonstration data",
                    _prepare("demo", f"accounts={self.accounts}"),
                    needs=[step.name for step in steps],
                )
            )
        return steps

    def _fresh(self, name: str, inputs: str) -> bool:
        return self.database is not None and self.database.fresh(name, inputs)

    def remember(self) -> None:
        """Every step ended well."""
        self.static.set("assets", self.assets)
        if self.database:
            self.database.set("schema", self.schema)
            self.database.set("demo", "loaded")


def static_steps(stamps: Stamps, assets: str) -> list[Step]:
    """What builds the browser's files, where `assets` (their hash) is not what stands there."""
    if stamps.fresh("assets", assets) and (ROOT / "assets" / "dist").exists():
        return []
    return [
        Step("assets", "Berkas peramban / browser files", python("-m", "djpk.assets", "build")),
        Step(
            "collectstatic",
            "Berkas statis / static files",
            python("manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"),
            needs=["assets"],
        ),
    ]


def _prepare(*tasks: str) -> list[str]:
    return python("-m", "djpk.embedded.prepare", *tasks)


def static_root() -> Path:
    """Where collectstatic writes, as in the settings."""
    return Path(os.environ.get("DERING_STATIC") or ROOT / "staticfiles")


def _services(listener: socket.socket, outside: socket.socket) -> list[Service]:
    """The web processes first; the first of them alone writes `web.log`. `outside` is the simulator's."""
    names = ["web", *(f"web-{number}" for number in range(2, web.PROCESSES + 1))]
    return [
        *(Service(name, web.argv(listener), env=web.ENV, keep=(listener.fileno(),)) for name in names),
        Service(
            "worker",
            python("-m", "djpk.embedded.worker", "--concurrency", "2", "--loglevel", "WARNING"),
            env=WORKER_ENV,
            patience=10.0,
        ),
        Service("beat", python("-m", "celery", "-A", "djpk", "beat", "--loglevel", "WARNING", "--pidfile=")),
        Service("simulator", python("-m", "djpk.simulator", str(outside.fileno())), keep=(outside.fileno(),)),
    ]  # fmt: skip


def _await_first_page(supervisor: Supervisor, service: Service, port: int) -> None:
    """Return when the first page is there; raises Trouble when the web process gives up instead."""
    end = time.monotonic() + FIRST_PAGE_PATIENCE
    while time.monotonic() < end:
        if service.process is None or service.process.poll() is not None:
            break
        if first_page_status(port) == 200:
            return
        supervisor.pause(0.05)
    log = supervisor.log / "web.log"
    raise Trouble(f"Halaman pertama tidak muncul ({log})", f"The first page did not appear ({log})", tail(log))


def first_page_status(port: int, path: str = "/") -> int:
    """Status of the page a visitor ends on (redirects followed); 0 while nothing answers."""
    for _hop in range(4):
        connection = http.client.HTTPConnection(HOST, port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{port}"})
            answer = connection.getresponse()
            if answer.status not in {301, 302, 303, 307, 308}:
                return answer.status
            goal = urlsplit(answer.headers["Location"])
            path = goal.path + (f"?{goal.query}" if goal.query else "")
        except OSError:
            return 0
        finally:
            connection.close()
    return 0


def _take_port(port: int) -> socket.socket:
    try:
        return web.listen(port)
    except OSError as error:
        raise Trouble(
            f"Porta {port} sedang dipakai; pilih yang lain: PORT={port + 1} bin/demo",
            f"Port {port} is in use ({error.strerror}); choose another: PORT={port + 1} bin/demo",
        ) from error


def _already_used(data: Path) -> Trouble:
    note = holder(data)
    who, pid, address = note.get("role", "?"), note.get("pid", "?"), note.get("address", "")
    return Trouble(
        f"Folder data {data} sedang dipakai {who} (pid {pid}) {address}".rstrip(),
        f"The data folder {data} is in use by {who} (pid {pid}) {address}".rstrip(),
    )


def _welcome(data: Path, address: str, seconds: float) -> None:
    accounts = data / "accounts.txt"
    line(f"\n  Dering siap dalam {seconds:.1f} detik / ready:  {address}\n")
    if accounts.exists():
        line(accounts.read_text(encoding="utf-8").rstrip() + "\n")
    line("  Ctrl-C untuk berhenti / to stop\n")
    sys.stdout.flush()
