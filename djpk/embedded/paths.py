"""Where the data folder keeps what, and a folder for sockets whose path is short and plain enough."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET_FOLDER = 80  # sun_path holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" and a lock suffix
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # goes into URLs unquoted


def data_folder() -> Path:
    """The data folder: DERING_DATA, or `.data` in the project."""
    return Path(os.environ.get("DERING_DATA") or ROOT / ".data").expanduser().resolve()


def socket_folder(data: Path) -> Path:
    """`<data>/run` where its path fits a socket address, else a private folder under /tmp."""
    own = data / "run"
    if len(str(own)) <= LONGEST_SOCKET_FOLDER and PLAIN.fullmatch(str(own)):
        own.mkdir(parents=True, exist_ok=True)
        own.chmod(0o700)
        return own
    name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return _private(Path("/tmp") / f"dering-{os.geteuid()}-{name}")  # noqa: S108 (checked in _private)


def _private(folder: Path) -> Path:
    """Make `folder` ours alone; when someone else holds the name, take a fresh one."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), 65534}:
            return Path(tempfile.mkdtemp(prefix="dering-", dir="/tmp"))
    folder.chmod(0o700)
    return folder
