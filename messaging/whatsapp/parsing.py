"""What a webhook call holds: every message and every status of every entry. Pure; nothing here raises.

Shapes: Meta's WhatsApp Cloud API, webhooks of field `messages`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from messaging.incoming import Incoming, Sender
from messaging.whatsapp.refusals import reason_of

MEDIA = ("image", "audio", "video", "document", "sticker", "voice")
_DELIVERIES = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "failed": "FAILED"}


@dataclass(frozen=True, slots=True)
class Status:
    """What became of a message of ours; `code` is Meta's number of the error."""

    provider_id: str
    delivery: str
    at: datetime | None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TemplateNews:
    """What became of a template of an account; `status` is Meta's word: APPROVED, REJECTED, PAUSED, DISABLED …"""

    account: str
    name: str
    language: str
    status: str


@dataclass(slots=True)
class Call:
    """One webhook call: (phone_number_id, message) and statuses, in the order of the body, and news of templates."""

    messages: list[tuple[str, Incoming]] = field(default_factory=list)
    statuses: list[tuple[str, Status]] = field(default_factory=list)
    templates: list[TemplateNews] = field(default_factory=list)


def parse_call(body: Any) -> Call:
    """Everything of a decoded body; parts of another shape are passed over."""
    call = Call()
    for value in _values(body):
        line = str(_dict(value.get("metadata")).get("phone_number_id", ""))
        names = dict(_named(card) for card in _list(value.get("contacts")))
        for message in _list(value.get("messages")):
            if isinstance(message, dict) and _id(message) and message.get("from"):
                call.messages.append((line, _message(message, names)))
        for status in _list(value.get("statuses")):
            if isinstance(status, dict) and _id(status) and str(status.get("status")) in _DELIVERIES:
                call.statuses.append((line, _status(status)))
    call.templates = list(_templates(body))
    return call


def _templates(body: Any) -> Iterator[TemplateNews]:
    """Of the fields `message_template_status_update`; warnings (FLAGGED) change nothing."""
    for account, value in _changes(body, "message_template_status_update"):
        given = (value.get("message_template_name"), value.get("message_template_language"), value.get("event"))
        if all(isinstance(one, str) and one for one in given) and given[2] != "FLAGGED":
            name, language, event = map(str, given)
            yield TemplateNews(account, name, language, "APPROVED" if event == "REINSTATED" else event)


def _id(given: dict[str, Any]) -> str:
    """Empty for one that is none."""
    return str(given.get("id") or "").replace("\x00", "").strip()


def _named(card: Any) -> tuple[str, str]:
    return str(_dict(card).get("wa_id", "")), str(_dict(_dict(card).get("profile")).get("name", ""))


def _message(message: dict[str, Any], names: dict[str, str]) -> Incoming:
    kind, sender = str(message.get("type", "")), str(message["from"])
    context = _dict(message.get("context"))
    written = _moment(message.get("timestamp"))
    details: dict[str, Any] = {"type": kind, "wa_id": sender, "date": written.isoformat() if written else ""}
    given = message.get(kind)
    flags = []
    if kind in MEDIA and _dict(given).get("id"):
        details["media"] = {key: str(_dict(given).get(key, "")) for key in ("id", "mime_type", "sha256", "filename")}
    if kind in ("location", "interactive", "reaction", "button", "contacts", "order"):
        details[kind] = given
    if kind == "reaction":
        flags.append("reaction")
    if context.get("forwarded") or context.get("frequently_forwarded"):
        details["forwarded"] = True
    answered = str(_dict(given).get("message_id", "")) if kind == "reaction" else str(context.get("id", ""))
    return Incoming(
        external_id=_id(message),
        sender=Sender(phone=f"+{sender.lstrip('+')}", name=names.get(sender, "")),
        body=text_of(kind, given, message),
        references=[answered] if answered else [],
        flags=flags,
        details=details,
    )


def text_of(kind: str, given: Any, message: dict[str, Any]) -> str:
    """What a message says in words, whatever its kind."""
    one = _dict(given)
    match kind:
        case "text":
            return str(one.get("body", ""))
        case "button":
            return str(one.get("text", ""))
        case "interactive":
            chosen = _dict(one.get(str(one.get("type", ""))))
            return str(chosen.get("title") or chosen.get("body") or "")
        case "location":
            place = ", ".join(str(one[key]) for key in ("name", "address") if one.get(key))
            return f"{place} ({one.get('latitude')}, {one.get('longitude')})".strip()
        case "contacts":
            return "\n".join(_contact(_dict(card)) for card in _list(given))
        case "reaction":
            return str(one.get("emoji", ""))
        case _ if kind in MEDIA:
            return str(one.get("caption", ""))
    errors = [_dict(error) for error in _list(message.get("errors"))]
    return " ".join(str(reason_of(str(one.get("code", "")), str(one.get("title", "")))) for one in errors)


def _contact(card: dict[str, Any]) -> str:
    phones = [str(_dict(phone).get("phone", "")) for phone in _list(card.get("phones"))]
    return " ".join([str(_dict(card.get("name")).get("formatted_name", "")), *phones]).strip()


def _status(status: dict[str, Any]) -> Status:
    error = _dict(next(iter(_list(status.get("errors"))), None))
    code = str(error.get("code", ""))
    said = _dict(error.get("error_data")).get("details") or error.get("message") or error.get("title") or ""
    return Status(
        _id(status), _DELIVERIES[str(status["status"])], _moment(status.get("timestamp")),
        code, str(reason_of(code, str(said))) if error else "",
    )  # fmt: skip


def _values(body: Any) -> Iterator[dict[str, Any]]:
    return (value for _account, value in _changes(body, "messages"))


def _changes(body: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(business account, value) of every change of that field."""
    for entry in _list(_dict(body).get("entry")):
        for change in _list(_dict(entry).get("changes")):
            if _dict(change).get("field") == name:
                yield str(_dict(entry).get("id", "")), _dict(_dict(change).get("value"))


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
