import pytest

from tests.messaging.conftest import mailbox, post  # noqa: F401
from tickets import slots


@pytest.fixture(autouse=True)
def no_foreign_vetoes(monkeypatch):
    """Only the vetoes a test registers itself."""
    monkeypatch.setattr(slots, "_vetoes", {})
