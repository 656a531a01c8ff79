"""Start a process that cannot outlive its parent, as another user where a server refuses root.

Linux sends the child a signal when the *thread* that started it ends (PR_SET_PDEATHSIG), so children are
started from the main thread only. Elsewhere a child is stopped on every ordinary exit.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534
LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None

Identity = Callable[[], None]


def die_with_parent(signum: int = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `signum` when the thread that started it ends."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signum), 0, 0, 0)


def as_self() -> None:
    """Stay who we are."""


def as_mapped_nobody() -> None:
    """Become uid 65534 in a user namespace that stands for root outside it; works under a 0700 home."""
    uid, gid = os.geteuid(), os.getegid()
    if _libc is None or _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")


def as_nobody() -> None:
    """Give up root for the account that owns nothing."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | IO[bytes] | None = None,
    die_with: int = signal.SIGKILL,
    become: Identity = as_self,
    own_group: bool = True,
    cwd: Path | None = None,
    keep: Collection[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `argv`; standard output and error go to `log` (None: inherited).

    With `own_group` the child leads its own session, so Ctrl-C at the terminal reaches us alone and
    `stop` can reach what the child started. `keep` are open files that it inherits.
    """
    parent = os.getpid()

    def prepare() -> None:
        become()
        if cwd is not None:
            os.chdir(cwd)
        die_with_parent(die_with)
        if LINUX and os.getppid() != parent:
            os._exit(1)

    handle = log.open("ab") if isinstance(log, Path) else log
    try:
        return subprocess.Popen(
            [str(part) for part in argv],
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT if handle else None,
            preexec_fn=prepare,
            start_new_session=own_group,
            pass_fds=tuple(keep),
        )
    finally:
        if isinstance(log, Path) and handle:
            handle.close()


def stop(process: subprocess.Popen[bytes], *signals: tuple[int, float]) -> None:
    """Send each (signal, seconds to wait) until the child has ended, then SIGKILL to its whole group."""
    for signum, patience in signals:
        if process.poll() is not None:
            break
        process.send_signal(signum)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    _kill_group(process)
    process.wait()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a child that leads its own group (Celery's pool, a shell's commands)."""
    try:
        if process.poll() is None:
            process.kill()
        if os.getpgrp() != process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
