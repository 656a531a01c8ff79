"""Ways into a built report, for tests."""


def sections(report: dict) -> dict[str, dict]:
    """Sections by id."""
    return {section["id"]: section for section in report["sections"]}


def figures(report: dict) -> dict[str, dict]:
    """Figures by key."""
    return {figure["key"]: figure for section in report["sections"] for figure in section.get("figures", [])}
