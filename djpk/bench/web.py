"""The web process as `bin/demo` starts it, on a database of ours, and a browser's side of one connection."""

import http.client
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from djpk.embedded import child, fingerprint, web
from djpk.embedded.demo import first_page_status, static_root, static_steps
from djpk.embedded.paths import ROOT
from djpk.embedded.progress import tail
from djpk.embedded.stamps import Stamps
from people.models import User

REDIS_DB = "13"  # tasks that pages queue stay apart from those of a running demonstration
PATIENCE = 60.0


class Server:
    """The web processes on a free port, in production settings, over the database that Django is pointed at now."""

    def __init__(self, processes: int = web.PROCESSES) -> None:
        self.listener, self.number = web.listen(0), processes
        self.port: int = self.listener.getsockname()[1]
        self.log = Path(settings.DATA_DIR) / "log" / "bench-web.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Server":
        _build_static_files()
        how = {"env": _environment(), "log": self.log, "cwd": ROOT, "keep": (self.listener.fileno(),)}
        self.processes = [child.spawn(web.argv(self.listener), **how) for _ in range(self.number)]
        end = time.monotonic() + PATIENCE
        while first_page_status(self.port, "/healthz") != 200:
            if any(process.poll() is not None for process in self.processes) or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError(f"the web process does not answer:\n{tail(self.log)}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            child.stop(process, (signal.SIGTERM, 5))
        self.listener.close()

    def peak_mb(self) -> float:
        """Peak memory of the web processes in MB; 0 where the system does not tell."""
        return round(sum(_peak_kb(pid) for pid in self._pids()) / 1024, 1)

    def cpu_ms(self) -> float:
        """Processor time that the web processes have used so far."""
        return sum(_cpu_ms(pid) for pid in self._pids())

    def _pids(self) -> list[int]:
        return [process.pid for process in self.processes]


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _cpu_ms(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _environment() -> dict[str, str]:
    name = connection.settings_dict["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(name)}"))
    unlimited = {"DERING_API_CALLS_PER_MINUTE": "1000000000"}
    ours = {"DATABASE_URL": url, "DERING_TLS": "0", "DERING_DEBUG": "0", **web.ENV, **unlimited}
    return {"DERING_REDIS_DB": REDIS_DB, **os.environ, **ours}


def _build_static_files() -> None:
    """As `bin/demo` does; not where the environment has them served as they are."""
    if settings.WHITENOISE_USE_FINDERS:
        return
    stamps, assets = Stamps(static_root() / ".stamps.json"), fingerprint.assets_hash()
    for step in static_steps(stamps, assets):
        subprocess.run(step.argv, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    stamps.set("assets", assets)


class Session:
    """One client on one kept connection; `cookie` is that of somebody signed in, `token` one for the API."""

    def __init__(self, port: int, *, cookie: str = "", token: str = "") -> None:
        self.connection = http.client.HTTPConnection(web.HOST, port, timeout=60)
        self.headers = {"Host": f"localhost:{port}", "Accept-Encoding": "identity"}
        self.headers |= {"Cookie": cookie} if cookie else {}
        self.headers |= {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, want: int = 200, **headers: str) -> http.client.HTTPResponse:
        return self._ask("GET", path, None, headers, want)

    def post(self, path: str, form: dict[str, str], want: int = 200, **headers: str) -> http.client.HTTPResponse:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form), headers | kind, want)

    def send_json(self, path: str, body: str, want: int = 201) -> http.client.HTTPResponse:
        return self._ask("POST", path, body, {"Content-Type": "application/json"}, want)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str], want: int):
        """The answer, read whole into `content`. RuntimeError for another status than `want`."""
        self.connection.request(method, path, body, self.headers | headers)
        answer = self.connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        if answer.status != want:
            raise RuntimeError(f"{method} {path}: {answer.status}\n{answer.content[:2000].decode(errors='replace')}")  # type: ignore[attr-defined]
        return answer


def signed_in(user: User) -> Client:
    """Django's own client with a session of this user, for running a page in this process."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client
