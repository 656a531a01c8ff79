"""`bin/test [ARGUMENTS]`: set up what the tests need and run all of them, or those the arguments name."""

import os
import sys
import time

from djpk.embedded import chromium
from djpk.embedded.paths import ROOT, data_folder
from djpk.embedded.progress import done, line
from djpk.embedded.trouble import check_space, explained

FEWEST_WORKERS = 2


def run(argv: list[str]) -> int:  # noqa: RET503
    """Set up, then become pytest."""
    try:
        check_space(ROOT)
        _set_up()
    except Exception as error:
        explained(error, data_folder()).show()
        return 1
    os.environ["DERING_REQUIRE_BROWSER"] = "1"
    os.chdir(ROOT)
    command = [sys.executable, "-m", "pytest", *_parallel(argv), *argv]
    line("  " + " ".join(command[1:]))
    os.execv(sys.executable, command)  # noqa: S606 (does not return)


def _set_up() -> None:
    from djpk import assets

    for title, task in (("Berkas peramban / browser files", assets.build), ("Chromium", chromium.install)):
        began = time.monotonic()
        task()
        done(title, time.monotonic() - began)


def _parallel(argv: list[str]) -> list[str]:
    """As many workers as there are processors unless the arguments say otherwise."""
    if any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in argv):
        return []
    return ["-n", str(max(FEWEST_WORKERS, os.cpu_count() or 1))]
