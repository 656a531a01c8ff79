"""Notes of what has been done with which inputs, so that a second start does not do it again."""

import json
from pathlib import Path


class Stamps:
    """A small JSON file beside what it speaks of; gone with it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fresh(self, name: str, inputs: str) -> bool:
        return self._read().get(name) == inputs

    def set(self, name: str, inputs: str) -> None:
        notes = {**self._read(), name: inputs}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f"{self.path.name}.part")
        part.write_text(json.dumps(notes, indent=1))
        part.replace(self.path)

    def _read(self) -> dict[str, str]:
        try:
            return json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
