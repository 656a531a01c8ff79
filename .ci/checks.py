"""All checks of the project, one after the other; the summary at the end names what failed.

`.ci/run NAME…` runs only the named ones.
"""

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PRODUCTION = {
    "DERING_SECRET_KEY": secrets.token_urlsafe(64),
    "DERING_HOSTS": "dering.example",
    "DERING_TLS": "1",
    "DERING_DEBUG": "0",
    "DATABASE_URL": "postgresql://dering@db.example/dering",
    "REDIS_URL": "redis://valkey.example:6379",
}
COMPOSE = {
    "DERING_SECRET_KEY": "x" * 64,
    "DERING_DOMAIN": "dering.example",
    "POSTGRES_PASSWORD": "x",
}
LOCKS = {
    "requirements.lock": ["--extra", "embedded"],
    "requirements-dev.lock": ["--extra", "embedded", "--group", "dev"],
}
ADDRESS = re.compile(r"https?://\S+|\"resolved\"|--index-url|--find-links")


def main(wanted: list[str]) -> int:
    os.chdir(ROOT)
    failed = []
    for name, check in CHECKS.items():
        if wanted and name not in wanted:
            continue
        print(f"── {name}", flush=True)
        began = time.monotonic()
        good = check()
        print(f"   {'✓' if good else '✗'} {name}  {time.monotonic() - began:.1f} s", flush=True)
        if not good:
            failed.append(name)
    print(f"\n{'✗ ' + ', '.join(failed) if failed else '✓ all good'}", flush=True)
    return bool(failed)


def run(*argv: str | Path, env: dict[str, str] | None = None) -> bool:
    command = [str(part) for part in argv]
    return subprocess.run(command, env={**os.environ, **(env or {})}, check=False).returncode == 0


def lint() -> bool:
    return all([run(BIN / "ruff", "check", "--quiet", "."), run(BIN / "ruff", "format", "--check", "--quiet", ".")])


def assets() -> bool:
    return run(sys.executable, "-m", "djpk.assets", "build")


def types() -> bool:
    return run(BIN / "mypy", "--no-error-summary")


def templates() -> bool:
    folders = sorted(str(path) for path in ROOT.glob("*/templates"))
    return run(BIN / "djlint", "--lint", "--quiet", *folders)


def migrations() -> bool:
    """Needs no server: only the models and the files count."""
    with_warnings_off = [sys.executable, "-W", "ignore", "manage.py"]
    return run(*with_warnings_off, "makemigrations", "--check", "--dry-run", env=PRODUCTION)


def deployment() -> bool:
    return run(sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", env=PRODUCTION)


def compose() -> bool:
    """The real Compose reads the file; it must also refuse to go without the secrets."""
    spec = importlib.util.find_spec("compose")
    tool = Path(next(iter(spec.submodule_search_locations))) / "docker-compose"
    config = [tool, "-f", "docker-compose.yml", "config", "--quiet"]
    without = dict.fromkeys(COMPOSE, "")
    return run(*config, env=COMPOSE) and not _quietly(config, without)


def _quietly(argv: list[str | Path], env: dict[str, str]) -> bool:
    command = [str(part) for part in argv]
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False)
    return done.returncode == 0


def locks() -> bool:
    """Each lock is what pyproject.toml resolves to with the lock's own pins, and names no package index."""
    return all(_lock_fits(name, options) for name, options in LOCKS.items()) and _no_addresses()


def _lock_fits(name: str, options: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        shutil.copy(ROOT / name, copy)
        compiled = run(
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "pyproject.toml", *options, "--universal",
            "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "-o", copy,
        )  # fmt: skip
        same = compiled and copy.read_bytes() == (ROOT / name).read_bytes()
    if not same:
        print(f"   {name} does not fit pyproject.toml")
    return same


def _no_addresses() -> bool:
    names = [*LOCKS, "package-lock.json", "tests/browser/package-lock.json"]
    found = [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if ADDRESS.search(line) and '"url":' not in line
    ]
    print("".join(f"   {line}\n" for line in found), end="")
    return not found


def tests() -> bool:
    return run(ROOT / "bin" / "test", "-q")


CHECKS: dict[str, Callable[[], bool]] = {
    "lint": lint,
    "imports": lambda: run(BIN / "lint-imports", "--no-cache"),
    "types": types,
    "templates": templates,
    "assets": assets,
    "migrations": migrations,
    "deployment": deployment,
    "compose": compose,
    "locks": locks,
    "tests": tests,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
