"""Webhook calls as Meta makes them."""

import json
from typing import Any

from djpk.simulator.graph import signature
from tests.faults import work

SECRET, NUMBER = "rahasia-aplikasi", "1055"


def text(name: str, sender: str, said: str = "Kapan DAU salur?") -> dict[str, Any]:
    """A text message with this id from a number without plus."""
    return {"id": name, "from": sender, "timestamp": "1723689000", "type": "text", "text": {"body": said}}


def call(*messages: dict[str, Any], statuses: tuple[dict[str, Any], ...] = ()) -> bytes:
    """The body of a call that brings these."""
    value = {"metadata": {"phone_number_id": NUMBER}, "messages": list(messages), "statuses": list(statuses)}
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()


def deliver(raw: bytes, **how: Any) -> work.End:
    """Have a web process take the call."""
    return work.run("webhook", raw, signature(SECRET, raw), **how)
