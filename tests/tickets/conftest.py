import pytest

from tickets import slots


@pytest.fixture(autouse=True)
def no_foreign_vetoes(monkeypatch):
    """Only the vetoes a test registers itself."""
    monkeypatch.setattr(slots, "_vetoes", {})
