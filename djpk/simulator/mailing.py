"""A requester's mail program: mails by SMTP to our mailboxes, answers read, replied to, bounced, or met with an
out-of-office note."""

import smtplib
import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, localtime, make_msgid
from pathlib import Path
from typing import Any

from djpk.simulator import smtp
from djpk.simulator.world import Line, World

CODE, MAILBOX, LAPOR_MAILBOX = "EMAIL", "contact@djpk.example", "lapor@djpk.example"
OURS = (MAILBOX, LAPOR_MAILBOX)
ROOT = Path(__file__).resolve().parents[2]
HandOver = Callable[[bytes, str], str]
"""(mail, our mailbox) to the answer of the mail server."""


def pipe(raw: bytes, mailbox: str) -> str:
    """What a mail server's pipe does: `receive_email` with the mail on standard input, by its exit code."""
    command = [sys.executable, "manage.py", "receive_email", "--mailbox", mailbox]
    done = subprocess.run(command, input=raw, cwd=ROOT, capture_output=True, timeout=60, check=False)
    if done.returncode == 0:
        return "250 " + done.stdout.decode("utf-8", "replace").strip()[:300]
    return "451 Try again later" if done.returncode == 75 else "554 Not taken"


class MailProgram:
    def __init__(self, world: World, hand_over: HandOver = pipe) -> None:
        self.world, self.hand_over, self.port = world, hand_over, 0

    def serve(self) -> Any:
        """Start the mail server; `shutdown()` stops it."""
        server = smtp.serve(self.deliver)
        self.port = server.server_address[1]
        return server

    def deliver(self, sender: str, to: str, raw: bytes) -> str:
        """What the mail server does with a mail."""
        name, _at, domain = to.lower().partition("@")
        if f"{name.partition('+')[0]}@{domain}" in OURS:
            answer = self.hand_over(raw, to.lower())
            self.world.wire(CODE, "receive_email", answer)
            return answer
        mail = message_from_bytes(raw, policy=policy.default)
        names = ("Message-ID", "In-Reply-To", "References", "Subject", "From", "Reply-To", "Auto-Submitted")
        heads = {name: str(mail[name]) for name in names if mail[name]}
        files = [_kept(self.world, part) for part in mail.iter_attachments()]
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if body else ""
        self.world.add(
            CODE, to.lower(), mine=False, kind="mail", text=text.strip(), state="delivered", heads=heads, files=files
        )
        self.world.wire(CODE, f"SMTP {heads.get('Subject', '')}", "250 OK")
        return "250 OK"

    def write(
        self, person: str, name: str, subject: str, text: str, *, to: str, answer: int, files: list[dict[str, Any]]
    ) -> None:
        """A new mail, or the reply to a mail that came, with what it says quoted below."""
        asked = self._line(person, answer)
        mail = self._mail(person, name, subject or (asked.data["heads"].get("Subject", "") if asked else ""), asked)
        mail["To"] = self._goal(asked, to)
        quoted = "\n".join(f"> {row}" for row in asked.text.splitlines()) if asked else ""
        mail.set_content(f"{text}\n\nPada {asked.at[:10]} {MAILBOX} menulis:\n{quoted}\n" if asked else f"{text}\n")
        for file in files:
            found = self.world.file(file["key"])
            if found:
                kind, _slash, sub = found[1].partition("/")
                mail.add_attachment(found[2], maintype=kind, subtype=sub or "octet-stream", filename=found[0])
        self._send(person, mail, text, files=files)

    def out_of_office(self, person: str, name: str, answer: int) -> None:
        """What a machine answers while its owner is away (RFC 3834)."""
        asked = self._line(person, answer)
        if asked is None:
            return
        mail = self._mail(person, name, f"Automatic reply: {asked.data['heads'].get('Subject', '')}", asked)
        mail["To"], mail["Auto-Submitted"] = self._goal(asked, MAILBOX), "auto-replied"
        text = "Saya sedang dinas luar dan kembali hari Senin."
        mail.set_content(text)
        self._send(person, mail, text, kind="auto")

    def bounce(self, person: str, answer: int) -> None:
        """The requester's mail server gives the mail back (RFC 3464)."""
        asked = self._line(person, answer)
        if asked is None:
            return
        heads = asked.data["heads"]
        mail = MIMEMultipart("report", report_type="delivery-status")
        domain = person.rpartition("@")[2]
        mail["From"], mail["To"] = f"Mail Delivery System <mailer-daemon@{domain}>", MAILBOX
        mail["Subject"], mail["Date"] = "Undelivered Mail Returned to Sender", format_datetime(localtime())
        mail["Message-ID"], mail["Auto-Submitted"] = make_msgid(domain=domain), "auto-replied"
        text = f"<{person}>: 550 5.1.1 mailbox unavailable"
        mail.attach(MIMEText(text, _charset="utf-8"))
        status = f"Reporting-MTA: dns; mx.{domain}\n\nFinal-Recipient: rfc822; {person}\nAction: failed\n"
        status += "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 mailbox unavailable\n"
        mail.attach(message_from_string(f"Content-Type: message/delivery-status\n\n{status}"))
        original = Message()
        for head in ("Message-ID", "Subject", "From"):
            original[head] = heads.get(head, "")
        mail.attach(MIMEMessage(original))
        self.world.set_state(asked, "bounced")
        self._send(person, mail, text, kind="bounce", sender="")

    def _line(self, person: str, number: int) -> Line | None:
        rows = (line for line in self.world.lines(CODE, person) if line.number == number and not line.mine)
        return next(rows, None)

    def _mail(self, person: str, name: str, subject: str, asked: Line | None) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = formataddr((name, person))
        mail["Date"], mail["Message-ID"] = format_datetime(localtime()), make_msgid(domain=person.rpartition("@")[2])
        if asked:
            heads = asked.data["heads"]
            mail["In-Reply-To"] = heads.get("Message-ID", "")
            mail["References"] = f"{heads.get('References', '')} {heads.get('Message-ID', '')}".strip()
            subject = subject if subject[:3].lower() in ("re:", "aut") else f"Re: {subject}"
        mail["Subject"] = " ".join(subject.split())
        return mail

    def _goal(self, asked: Line | None, to: str) -> str:
        heads = asked.data["heads"] if asked else {}
        return str(heads.get("Reply-To") or heads.get("From") or to)

    def _send(
        self, person: str, mail: Any, text: str, *, kind: str = "mail", sender: str | None = None, **data: Any
    ) -> None:
        heads = {"Subject": str(mail["Subject"]), "To": str(mail["To"])}
        line = self.world.add(CODE, person, mine=True, kind=kind, text=text, state="waits", heads=heads, **data)
        goal = mail["To"].addresses[0].addr_spec if hasattr(mail["To"], "addresses") else str(mail["To"])
        raw = mail.as_bytes()
        self.world.in_turn(CODE, lambda: self._post(line, person if sender is None else sender, goal, raw))

    def _post(self, line: Line, sender: str, goal: str, raw: bytes) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=90) as server:
                server.sendmail(sender, [goal], raw)
        except (OSError, smtplib.SMTPException):
            self.world.set_state(line, "failed")
        else:
            self.world.set_state(line, "sent")


def _kept(world: World, part: Any) -> dict[str, Any]:
    content = part.get_payload(decode=True) or b""
    return world.add_file(part.get_filename() or "lampiran", part.get_content_type(), content)
