"""How the page asks the simulator's process."""

import json
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from djpk.simulator.secrets import secret
from kernel.errors import Refused

TIMEOUT = 100  # a mail goes through the pipe while one waits


def ask(control: str, /, **given: Any) -> dict[str, Any]:
    """What `server.py` answers to a control. Raises Refused(`simulator.away`) where its process does not answer."""
    headers = {"Authorization": f"Bearer {secret('control')}", "Content-Type": "application/json"}
    call = urllib.request.Request(f"{settings.SIMULATOR_URL}/kendali/{control}", json.dumps(given).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(call, timeout=TIMEOUT) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except (OSError, ValueError) as error:
        raise Refused("simulator.away", _("Simulator tidak menjawab. Tunggu sebentar, lalu coba lagi.")) from error
