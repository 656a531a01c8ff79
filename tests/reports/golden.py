"""The golden file of August 2024: what of it may be asserted, and the report it is compared with."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT.parent / "shared" / "domain" / "golden-august-2024.json"
UNSURE = {"inconsistent", "ambiguous", "lost"}
Json = dict


@lru_cache(maxsize=1)
def golden() -> Json:
    if not FILE.exists():
        pytest.skip(f"no golden file at {FILE}")
    return json.loads(FILE.read_text(encoding="utf-8"))


def sure(item: Json) -> bool:
    """Whether the golden file lets a test assert this item."""
    return item.get("assert", True) and item.get("status", "ok") not in UNSURE


def sections(document: Json) -> dict[str, Json]:
    return {section["id"]: section for section in document["sections"]}


def golden_figures() -> Iterator[tuple[str, Json]]:
    for section in golden()["sections"]:
        for figure in section.get("figures", []):
            if sure(figure):
                yield section["id"], figure


def by(key: str, rows: list[Json]) -> dict[str, Json]:
    return {row[key]: row for row in rows}


def with_comma(printed: str) -> str:
    """The satisfaction and Layer 2 slides print a decimal dot; the standard has the comma (finding S33/S34)."""
    return printed.replace(".", ",")
