"""The page for managers tells every column of every kind."""

from pathlib import Path

import pytest

from djpk.records.kinds import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "import.md"


@pytest.mark.parametrize("code", KINDS)
def test_every_column_is_told(code):
    part = PAGE.read_text("utf-8").split(f"(`{code}`)")[1].split("\n### ")[0]
    for column in KINDS[code].columns:
        assert f"| `{column.name}`{'*' if column.required else ''} | {column.help} |" in part
