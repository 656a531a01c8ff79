"""What the headers give away: machines, lists, loops, and whether the sender is who it says. Pure."""

import re
from email.message import Message as Mail

from messaging.email import headers
from messaging.email.plus import base_of

MARK = "X-Dering-Message"
_SPAM = ("X-Spam-Flag", "X-Spam", "X-Spam-Status")  # SpamAssassin and Rspamd
_YES = re.compile(r"\s*(yes|true)\b", re.IGNORECASE)
_AUTH = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)')  # what a sender may have put words into
_MACHINE = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|noreply.*|do-?not-?reply|bounce.*|microsoftexchange[0-9a-f]{32})@",
    re.IGNORECASE,
)
# People begin questions by "Di luar kantor Pemda, …": such words are a machine's only alone or before a colon or dash.
_AWAY = re.compile(
    r"^((automatic reply|auto[- ]?reply|out of (the )?office auto-?reply|(balasan|jawaban) otomatis)\b|"
    r"(out of (the )?office|((sedang|saya) )?(di luar kantor|tidak di (kantor|tempat)|cuti))\s*(?:[:–—-]|\.?$))",
    re.IGNORECASE,
)


def flags_of(mail: Mail, sender: str, answer_to: str, own: frozenset[str], auth: dict[str, str]) -> set[str]:
    """auto_reply (RFC 3834 and what clients do instead), list, loop, machine, suspicious."""
    flags = set()
    automatic = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    if automatic not in ("", "no") or any(
        mail.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-AutoReply-From")
    ):
        flags.add("auto_reply")
    if precedence == "auto_reply" or _AWAY.match(headers.text_of(mail, "Subject")) or _reports(mail):
        flags.add("auto_reply")
    if mail.get("List-Id") or mail.get("List-Unsubscribe") or precedence in ("bulk", "list", "junk"):
        flags.add("list")
    if mail.get(MARK) or base_of(sender) in own or _looped(mail, own):
        flags.add("loop")
    if _MACHINE.match(sender) or _MACHINE.match(answer_to):
        flags.add("machine")
    if "fail" in auth.values():
        flags.add("suspicious")
    if any(_YES.match(str(mail.get(name, ""))) for name in _SPAM):
        flags.add("spam")
    return flags


def _reports(mail: Mail) -> bool:
    """Receipts (RFC 8098) and delivery reports, and what comes from nobody (RFC 5321, 4.5.5)."""
    nobody = any(value.strip() == "<>" for value in headers.values_of(mail, "Return-Path"))
    return nobody or mail.get_content_type() == "multipart/report"


def _looped(mail: Mail, own: frozenset[str]) -> bool:
    return any(base_of(address) in own for _name, address in headers.addresses(mail, "X-Loop"))


def answerable(flags: list[str]) -> bool:
    """Whether a machine may answer: never machines, lists, loops, bounces or spam (RFC 3834, section 2).

    What looked like spam and was released by a person is none.
    """
    spam = set() if "released" in flags else {"spam"}
    return not ({"auto_reply", "list", "loop", "machine", "bounce"} | spam).intersection(flags)


def auth_results(mail: Mail, trusted: frozenset[str]) -> dict[str, str]:
    """SPF, DKIM and DMARC as one of our own servers saw them (RFC 8601): the topmost header under a trusted name.

    Headers under other names may be the sender's own and say nothing. Of several signatures one that holds is enough.
    """
    for value in mail.get_all("Authentication-Results", []):
        server, *results = _ASIDE.sub(" ", str(value)).split(";")
        if server.split()[:1] and server.split()[0].lower() in trusted:
            return _results(results)
    return {}


def _results(results: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for result in results:
        if match := _AUTH.match(result):
            method, said = match[1].lower(), match[2].lower()
            if found.get(method) != "pass":
                found[method] = "pass" if said == "pass" else found.get(method, said)
    return found
