"""From the bytes of a mail to `Incoming`: charsets, broken MIME, nested and encrypted mails survive. Pure.

Whatever comes, something is returned: the raw original is kept beside it.
"""

import hashlib
from email import policy
from email.message import Message as Mail
from email.parser import BytesParser

from messaging.email import bounces, headers
from messaging.email.cleaning import clean_html, text_of_html
from messaging.email.pieces import Found, collect
from messaging.email.plus import base_of
from messaging.email.signs import auth_results, flags_of
from messaging.incoming import Incoming, Sender

LONGEST_BODY = 200_000  # characters shown; the original is kept whole
MOST_PARTS = 100


def parse_mail(raw: bytes, *, own: frozenset[str] = frozenset(), trusted: frozenset[str] = frozenset()) -> Incoming:
    """The mail as an incoming message; `own` are our addresses, by which a loop is told.

    `trusted` are the names under which our own mail servers say what they checked (RFC 8601, authserv-id).
    """
    mail = BytesParser(policy=policy.compat32).parsebytes(raw)
    found = collect(mail)
    sender = (headers.addresses(mail, "From") or headers.addresses(mail, "Sender", "Return-Path") or [("", "")])[0]
    answer_to = next((one for one in headers.addresses(mail, "Reply-To") if base_of(one[1]) not in own), sender)
    html = "\n".join(found.htmls)
    auth, bounced = auth_results(mail, trusted), bounces.read(mail)
    body = _body(found, html, bounced is not None)
    flags = flags_of(mail, sender[1], answer_to[1], own, auth) | found.flags
    if bounced:
        flags |= {"bounce"}
    if len(body) > LONGEST_BODY:
        body, flags = body[:LONGEST_BODY], flags | {"cut"}
    return Incoming(
        external_id=external_id(mail, raw),
        sender=Sender(email=answer_to[1][:254], name=sender[0] or answer_to[0]),
        subject=headers.text_of(mail, "Subject"),
        body=body,
        html=clean_html(html) if html.strip() else "",
        raw=raw,
        parts=found.parts[:MOST_PARTS],
        references=(bounced.of if bounced else bounces.reported(mail))
        + headers.ids(mail, "In-Reply-To")
        + headers.ids(mail, "References")[::-1],
        flags=sorted(flags),
        details=_details(mail, sender, answer_to[1], bounced)
        | {"auth": auth}
        | ({"empty_files": found.empty[:MOST_PARTS]} if found.empty else {}),
    )


def _body(found: Found, html: str, bounced: bool) -> str:
    """The words of the mail, then those of mails attached to it; an invitation says what it invites to."""
    own = (
        "\n".join(text for text in found.texts if text.strip()) or text_of_html(html) or "\n\n".join(found.invitations)
    )
    return "\n\n".join(text for text in [own, *([] if bounced else found.attached)] if text.strip())


def external_id(mail: Mail, raw: bytes) -> str:
    """The Message-ID; for mails without one, a fingerprint of the whole mail."""
    given = headers.ids(mail, "Message-ID")
    return given[0] if given else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _details(
    mail: Mail, sender: tuple[str, str], answer_to: str, bounced: "bounces.Bounce | None"
) -> dict[str, object]:
    to = [address for _name, address in headers.addresses(mail, "To", "Cc", "Delivered-To", "X-Original-To")]
    written = headers.sent_at(mail)
    details: dict[str, object] = {
        "from": sender[1],
        "answer_to": answer_to,
        "references": (headers.ids(mail, "References") or headers.ids(mail, "In-Reply-To"))[-20:],
        "to": list(dict.fromkeys(to))[:50],
        "date": written.isoformat() if written else "",
        "message_id": (headers.ids(mail, "Message-ID") or [""])[0],
    }
    if bounced:
        details["bounce"] = {
            "of": bounced.of,
            "status": bounced.status,
            "reason": bounced.reason,
            "permanent": bounced.permanent,
        }
    return details
