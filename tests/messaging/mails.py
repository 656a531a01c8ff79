"""Mails for the tests: plain ones by a short call, difficult ones written out byte by byte."""

from email.message import EmailMessage
from email.utils import format_datetime

from tests import factories as make

CALL_CENTRE = "callcenter.djpk@kemenkeu.go.id"


def mail(
    text: str = "Kapan DAU disalurkan?", *, sender: str = "Arung Mappatunru <arung@gowa.example>", **headers
) -> bytes:
    """A mail to the call centre; headers by name with underscores, None leaves one out."""
    message = EmailMessage()
    given = {
        "From": sender,
        "To": CALL_CENTRE,
        "Subject": "Penyaluran DAU",
        "Date": format_datetime(make.NOW),
        "Message-ID": "<1@gowa.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in given.items():
        if value is not None:
            message[name] = value
    message.set_content(text)
    return message.as_bytes()


def bounce(of: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report (RFC 3464) on the mail with that Message-ID."""
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.gowa.example>\r\nTo: {CALL_CENTRE}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b-{of}>\r\nAuto-Submitted: auto-replied\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nSurat Anda tidak terkirim.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.gowa.example\r\n\r\n"
        f"Final-Recipient: rfc822; arung@gowa.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Re: Penyaluran DAU\r\nMessage-ID: <{of}>\r\n\r\n--B--\r\n"
    ).encode()


def raw(*lines: str | bytes) -> bytes:
    """A mail line by line."""
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
