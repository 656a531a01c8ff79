"""Answers go back by a signed call. The central desk knows our id of each, so sending twice does no harm."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.secrets import unseal
from messaging.hai.signing import SIGNATURE, TIMESTAMP, signature
from messaging.models import Connection, Message
from messaging.transports import Permanent, Retryable, Sent

TIMEOUT = 20


class HaiTransport:
    """POST to the address of the connection's settings (`callback_url`)."""

    repeatable = True

    def prepare(self, message: Message, connection: Connection) -> str:
        return message.external_id.removeprefix("out:")

    def send(self, message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> Sent:
        url = str(connection.settings.get("callback_url", ""))
        if not url.startswith(("http://", "https://")):
            raise Retryable(_("Alamat panggilan balik HAI belum diisi."), "no_callback")
        told: dict[str, Any] = {
            "id": message.provider_id,
            "ticket": _central_number(message),
            "sent_at": message.received_at.isoformat(),
        }
        if status := message.details.get("status"):
            told |= {"status": status}
        else:
            told["text"], told["attachments"] = message.body, [_file(name, data) for name, _kind, data in files]
        _post(url, json.dumps(told).encode(), str(unseal(connection.secrets).get("secret", "")))
        return Sent(delivered=True)


def _file(name: str, data: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(data).decode()}


def _central_number(message: Message) -> str:
    """The central number of the conversation: of the message that is answered, else of the contact's last one."""
    before = message.reply_to
    if message.details.get("status"):
        return str(message.details["thread"])
    if before is not None and before.details.get("thread"):
        return str(before.details["thread"])
    rows = Message.objects.filter(
        channel=message.channel, contact=message.contact, direction=Message.Direction.IN, details__has_key="thread"
    )
    last = rows.order_by("-pk").first()
    if last is None:
        raise Permanent(_("Nomor tiket HAI tidak diketahui."), "no_ticket")
    return str(last.details["thread"])


def _post(url: str, body: bytes, secret: str) -> None:
    moment = str(int(timezone.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: moment,
        SIGNATURE: signature(secret, moment, body),
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=TIMEOUT):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        if error.code == 409:  # taken before
            return
        reason = _("HAI menolak jawaban ({code}).").format(code=error.code)
        if error.code in (408, 425, 429) or error.code >= 500:
            raise Retryable(reason, str(error.code)) from None
        raise Permanent(reason, str(error.code)) from None
    except (OSError, ValueError) as error:
        raise Retryable(_("HAI tidak dapat dihubungi."), type(error).__name__) from error
