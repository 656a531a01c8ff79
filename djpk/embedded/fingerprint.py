"""Hashes of the project's inputs: a step whose inputs have not changed is skipped."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from djpk.embedded.paths import ROOT

SKIPPED = {".venv", ".git", ".data", "node_modules", "dist", "staticfiles", "__pycache__", "tests"}


def files(*patterns: str) -> list[Path]:
    """Files of the project that match any pattern (`*/migrations/*.py`), without generated folders."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not SKIPPED.intersection(path.relative_to(ROOT).parts))


def digest(paths: Iterable[Path]) -> str:
    """Sixteen hex digits over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:16]


def schema_hash() -> str:
    """Everything `migrate` depends on: migrations, the data files they read, models and the dependencies."""
    return digest(
        files(
            "*/migrations/**/*", "*/*_sql.py", "*/data/**/*", "*/fixtures/**/*", "*/models.py", "*/models/**/*.py",
            "djpk/settings.py", "requirements.lock",
        )
    )  # fmt: skip


def assets_hash() -> str:
    """Everything the static files depend on: our sources, what names classes and icons, the locks."""
    return digest(
        files(
            "assets/**/*", "*/static/**/*", "*/templates/**/*", "*/templatetags/*.py", "*/forms.py", "*/*/forms.py",
            "*/context.py", "djpk/locale/**/*.po",
            "package*.json", ".npmrc", "requirements.lock",
        )
    )  # fmt: skip
