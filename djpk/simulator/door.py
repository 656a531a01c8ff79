"""How the outside reaches Dering: signed calls of its hooks, as the real senders make them."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from calls import cti
from djpk.simulator.graph import signature as signature_of_meta
from djpk.simulator.secrets import secret
from djpk.simulator.world import World
from kernel.signing import signature
from messaging.hai import signing as hai

TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Door:
    """`url` is where Dering answers, without a slash at the end. Answers are the status; 0 when nobody answered."""

    url: str
    world: World

    def whatsapp(self, value: dict[str, Any], what: str) -> int:
        """One webhook call of Meta's with this value."""
        entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
        raw = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        headers = {"X-Hub-Signature-256": signature_of_meta(secret("whatsapp"), raw)}
        return self._post("WHATSAPP", "/hooks/whatsapp/", raw, headers, what)

    def hai(self, body: dict[str, Any], what: str) -> int:
        raw, moment = json.dumps(body).encode(), str(int(time.time()))
        headers = {hai.TIMESTAMP: moment, hai.SIGNATURE: hai.signature(secret("hai"), moment, raw)}
        return self._post("HAI", "/hooks/hai/", raw, headers, what)

    def cti(self, event: dict[str, Any], what: str) -> int:
        raw, moment = json.dumps(event).encode(), str(int(time.time()))
        headers = {cti.TIMESTAMP: moment, cti.SIGNATURE: signature(secret("cti"), moment, raw)}
        return self._post("PHONE", "/hooks/cti/", raw, headers, what)

    def _post(self, channel: str, path: str, raw: bytes, headers: dict[str, str], what: str) -> int:
        given = {"Content-Type": "application/json", "X-Forwarded-Proto": "https", **headers}
        status, said = 0, ""
        try:
            call = urllib.request.Request(f"{self.url}{path}", raw, given)  # noqa: S310
            with urllib.request.urlopen(call, timeout=TIMEOUT) as answer:  # noqa: S310
                status, said = answer.status, answer.read(200).decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            status, said = error.code, error.read(200).decode("utf-8", "replace")
        except OSError as error:
            said = type(error).__name__
        self.world.wire(channel, f"{path} {what}", f"{status or '–'} {said}".strip())
        return status
