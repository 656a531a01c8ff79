"""What `bin/demo`, `bin/manage` and `bin/test` call first: a Python environment that fits the lock.

`bin/_start python ARGUMENTS` runs that Python itself, with the developers' packages.

Runs under the system's Python with its standard library only, and is written so that an old Python still
gets as far as saying that it is too old.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from typing import List, NoReturn, Tuple  # noqa: UP035 (an old Python has to read this)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
USUAL, DEVELOPERS = "requirements.lock", "requirements-dev.lock"


def fail(indonesian: str, english: str) -> NoReturn:
    sys.stderr.write(f"\n✗ {indonesian}\n  {english}\n")
    sys.exit(1)


def check_python() -> None:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < (3, 11):
        fail(
            f"Python {version} terlalu tua; perlu 3.11 atau lebih baru.",
            f"Python {version} is too old; 3.11 or later is needed.",
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        fail(
            "Modul venv tidak ada; pasang dengan: apt install python3-venv",
            "The venv module is missing; install it with: apt install python3-venv",
        )


def wanted_stamp(lock: str) -> str:
    with open(os.path.join(ROOT, lock), "rb") as handle:
        return hashlib.sha256(handle.read()).hexdigest()


def stamp_path(lock: str) -> str:
    return os.path.join(VENV, "." + lock + ".installed")


def installed(lock: str) -> bool:
    try:
        with open(stamp_path(lock)) as handle:
            return handle.read() == wanted_stamp(lock) and os.access(PYTHON, os.X_OK)
    except OSError:
        return False


def ensure(lock: str) -> None:
    """Bring .venv in line with the lock; two starters at once take turns."""
    if installed(lock):
        return
    import fcntl

    check_python()
    with open(os.path.join(ROOT, lock)) as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not installed(lock):
            check_space()
            if not works(PYTHON):
                step("Lingkungan Python / Python environment", [sys.executable, "-m", "venv", "--clear", VENV])
            install(lock)
            with open(stamp_path(lock), "w") as handle:
                handle.write(wanted_stamp(lock))


def check_space() -> None:
    import shutil

    free = shutil.disk_usage(ROOT).free // 2**20
    if free < 1500:
        fail(
            f"Ruang disk di {ROOT} tinggal {free} MB; pemasangan perlu 1500 MB.",
            f"Only {free} MB are free in {ROOT}; the set-up needs 1500 MB.",
        )


def works(python: str) -> bool:
    """True when the environment's Python starts and has pip."""
    try:
        return subprocess.call([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL) == 0
    except OSError:
        return False


def install(lock: str) -> None:
    """With uv (seconds), or with pip where uv cannot reach the packages (a minute)."""
    title = "Paket Python / Python packages"
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON]
    if run([PYTHON, "-m", "uv", "--version"])[0] != 0:
        run([PYTHON, "-m", "pip", "install", "--quiet", "uv"])
    began = time.time()
    code, _said = run([*uv, "--require-hashes", "-r", lock])
    if code == 0:
        report(title, began)
    else:
        step(title, [PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock])


def step(title: str, argv: List[str]) -> None:  # noqa: UP006
    began = time.time()
    code, said = run(argv)
    if code != 0:
        sys.stderr.write(said[-4000:])
        if "No space left on device" in said:
            fail(f"Disk penuh: {ROOT}", f"The disk is full: {ROOT}")
        fail(f"Langkah gagal: {title}", f"Step failed: {title}")
    report(title, began)


def report(title: str, began: float) -> None:
    """Say that a step is done; not on standard output when that belongs to a management command."""
    stream = sys.stderr if sys.argv[1:2] == ["manage"] else sys.stdout
    print(f"  ✓ {time.time() - began:5.1f} s  {title}", file=stream, flush=True)


def run(argv: List[str]) -> Tuple[int, str]:  # noqa: UP006
    """Exit code and output; the child ends when we are killed."""
    import child

    done = subprocess.run(
        argv,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=lambda: child.die_with_parent(15),
    )
    return done.returncode, done.stdout


def lock_of(argv: List[str]) -> str:  # noqa: UP006
    """Tests need the developers' packages, and so does `bin/bench load`, which locust drives."""
    load = argv[:2] == ["manage", "bench"] and "load" in argv[2:]
    return DEVELOPERS if load or argv[0] in ("test", "python") else USUAL


def main() -> None:
    command = sys.argv[1]
    os.environ["DERING_BEGAN"] = repr(time.time())
    try:
        ensure(lock_of(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno == 28:
            fail(f"Disk penuh: {ROOT}", f"The disk is full: {ROOT}")
        raise
    arguments = sys.argv[2:] if command == "python" else ["-m", "djpk.embedded", *sys.argv[1:]]
    os.execv(PYTHON, [PYTHON, *arguments])


if __name__ == "__main__":
    main()
