"""Texts of a month: what staff wrote, else the template offered for it (origin T of the report outline)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kernel.months import Month
from reports.models import ReportText

TEMPLATE = "TEMPLATE"
_FILE = Path(__file__).resolve().parent.parent / "data" / "texts.toml"


@dataclass(frozen=True)
class Text:
    """Lines of one key. `status` is DRAFT or CONFIRMED when staff wrote them, TEMPLATE when they are offered."""

    lines: list[str]
    status: str
    title: str = ""

    @property
    def written(self) -> bool:
        return self.status != TEMPLATE


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    """Templates by section and key; `id` and `en` hold lines, `title` a heading."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


class Texts:
    """All texts of one month, in one query. `facts` fills the places in templates, such as {whatsapp}."""

    def __init__(self, month: Month, language: str, facts: Mapping[str, object]) -> None:
        self._language = language
        self._facts = facts
        self._written: dict[tuple[str, str], list[ReportText]] = {}
        for row in ReportText.objects.filter(month=month.first_day):
            self._written.setdefault((row.section, row.key), []).append(row)

    def get(self, section: str, key: str) -> Text:
        """What staff wrote, else the template; no lines when there is neither."""
        template = templates().get(section, {}).get(key, {})
        title = str(template.get("title_en" if self._language == "en" else "title", ""))
        if rows := self._written.get((section, key)):
            confirmed = all(row.status == ReportText.Status.CONFIRMED for row in rows)
            return Text(_lines(rows), "CONFIRMED" if confirmed else "DRAFT", title)
        lines: Iterable[str] = template.get(self._language, template.get("id", []))  # type: ignore[assignment]
        return Text([line.format(**self._facts) for line in lines], TEMPLATE, title)

    def keys(self, section: str) -> list[str]:
        """Template keys of a section first, then others that staff added."""
        written = [key for (of, key) in self._written if of == section]
        return list(dict.fromkeys([*templates().get(section, {}), *written]))


def _lines(rows: Iterable[ReportText]) -> list[str]:
    return [row.text for row in sorted(rows, key=lambda row: row.position)]
