"""Delivery reports (RFC 3464), and the bounces of servers that write none. Pure."""

import re
from dataclasses import dataclass
from email.message import Message as Mail

from messaging.email import headers

_DELAYED = re.compile(r"delay|warning|still trying|tertunda", re.IGNORECASE)
_RECEIPT = "message/disposition-notification"
_SENDERS = re.compile(r"^(mailer-daemon|postmaster|microsoftexchange[0-9a-f]{32})@")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FAILED = re.compile(
    r"undeliver|delivery status notification|returned mail|mail delivery (failed|subsystem)|failure notice|"
    r"gagal terkirim|tidak terkirim|tidak dapat (terkirim|dikirim|disampaikan)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    """`of` are the ids by which the mail that bounced may be known; `permanent` when trying again is useless."""

    of: list[str]
    status: str
    reason: str
    permanent: bool


def read(mail: Mail) -> Bounce | None:
    """What a bounce says, or None for any other mail. Delays (action: delayed) are no bounces."""
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    if report is None:
        return _unstructured(mail)
    fields = _fields(report)
    action, status = fields.get("action", "").lower(), fields.get("status", "")
    if action in ("delivered", "relayed", "expanded", "delayed"):
        return None
    said = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
    permanent = action == "failed" or not status.startswith("4")  # a server that gave up says 4.4.7 and failed
    return Bounce(_returned(mail), status, " ".join(said.split())[:255] or status, permanent)


def reported(mail: Mail) -> list[str]:
    """Ids of the mail that a receipt (RFC 8098) or any other report, one of a delay among them, speaks of."""
    if mail.get_content_type() != "multipart/report":
        return []
    read = next((part for part in mail.walk() if part.get_content_type() == _RECEIPT), None)
    named = _fields(read).get("original-message-id", "") if read is not None else ""
    return re.findall(r"<([^<>\s]{1,240})>", named)[:1] or _returned(mail)


def _unstructured(mail: Mail) -> Bounce | None:
    sender = (headers.addresses(mail, "From") or [("", "")])[0][1]
    subject = headers.text_of(mail, "Subject")
    if not _SENDERS.match(sender) or not _FAILED.search(subject):
        return None
    text = _text(mail)
    match = _STATUS.search(text)
    status = match.group(0) if match else ""
    permanent = not (status.startswith("4") and _DELAYED.search(subject))
    line = next((line.strip() for line in text.splitlines() if status and status in line), "")
    return Bounce(_returned(mail) or _ids_in(text), status, line[:255] or "bounce", permanent)


def _fields(report: Mail) -> dict[str, str]:
    """Fields of the first recipient; the report is a sequence of header blocks."""
    found: dict[str, str] = {}
    payload = report.get_payload()
    blocks = payload if isinstance(payload, list) else [report]
    for block in blocks:
        if isinstance(block, Mail):
            for name, value in block.items():
                found.setdefault(name.lower(), str(value))
    return found


def _returned(mail: Mail) -> list[str]:
    """Message ids of the returned mail or of its headers."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Mail) and headers.ids(inner, "Message-ID"):
                return headers.ids(inner, "Message-ID")
        if part.get_content_type() == "text/rfc822-headers":
            found = _ids_in(_text(part))
            if found:
                return found
    return headers.ids(mail, "In-Reply-To", "References")


def _ids_in(text: str) -> list[str]:
    return re.findall(r"^message-id:\s*<([^<>\s]{1,240})>", text, re.IGNORECASE | re.MULTILINE)[:5]


def _text(mail: Mail) -> str:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return headers.decode_bytes(content, str(part.get_content_charset() or ""))
    return ""
