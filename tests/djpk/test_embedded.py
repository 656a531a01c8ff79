"""The launcher keeps its promises: nothing is left behind, nothing committed is lost, refusals are clear."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from djpk.embedded import bootstrap, trouble
from djpk.embedded.claim import Claim, using, wait_for_servers
from djpk.embedded.paths import ROOT, socket_folder
from djpk.embedded.servers import Servers
from djpk.embedded.supervisor import LONGEST_BACK_OFF, STABLE_AFTER, Service

SERVER_VARIABLES = ("DATABASE_URL", "REDIS_URL", "DERING_DATA", "PORT", "DERING_REDIS_DB")
START = """
import sys, time
from pathlib import Path
from djpk.embedded.servers import Servers
servers = Servers(Path(sys.argv[1]))
servers.start()
print(servers.database_url, servers.postgres.process.pid, servers.valkey.process.pid, flush=True)
time.sleep(60)
"""
SUPERVISE = """
import sys
from pathlib import Path
from djpk.embedded.servers import Servers
from djpk.embedded.supervisor import Service, Stopped, Supervisor
supervisor = Supervisor(Servers(Path(sys.argv[1])), Path(sys.argv[1]), {})
supervisor.start(*(Service(f"s{n}", [sys.executable, "-c", code]) for n, code in enumerate(sys.argv[2:])))
print(*(service.process.pid for service in supervisor.services), flush=True)
try:
    supervisor.watch()
except Stopped:
    supervisor.stop()
"""
WORKER = """
import sys, time
from pathlib import Path
from djpk.embedded import child
worker = child.spawn([sys.executable, "-m", "djpk.embedded.worker", "--concurrency", "2", "--loglevel", "WARNING"],
                     log=Path(sys.argv[1]))
print(worker.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def run():
    """Start a Python script in the project; whatever is left of it is killed afterwards."""
    started = []

    def start(code: str, *arguments: object, **env: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            cwd=ROOT,
            env={**plain_environment(), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def plain_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in SERVER_VARIABLES}


def wait_until(condition, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    """Zombies that only wait for a lazy init do not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def launcher(*arguments: str, **env: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "djpk.embedded", *arguments],
        cwd=ROOT, env={**plain_environment(), **env}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def test_kill_9_leaves_no_server_and_loses_no_committed_row(run, tmp_path, monkeypatch):
    process = run(START, tmp_path)
    url, *pids = process.stdout.readline().split()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'halo' AS word")
    process.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not any(alive(int(pid)) for pid in pids)), "a server outlived its launcher"

    for name in SERVER_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    servers = Servers(tmp_path)
    servers.start()
    try:
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("halo",)
    finally:
        servers.stop()


def test_a_killed_postmaster_comes_back_with_every_row(run, tmp_path):
    process = run(
        START.replace(
            "time.sleep(60)",
            "servers.postgres.process.wait(); servers.postgres.start(); print('again', flush=True); time.sleep(60)",
        ),
        tmp_path,
    )
    url, postmaster, _valkey = process.stdout.readline().split()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(int(postmaster), signal.SIGKILL)
    assert process.stdout.readline().strip() == "again"
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_kill_9_ends_the_pool_of_the_celery_worker_too(run, tmp_path):
    log = tmp_path / "worker.log"
    process = run(WORKER, log, **{name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")})
    worker = int(process.stdout.readline())
    children = Path(f"/proc/{worker}/task/{worker}/children")
    assert wait_until(lambda: len(children.read_text().split()) == 2), log.read_text()
    pool = [int(pid) for pid in children.read_text().split()]
    process.send_signal(signal.SIGKILL)
    assert wait_until(lambda: not any(alive(pid) for pid in [worker, *pool]))


def test_a_dead_service_is_started_again_and_sigterm_ends_all_of_them(run, tmp_path):
    external = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://none"}
    short = f"open({str(tmp_path / 'starts')!r}, 'a').write('x')"
    long = f"import subprocess as s; s.Popen(['sleep', '60']); open({str(tmp_path / 'up')!r}, 'w').close(); s.run(['sleep', '60'])"
    process = run(SUPERVISE, tmp_path, short, long, **external)
    _short, lasting = map(int, process.stdout.readline().split())
    assert wait_until(lambda: (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text()) >= 2)
    assert "restarting" in process.stdout.readline()
    assert wait_until((tmp_path / "up").exists)
    sleepers = Path(f"/proc/{lasting}/task/{lasting}/children").read_text().split()
    process.terminate()
    assert process.wait(20) == 0
    assert not any(alive(int(pid)) for pid in [lasting, *sleepers])


def test_back_off_grows_and_starts_anew_after_a_stable_run():
    service = Service("web", [])
    waits = [service.died(now=0.0) for _ in range(8)]
    assert waits == sorted(waits)
    assert waits[0] == 1.0
    assert waits[-1] == LONGEST_BACK_OFF
    assert service.died(now=STABLE_AFTER + 1) == 0.5


def test_a_second_demo_on_one_data_folder_names_the_first(tmp_path):
    claim = Claim.take(tmp_path, "bin/demo")
    claim.publish(role="bin/demo", ready=True, address="http://127.0.0.1:8123/")
    second = launcher("demo", DERING_DATA=str(tmp_path))
    claim.release()
    assert second.returncode == 1
    assert f"sedang dipakai bin/demo (pid {os.getpid()}) http://127.0.0.1:8123/" in second.stderr
    assert f"is in use by bin/demo (pid {os.getpid()})" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_said_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = launcher("demo", DERING_DATA=str(tmp_path), PORT=str(port))
    assert answer.returncode == 1
    assert f"Porta {port} sedang dipakai" in answer.stderr
    assert f"Port {port} is in use" in answer.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_nearly_full_disk_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(trouble.shutil, "disk_usage", lambda _path: type("Usage", (), {"free": 12 * 2**20})())
    with pytest.raises(trouble.Trouble, match="Only 12 MB are free"):
        trouble.check_space(tmp_path)


def test_no_space_left_is_recognised_in_any_failure(tmp_path):
    full = trouble.explained(OSError(28, "No space left on device"), tmp_path)
    said = trouble.explained(RuntimeError("initdb failed\nNo space left on device"), tmp_path)
    other = trouble.explained(RuntimeError("initdb failed\nwhy"), tmp_path)
    assert full.english == said.english == f"The disk is full: {tmp_path}"
    assert (other.english, other.detail) == ("Could not start: initdb failed", "why")


def test_external_urls_start_no_server(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/dering")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example:6379")
    servers = Servers(tmp_path)
    servers.start()
    assert (servers.postgres, servers.valkey) == (None, None)
    assert servers.environment() == {
        "DATABASE_URL": "postgresql://db.example/dering",
        "REDIS_URL": "redis://cache.example:6379",
        "DERING_DATA": str(tmp_path),
    }


@pytest.mark.parametrize(
    ("variable", "url", "said"),
    [
        ("DATABASE_URL", "postgresql://dering:secret@127.0.0.1:1/dering", "Server DATABASE_URL tidak dapat dipakai"),
        ("DATABASE_URL", "mysql://db.example/dering", "DATABASE_URL tidak dikenal; tulis postgresql://"),
        ("DATABASE_URL", "dering", "DATABASE_URL tidak dikenal"),
        ("REDIS_URL", "redis://127.0.0.1:1", "Server REDIS_URL tidak dapat dipakai: 127.0.0.1:1"),
        ("REDIS_URL", "127.0.0.1:6379", "REDIS_URL tidak dikenal; tulis redis://"),
    ],
)
@pytest.mark.parametrize("command", [["demo"], ["manage", "check"]], ids=lambda command: command[0])
def test_a_named_server_that_is_away_is_said_first(tmp_path, command, variable, url, said):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    done = launcher(*command, **{"DERING_DATA": str(tmp_path), "PORT": str(port), variable: url})
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_mail_server_is_told_to_try_again_while_the_servers_are_away(tmp_path):
    away = {"DATABASE_URL": "postgresql://dering@127.0.0.1:1/dering", "DERING_DATA": str(tmp_path)}
    assert launcher("manage", "receive_email", **away).returncode == 75


def test_manage_shares_the_servers_of_whoever_runs_them(tmp_path):
    claim = Claim.take(tmp_path, "bin/demo")
    environment = {"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"]}
    claim.publish(role="bin/demo", ready=True, environment=environment)
    answer = launcher(
        "manage",
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings as s; print(s.REDIS_URL)",
        DERING_DATA=str(tmp_path),
    )
    claim.release()
    assert answer.stdout.strip() == os.environ["REDIS_URL"], answer.stderr
    assert not (tmp_path / "postgres").exists()


def test_servers_that_have_begun_to_stop_are_not_shared(tmp_path):
    """Whoever read the note before they began learns of it in time, and waits for them to be gone."""
    claim = Claim.take(tmp_path, "bin/demo")
    claim.publish(role="bin/demo", ready=True, environment={})
    assert wait_for_servers(tmp_path)
    with using(tmp_path) as note:
        assert note["role"] == "bin/demo"
    claim.publish(role="bin/demo", ready=False)
    with using(tmp_path) as note:
        assert note is None
    claim.release()


def test_manage_prepares_an_empty_data_folder_once(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name)
    count = "from tickets.models import Topic; print(Topic.objects.count())"
    first = launcher("manage", "shell", "-v0", "-c", count, DERING_DATA=str(tmp_path))
    again = launcher("manage", "shell", "-v0", "-c", count, DERING_DATA=str(tmp_path))
    assert int(first.stdout) == int(again.stdout) > 0, first.stderr
    assert "Skema" in first.stderr
    assert "Skema" not in again.stderr


@pytest.mark.parametrize("name", ["x" * 90, "dengan spasi", "persen%2F"])
def test_sockets_get_a_short_plain_folder(tmp_path, name):
    folder = socket_folder(tmp_path / name)
    try:
        assert len(str(folder)) <= 80
        assert re.fullmatch(r"[\w./-]+", str(folder))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert socket_folder(tmp_path / name) == folder
    finally:
        folder.rmdir()


def test_an_old_python_and_a_missing_venv_module_are_named(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit):
        bootstrap.check_python()
    assert "Python 3.9.2 terlalu tua" in capsys.readouterr().err

    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 11, 2))
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        bootstrap.check_python()
    assert "apt install python3-venv" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "stream"), [("manage", "err"), ("demo", "out")])
def test_set_up_never_speaks_into_the_output_of_a_management_command(monkeypatch, capsys, command, stream):
    monkeypatch.setattr(bootstrap.sys, "argv", ["bootstrap.py", command, "report", "2024-08"])
    bootstrap.report("Paket Python", 0)
    said = capsys.readouterr()
    assert "Paket Python" in getattr(said, stream)
    assert said.out + said.err == getattr(said, stream)


@pytest.mark.parametrize(
    ("argv", "lock"),
    [
        (["demo"], "requirements.lock"),
        (["manage", "migrate"], "requirements.lock"),
        (["manage", "bench", "pages", "--tickets", "1000"], "requirements.lock"),
        (["manage", "bench", "load"], "requirements-dev.lock"),
        (["manage", "bench", "--json", "load"], "requirements-dev.lock"),
        (["test"], "requirements-dev.lock"),
        (["python", ".ci/checks.py"], "requirements-dev.lock"),
    ],
)
def test_a_command_brings_the_packages_it_needs(argv: list[str], lock: str) -> None:
    """The load bench drives its pages by locust, which only developers have."""
    assert bootstrap.lock_of(argv) == lock
