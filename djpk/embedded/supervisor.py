"""Keeps the demonstration's processes alive: restart with back-off, stop in order, leave nothing behind."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from djpk.embedded import child
from djpk.embedded.paths import ROOT
from djpk.embedded.progress import line
from djpk.embedded.servers import Servers

STABLE_AFTER = 20.0  # seconds; a process that lived that long starts its back-off anew
LONGEST_BACK_OFF = 30.0
LOG_LIMIT = 5 * 2**20
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to end."""


@dataclass
class Service:
    """One process of ours: `patience` is how long it may take to end after SIGTERM (seconds), `keep` the open
    files that it inherits."""

    name: str
    argv: list[str]
    patience: float = 5.0
    env: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    began: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    not_before: float = field(default=0.0, init=False)

    def died(self, now: float) -> float:
        """Note a death; returns the seconds until the next start."""
        self.failures = 0 if now - self.began > STABLE_AFTER else self.failures + 1
        wait = min(LONGEST_BACK_OFF, 0.5 * 2**self.failures)
        self.process, self.not_before = None, now + wait
        return wait


class Supervisor:
    """Runs `services` over `servers` until a stop signal arrives. Use it from the main thread."""

    def __init__(self, servers: Servers, log: Path, env: dict[str, str]) -> None:
        self.servers, self.log, self.env = servers, log, env
        self.services: list[Service] = []
        self._stop = False
        self._wake, writer = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda _signum, _frame: None)

    def _on_stop(self, _signum: int, _frame: FrameType | None) -> None:
        self._stop = True

    def pause(self, seconds: float = 0.25) -> None:
        """Sleep until a child ends, a signal comes or the time is over; raises Stopped when asked to end."""
        if not self._stop:
            select.select([self._wake], [], [], seconds)
            try:
                while os.read(self._wake, 512):
                    pass
            except BlockingIOError:
                pass
        if self._stop:
            raise Stopped

    def start(self, *services: Service) -> None:
        for service in services:
            self._launch(service)
            self.services.append(service)

    def watch(self) -> None:
        """Restart whatever ends, for ever; ends by Stopped or by a server that does not come back."""
        while True:
            self.pause(1.0)
            self._revive_servers()
            for service in self.services:
                self._revive(service)

    def stop(self) -> None:
        """End everything: first ours, side by side, then Valkey and PostgreSQL."""
        for signum in STOP_SIGNALS:
            signal.signal(signum, signal.SIG_IGN)
        alive = [service for service in self.services if service.process]
        for service in alive:
            if service.process and service.process.poll() is None:
                service.process.terminate()
        for service in alive:
            if service.process:
                child.stop(service.process, (signal.SIGTERM, service.patience))
        self.servers.stop()

    def _launch(self, service: Service) -> None:
        path = self.log / f"{service.name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        service.began = time.monotonic()
        service.process = child.spawn(
            service.argv, env={**self.env, **service.env}, log=path, cwd=ROOT, keep=service.keep
        )

    def _revive(self, service: Service) -> None:
        now = time.monotonic()
        if service.process is not None and service.process.poll() is not None:
            code = service.process.returncode
            child.stop(service.process)
            wait = service.died(now)
            line(
                f"! {service.name} berhenti ({code}); dimulai lagi dalam {wait:.0f} d / "
                f"ended, restarting in {wait:.0f} s: {self.log / service.name}.log"
            )
        elif service.process is None and now >= service.not_before:
            self._launch(service)

    def _revive_servers(self) -> None:
        for server in (self.servers.postgres, self.servers.valkey):
            if server and not server.running():
                name = type(server).__name__
                line(f"! {name} berhenti; dimulai lagi / ended, restarting: {server.log}")
                server.start()
