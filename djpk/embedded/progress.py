"""Steps shown one by one with their time, independent ones side by side."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from djpk.embedded import child
from djpk.embedded.trouble import NO_SPACE, Trouble, disk_full


def line(text: str = "") -> None:
    print(text, flush=True)  # noqa: T201


def done(title: str, seconds: float) -> None:
    line(f"  ✓ {seconds:5.1f} s  {title}")


@dataclass
class Step:
    """One process of the start. It begins when all of `needs` have ended well."""

    name: str
    title: str
    argv: Sequence[str]
    needs: Sequence[str] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    began: float = field(default=0.0, init=False)


def run_steps(steps: Sequence[Step], *, env: dict[str, str], log: Path, pause: Callable[[], None], cwd: Path) -> None:
    """Run all steps as their needs allow; the first failure stops the others and raises Trouble."""
    waiting, running, finished = list(steps), list[Step](), set[str]()
    try:
        while waiting or running:
            for step in [step for step in waiting if finished.issuperset(step.needs)]:
                step.began = time.monotonic()
                step.process = child.spawn(step.argv, env=env, log=_log(log, step), cwd=cwd)
                waiting.remove(step)
                running.append(step)
            for step in [step for step in running if step.process and step.process.poll() is not None]:
                _check(step, log)
                done(step.title, time.monotonic() - step.began)
                running.remove(step)
                finished.add(step.name)
            pause()
    finally:
        for step in running:
            if step.process:
                child.stop(step.process, (15, 2))


def _log(folder: Path, step: Step) -> Path:
    path = folder / f"{step.name}.log"
    if step.process is None:
        path.write_bytes(b"")
    return path


def _check(step: Step, log: Path) -> None:
    if step.process is None or step.process.returncode == 0:
        return
    path = log / f"{step.name}.log"
    said = tail(path)
    if NO_SPACE in said:
        raise disk_full(log, next(line for line in said.splitlines() if NO_SPACE in line))
    raise Trouble(f"Langkah gagal: {step.title} ({path})", f"Step failed: {step.title} ({path})", said)


def tail(path: Path, size: int = 3000) -> str:
    """The end of a log."""
    try:
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - size))
            return handle.read().decode(errors="replace")
    except OSError:
        return ""


def python(*argv: str) -> list[str]:
    """This interpreter with arguments."""
    return [sys.executable, *argv]
