"""The parts of a mail: texts, files, and what is wrapped in them (TNEF, S/MIME, attached mails). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message as Mail
from email.parser import BytesParser

from messaging.email import headers
from messaging.email.cleaning import text_of_html
from messaging.email.invitation import invitation
from messaging.email.smime import signed_content
from messaging.email.tnef import unwrap
from messaging.incoming import Part

DEEPEST = 20
MOST_WRAPPED = 20  # wrapped parts that are opened; the others stay files
LONGEST_ATTACHED = 50_000  # characters of an attached mail that stand in the text
_TEXT, _HTML, _CALENDAR, _MAIL = "text/plain", "text/html", "text/calendar", "message/rfc822"
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_NAMES = {
    _MAIL: "eml", _CALENDAR: "ics", "application/ms-tnef": "dat", "application/vnd.ms-tnef": "dat",
    "application/pdf": "pdf", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s", "application/x-pkcs7-signature": "p7s",
    "application/pgp-encrypted": "pgp", "application/pgp-signature": "asc",
}  # fmt: skip


@dataclass(slots=True)
class Found:
    """Texts and HTML as they are shown, texts of attached mails and of invitations, files in order, flags.

    `empty`: names of files that came without content. Flags: encrypted, signed (the signature is not checked), broken,
    tnef, empty_file.
    """

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    empty: list[str] = field(default_factory=list)
    wrapped: int = 0


def collect(mail: Mail) -> Found:
    """Everything in the mail; of alternatives both the plain text and the HTML."""
    found = Found()
    _walk(mail, found, 0)
    return found


def _walk(mail: Mail, found: Found, depth: int) -> None:
    kind = mail.get_content_type()
    if kind.startswith("multipart/") and not mail.is_multipart():  # its boundary is missing: what it says can be read
        kind = _TEXT
    if mail.is_multipart() and kind != _MAIL and depth < DEEPEST:
        if kind == "multipart/encrypted":
            found.flags.add("encrypted")
        if kind == "multipart/signed":
            found.flags.add("signed")
        for part in _children(mail):
            _walk(part, found, depth + 1)
        return
    content, name = _content(mail, found), _name(mail)
    if _opened(mail, kind, content, found, depth):
        return
    is_file = bool(name) or mail.get_content_disposition() == "attachment"
    if kind in (_TEXT, _HTML) and not is_file:
        (found.texts if kind == _TEXT else found.htmls).append(_decoded(mail, content))
    elif content:
        content_id = str(mail.get("Content-ID", "")).strip().strip("<>")
        found.parts.append(Part(name or _default_name(kind, len(found.parts) + 1), content, content_id))
    elif name:
        found.empty.append(name)
        found.flags.add("empty_file")
    if kind == _CALENDAR:
        found.invitations.append(invitation(_decoded(mail, content)))


def _opened(mail: Mail, kind: str, content: bytes, found: Found, depth: int) -> bool:
    """Take what is wrapped in the part; False when the part itself has to be kept as a file."""
    if kind not in _TNEF | _SMIME | {_MAIL} or found.wrapped >= MOST_WRAPPED:
        return False
    found.wrapped += 1
    if kind == _MAIL:
        _attached(mail, found, depth)
        return False
    return _unwrapped(content, found) if kind in _TNEF else _signed(content, found, depth)


def _unwrapped(content: bytes, found: Found) -> bool:
    """winmail.dat: its files instead of itself, its text where the mail has none."""
    inner = unwrap(content)
    if inner is None or not (inner.files or inner.text.strip() or inner.html.strip()):
        return False
    found.flags.add("tnef")
    if not any(text.strip() for text in found.texts + found.htmls):
        found.texts += [inner.text] if inner.text.strip() else []
        found.htmls += [inner.html] if inner.html.strip() else []
    found.parts += [Part(headers.file_name(name), data, content_id) for name, data, content_id in inner.files]
    return True


def _signed(content: bytes, found: Found, depth: int) -> bool:
    """A signed mail of one piece is read and kept; anything else of S/MIME is encrypted."""
    inner = signed_content(content)
    found.flags.add("encrypted" if inner is None else "signed")
    if inner is not None and depth < DEEPEST:
        _walk(BytesParser(policy=policy.compat32).parsebytes(inner), found, depth + 1)
    return False


def _attached(mail: Mail, found: Found, depth: int) -> None:
    """The words and files of a mail within the mail, under a line that says whose it is."""
    inner = next(_children(mail), None)
    if inner is None or depth >= DEEPEST:
        return
    held = Found(wrapped=found.wrapped)
    _walk(inner, held, depth + 1)
    found.wrapped = held.wrapped
    own = "\n".join(text for text in held.texts if text.strip()) or text_of_html("\n".join(held.htmls))
    found.attached.append(f"{_title(inner)}\n\n{own.strip()}"[:LONGEST_ATTACHED].strip())
    found.attached += held.attached
    found.parts += held.parts
    found.empty += held.empty
    found.flags |= held.flags - {"signed"}


def _title(mail: Mail) -> str:
    """ "Surat terlampir dari Arung <arung@…>, 15/08/2024 09.30: Perihal"."""
    name, address = (headers.addresses(mail, "From") or [("", "")])[0]
    who = f"{name} <{address}>".strip() if name else address
    written = headers.sent_at(mail)
    said = f"Surat terlampir{f' dari {who}' if who else ''}{f', {written:%d/%m/%Y %H.%M}' if written else ''}"
    subject = headers.text_of(mail, "Subject")
    return f"{said}: {subject}" if subject else said


def _children(mail: Mail) -> Iterator[Mail]:
    payload = mail.get_payload()
    for part in payload if isinstance(payload, list) else []:
        if isinstance(part, Mail):
            yield part


def _decoded(mail: Mail, content: bytes) -> str:
    return headers.decode_bytes(content, str(mail.get_content_charset() or ""))


def _content(mail: Mail, found: Found) -> bytes:
    if mail.is_multipart():  # an attached mail, or parts within parts that nobody looks into any more
        inner = next(_children(mail), None) if mail.get_content_type() == _MAIL else mail
        try:
            return inner.as_bytes() if inner is not None else b""
        except Exception:  # the generator trips over headers it could read but not write, and over hundreds of levels
            found.flags.add("broken")
            return b""
    try:
        content = mail.get_payload(decode=True)
    except Exception:  # broken transfer encodings
        content = None
    if mail.defects:
        found.flags.add("broken")
    if isinstance(content, bytes):
        return content
    return str(mail.get_payload() or "").encode("utf-8", "surrogateescape")


def _name(mail: Mail) -> str:
    named = Mail()  # with names as they are read, not as broken bytes
    for header in ("Content-Disposition", "Content-Type"):
        for value in headers.values_of(mail, header)[:1]:
            named[header] = value
    try:
        return headers.file_name(headers.decoded(str(named.get_filename() or "")))
    except Exception:  # broken RFC 2231 continuations
        return ""


def _default_name(kind: str, number: int) -> str:
    ending = _NAMES.get(kind) or (kind.partition("/")[2] if kind.startswith("image/") else "bin")
    return f"lampiran-{number}.{ending}"
